/* URLs: parts, refusals, loopback, percent-encoding; every byte there and back; long input in linear time. */
#include "url.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"

#define CASES "tests/unit/net/url.json"

static sv text_of(const struct case_state *c, const char *member) {
  return sv_from(case_text(c->data, member));
}

static void assert_sv(sv actual, const char *expected) {
  assert_non_null(expected);
  assert_int_equal(actual.len, strlen(expected));
  assert_memory_equal(actual.len ? actual.ptr : "", expected, actual.len);
}

static void test_parse(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct sb host = sb_new(arena, LIMIT_URL_BYTES);
  struct err e = {0};
  struct url url;
  assert_true(url_parse(text_of(c, "url"), &url, &e));
  assert_sv(url.scheme, case_text(c->data, "scheme"));
  assert_sv(url.host, case_text(c->data, "host"));
  assert_int_equal(url.port, cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "port")));
  assert_sv(url.path, case_text(c->data, "path"));
  const char *query = case_text(c->data, "query");
  assert_int_equal(url.has_query, query != NULL);
  assert_sv(url.query, query ? query : "");
  url_put_host(&host, &url);
  assert_sv(sb_view(&host), case_text(c->data, "hostHeader"));
  arena_drop(arena);
}

static void test_refuse(void **state) {
  const struct case_state *c = *state;
  struct err e = {0};
  struct url url;
  const char *hidden = case_text(c->data, "not");
  assert_false(url_parse(text_of(c, "url"), &url, &e));
  assert_int_equal(e.code, ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "error"))) {
    fail_msg("the error is: %s", e.text);
  }
  assert_true(!hidden || !strstr(e.text, hidden));
}

static void test_loopback(void **state) {
  const struct case_state *c = *state;
  struct err e = {0};
  struct url url;
  assert_true(url_parse(text_of(c, "url"), &url, &e));
  assert_int_equal(url_is_loopback(&url), cJSON_IsTrue(cJSON_GetObjectItem(c->data, "loopback")));
}

static void test_encode(void **state) {
  const struct case_state *c = *state;
  const char *keep = case_text(c->data, "keep");
  struct arena *arena = arena_new(MIB(1));
  struct sb out = sb_new(arena, KIB(1));
  percent_put(&out, text_of(c, "text"), keep ? keep : "");
  assert_sv(sb_view(&out), case_text(c->data, "encoded"));
  arena_drop(arena);
}

static void test_decode(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  sv out;
  assert_true(percent_decode(arena, text_of(c, "text"), &out, &e));
  assert_sv(out, case_text(c->data, "decoded"));
  arena_drop(arena);
}

static void every_byte_survives(void **state) {
  (void)state;
  char bytes[256];
  for (size_t i = 0; i < sizeof bytes; i++) {
    bytes[i] = (char)i;
  }
  struct arena *arena = arena_new(MIB(1));
  struct sb encoded = sb_new(arena, KIB(1));
  struct err e = {0};
  sv decoded;
  percent_put(&encoded, (sv){bytes, sizeof bytes}, "");
  assert_int_equal(encoded.len, 66 + 3 * (256 - 66));
  assert_true(percent_decode(arena, sb_view(&encoded), &decoded, &e));
  assert_int_equal(decoded.len, sizeof bytes);
  assert_memory_equal(decoded.ptr, bytes, sizeof bytes);
  arena_drop(arena);
}

static void the_longest_url(void **state) {
  (void)state;
  static char text[LIMIT_URL_BYTES + 1];
  const sv start = SV("http://h/");
  struct err e = {0};
  struct url url;
  memset(text, ':', sizeof text);
  memcpy(text, start.ptr, start.len);
  assert_true(url_parse((sv){text, LIMIT_URL_BYTES}, &url, &e));
  assert_int_equal(url.path.len, LIMIT_URL_BYTES + 1 - start.len);
  assert_false(url_parse((sv){text, LIMIT_URL_BYTES + 1}, &url, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_string_equal(e.text, "the URL is longer than 16384 bytes");
}

static void decode_without_memory(void **state) {
  (void)state;
  struct arena *arena = arena_new(KIB(1));
  struct err e = {0};
  sv out;
  arena_fail_after(arena, 0);
  assert_false(percent_decode(arena, SV("%41"), &out, &e));
  assert_int_equal(e.code, ERR_MEMORY);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_byte_survives),
      cmocka_unit_test(the_longest_url),
      cmocka_unit_test(decode_without_memory),
  };
  return cases_run("url_parse", CASES, "parse", test_parse) +
         cases_run("url_parse refuses", CASES, "refuse", test_refuse) +
         cases_run("url_is_loopback", CASES, "loopback", test_loopback) +
         cases_run("percent_put", CASES, "encode", test_encode) +
         cases_run("percent_decode", CASES, "decode", test_decode) +
         cmocka_run_group_tests_name("url", tests, NULL, NULL);
}
