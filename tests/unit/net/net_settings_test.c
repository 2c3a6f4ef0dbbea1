/* What the net layer reads from the environment: proxies and trusted authorities. */
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "clock.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "proxy.h"
#include "transport_curl.h"
#include "trust.h"
#include "url.h"

#define CASES "tests/unit/net/settings.json"

static const char *from_case(void *context, const char *name) {
  return case_text(context, name);
}

static struct environment environment_of(const struct case_state *c) {
  return (struct environment){.get = from_case, .context = cJSON_GetObjectItem(c->data, "environment")};
}

static void assert_error(const struct err *e, const struct case_state *c, enum err_code code) {
  const char *expected = case_text(c->data, "error");
  assert_non_null(expected);
  if (e->code != code || !strstr(e->text, expected)) {
    fail_msg("the error is: %s", e->text);
  }
  assert_null(strstr(e->text, "s3cr"));
}

static void test_proxies(void **state) {
  const struct case_state *c = *state;
  struct environment environment = environment_of(c);
  struct arena *arena = arena_new(KIB(64));
  const char *except = case_text(c->data, "except");
  struct proxies proxies;
  struct err e = {0};
  struct url url;
  if (!proxies_from_environment(arena, &environment, &proxies, &e)) {
    assert_error(&e, c, ERR_INVALID);
    arena_drop(arena);
    return;
  }
  assert_null(case_text(c->data, "error"));
  assert_true(url_parse(sv_from(case_text(c->data, "url")), &url, &e));
  assert_string_equal(proxies_for(&proxies, &url), case_text(c->data, "proxy"));
  assert_string_equal(proxies.except, except ? except : "");
  arena_drop(arena);
}

static void test_trust(void **state) {
  const struct case_state *c = *state;
  struct environment environment = environment_of(c);
  struct arena *arena = arena_new(KIB(64));
  const char *file = case_text(c->data, "file");
  struct trust trust;
  struct err e = {0};
  if (!trust_from_environment(arena, &environment, &trust, &e)) {
    assert_error(&e, c, ERR_INVALID);
  } else {
    assert_null(case_text(c->data, "error"));
    assert_string_equal(trust.source, case_text(c->data, "source"));
    assert_true(!file || strcmp(trust.ca_file, file) == 0);
  }
  arena_drop(arena);
}

static void test_open(void **state) {
  const struct case_state *c = *state;
  struct environment environment = environment_of(c);
  struct clock clock = clock_system();
  struct err e = {0};
  struct transport_curl *curl = transport_curl_open(&environment, &clock, &e);
  assert_int_equal(curl == NULL, case_text(c->data, "error") != NULL);
  if (!curl) {
    assert_error(&e, c, ERR_INVALID);
  }
  transport_curl_close(curl);
}

static const char *everything_set(void *context, const char *name) {
  (void)context;
  return strcmp(name, "AWS_CA_BUNDLE") == 0 ? "tests/unit/net/settings.json" : "x";
}

static void without_memory(void **state) {
  (void)state;
  struct environment environment = {.get = everything_set};
  struct arena *arena = arena_new(KIB(64));
  struct proxies proxies;
  struct trust trust;
  long n = 0;
  for (;; n++) {
    struct err e = {0};
    arena_fail_after(arena, n);
    if (trust_from_environment(arena, &environment, &trust, &e) &&
        proxies_from_environment(arena, &environment, &proxies, &e)) {
      break;
    }
    assert_int_equal(e.code, ERR_MEMORY);
  }
  assert_true(n >= 4);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(without_memory)};
  return cases_run("proxies", CASES, "proxies", test_proxies) + cases_run("trust", CASES, "trust", test_trust) +
         cases_run("transport_curl_open trust", CASES, "trust", test_open) +
         cases_run("transport_curl_open proxies", CASES, "proxies", test_open) +
         cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
