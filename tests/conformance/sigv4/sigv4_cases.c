/* Signing cases of our own for what AWS's suite leaves out; the expected texts were computed with botocore, from the
 * same request or from its canonical spelling. Then: refusals, secrets that must not stay, memory that ends at any
 * point. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "signing_case.h"

#define CASES "tests/conformance/sigv4/cases.json"
#define SECRET "s3cr3t-s3cr3t-s3cr3t"
#define PLAIN                                                                                                          \
  "{\"method\":\"PUT\",\"origin\":\"https://h\",\"target\":\"/a%20b?c=%2F&d\",\"headers\":[[\"X-A\",\"1\"]],"          \
  "\"body\":\"x\",\"region\":\"eu-west-1\",\"service\":\"s\",\"timestamp\":\"2026-01-13T08:05:09Z\",\"expires\":60,"   \
  "\"credentials\":"                                                                                                   \
  "{\"accessKeyId\":\"AKID\",\"secretAccessKey\":\"" SECRET "\",\"sessionToken\":\"t0ken\"}}"

static void test_case(void **state) {
  const struct case_state *c = *state;
  const cJSON *expected = cJSON_GetObjectItemCaseSensitive(c->data, "expect");
  struct arena *arena = arena_new(MIB(1));
  struct sigv4_result result;
  struct http_request request;
  struct err e = {0};
  const char *url = case_text(expected, "url");
  bool good = url ? signing_case_presign(arena, c->data, &request, &result, &e)
                  : signing_case_sign(arena, c->data, &request, &result, &e);
  if (!good) {
    fail_msg("%s", e.text);
  }
  if (!sv_eq(result.canonical_request, sv_from(case_text(expected, "canonicalRequest")))) {
    fail_msg("canonical request:\n%.*s\nexpected:\n%s", SV_ARG(result.canonical_request),
             case_text(expected, "canonicalRequest"));
  }
  assert_true(sv_eq(result.signature, sv_from(case_text(expected, "signature"))));
  if (url && !sv_eq(request.url, sv_from(url))) {
    fail_msg("%.*s", SV_ARG(request.url));
  }
  arena_drop(arena);
}

/* Both forms take the same case. */
typedef bool signing_form(struct arena *arena, const cJSON *data, struct http_request *request,
                          struct sigv4_result *result, struct err *e);
static signing_form *const forms[] = {signing_case_sign, signing_case_presign};
#define FORMS (sizeof forms / sizeof *forms)

/* Signs PLAIN with one of its members replaced. */
static bool sign_changed(signing_form *form, struct arena *arena, cJSON *data, const char *member, const char *value,
                         struct err *e) {
  struct sigv4_result result;
  struct http_request request;
  cJSON_ReplaceItemInObject(data, member, cJSON_CreateString(value));
  return form(arena, data, &request, &result, e);
}

static void is_refused(signing_form *form, const char *member, const char *value, const char *error) {
  struct arena *arena = arena_new(MIB(1));
  cJSON *data = cJSON_Parse(PLAIN);
  struct err e = {0};
  assert_false(sign_changed(form, arena, data, member, value, &e));
  if (!strstr(e.text, error) || strstr(e.text, SECRET)) {
    fail_msg("the error is: %s", e.text);
  }
  assert_int_equal(e.code, ERR_INVALID);
  cJSON_Delete(data);
  arena_drop(arena);
}

static void refusals(void **state) {
  (void)state;
  static const struct {
    const char *member, *value, *error;
  } cases[] = {
      {"region", "", "no region to sign for: set AWS_REGION"},
      {"service", "", "no signing name"},
      {"method", "GET /\nx", "is not an HTTP method"},
      {"origin", "h", "is not an absolute URL"},
      {"origin", "https://user:" SECRET "@h", "user name or password"},
      {"target", "/a\nb", "control character 0x0A"},
      {"credentials", "none", "no credentials to sign with"},
      {"timestamp", "1969-12-31T23:59:59Z", "outside the years 1970 to 9999"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    for (size_t form = 0; form < FORMS; form++) {
      is_refused(forms[form], cases[i].member, cases[i].value, cases[i].error);
    }
  }
}

static void a_url_is_not_signed_twice(void **state) {
  (void)state;
  static const struct {
    const char *target, *name;
  } cases[] = {{"/?X-Amz-Algorithm=a", "X-Amz-Algorithm"},
               {"/?X-Amz-Credential=a", "X-Amz-Credential"},
               {"/?a=1&X-Amz-Date=b&c=d", "X-Amz-Date"},
               {"/?X-Amz-Expires", "X-Amz-Expires"},
               {"/?X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders"},
               {"/?X-Amz-Security-Token=t", "X-Amz-Security-Token"},
               {"/?a&%58-Amz-Signature=0", "X-Amz-Signature"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char error[128];
    snprintf(error, sizeof error, "the URL to sign has the parameter '%s' already; leave it out", cases[i].name);
    is_refused(signing_case_presign, "target", cases[i].target, error);
  }
}

static void a_url_is_valid_for_a_week_at_most(void **state) {
  (void)state;
  static const struct {
    double seconds;
    bool good;
  } cases[] = {{0, false}, {1, true}, {LIMIT_PRESIGN_SECONDS, true}, {LIMIT_PRESIGN_SECONDS + 1.0, false}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct arena *arena = arena_new(MIB(1));
    cJSON *data = cJSON_Parse(PLAIN);
    struct sigv4_result result;
    struct http_request request;
    struct err e = {0};
    cJSON_SetNumberValue(cJSON_GetObjectItem(data, "expires"), cases[i].seconds);
    assert_int_equal(signing_case_presign(arena, data, &request, &result, &e), cases[i].good);
    assert_true(cases[i].good || strstr(e.text, "a presigned URL is valid for 1 to 604800 seconds, not "));
    cJSON_Delete(data);
    arena_drop(arena);
  }
}

static void a_presigned_url_that_is_too_long(void **state) {
  (void)state;
  static char target[LIMIT_URL_BYTES - 100] = "/";
  struct arena *arena = arena_new(MIB(1));
  cJSON *data = cJSON_Parse(PLAIN);
  struct err e = {0};
  memset(target + 1, 'a', sizeof target - 2);
  assert_false(sign_changed(signing_case_presign, arena, data, "target", target, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_non_null(strstr(e.text, "the presigned URL"));
  cJSON_Delete(data);
  arena_drop(arena);
}

static void too_many_headers(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  cJSON *data = cJSON_Parse(PLAIN);
  cJSON *headers = cJSON_GetObjectItem(data, "headers");
  struct sigv4_result result;
  struct http_request request;
  struct err e = {0};
  for (int i = 0; i < LIMIT_HEADERS_COUNT; i++) {
    const char *pair[] = {"X-A", "1"};
    cJSON_AddItemToArray(headers, cJSON_CreateStringArray(pair, 2));
  }
  assert_false(signing_case_sign(arena, data, &request, &result, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  cJSON_Delete(data);
  arena_drop(arena);
}

/* As many parameters as a URL can hold, in the worst order for a bad sort, are signed at once. */
static void the_longest_query(void **state) {
  (void)state;
  enum { COUNT = 8000 };
  static char target[2 * COUNT + 8] = "/?";
  struct arena *arena = arena_new(MIB(32));
  cJSON *data = cJSON_Parse(PLAIN);
  struct err e = {0};
  for (size_t i = 0; i < COUNT; i++) {
    target[2 + 2 * i] = (char)('z' - (char)(i * 25 / COUNT));
    target[3 + 2 * i] = '&';
  }
  if (!sign_changed(signing_case_sign, arena, data, "target", target, &e)) {
    fail_msg("%s", e.text);
  }
  cJSON_Delete(data);
  arena_drop(arena);
}

static void form_without_memory(signing_form *form) {
  struct arena *arena = arena_new(MIB(1));
  cJSON *data = cJSON_Parse(PLAIN);
  long n = 0;
  for (;; n++) {
    struct sigv4_result result;
    struct http_request request;
    struct err e = {0};
    arena_reset(arena);
    arena_fail_after(arena, n);
    if (form(arena, data, &request, &result, &e)) {
      break;
    }
    assert_int_equal(e.code, ERR_MEMORY);
  }
  assert_true(n > 20);
  cJSON_Delete(data);
  arena_drop(arena);
}

static void without_memory(void **state) {
  (void)state;
  for (size_t form = 0; form < FORMS; form++) {
    form_without_memory(forms[form]);
  }
}

/* Signing again, as a retry does, replaces what the first signature left. */
static void signing_twice_is_signing_once(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct http_request request = {.method = SV("GET"), .url = SV("https://h/p?a=1")};
  struct sigv4_settings settings = {.credentials = {SV("AKID"), SV(SECRET), SV("t0ken")},
                                    .region = SV("r"),
                                    .service = SV("s"),
                                    .normalize_path = true,
                                    .double_encode_path = true};
  struct sigv4_result first;
  struct sigv4_result second;
  struct err e = {0};
  assert_true(sigv4_sign(arena, &request, &settings, &first, &e));
  size_t count = request.headers.count;
  assert_true(sigv4_sign(arena, &request, &settings, &second, &e));
  assert_int_equal(request.headers.count, count);
  assert_true(sv_eq(first.authorization, second.authorization));
  arena_drop(arena);
}

#ifndef ARENA_DEBUG
/* The arena's pieces lie one behind the other, so that all that signing left there can be searched. */
static void secret_does_not_stay(signing_form *form) {
  struct arena *arena = arena_new(MIB(1));
  const char *start = arena_alloc(arena, 1);
  cJSON *data = cJSON_Parse(PLAIN);
  struct sigv4_result result;
  struct http_request request;
  struct err e = {0};
  assert_true(form(arena, data, &request, &result, &e));
  size_t used = arena_used_bytes(arena);
  assert_true(used < KIB(60));
  assert_true(sv_contains((sv){start, used}, result.signature));
  assert_true(sv_contains((sv){start, used}, SV("t0ken")));
  assert_false(sv_contains((sv){start, used}, SV(SECRET)));
  cJSON_Delete(data);
  arena_drop(arena);
}

static void the_secret_does_not_stay(void **state) {
  (void)state;
  for (size_t form = 0; form < FORMS; form++) {
    secret_does_not_stay(forms[form]);
  }
}
#endif

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(refusals),
      cmocka_unit_test(a_url_is_not_signed_twice),
      cmocka_unit_test(a_url_is_valid_for_a_week_at_most),
      cmocka_unit_test(a_presigned_url_that_is_too_long),
      cmocka_unit_test(too_many_headers),
      cmocka_unit_test(the_longest_query),
      cmocka_unit_test(without_memory),
      cmocka_unit_test(signing_twice_is_signing_once),
#ifndef ARENA_DEBUG
      cmocka_unit_test(the_secret_does_not_stay),
#endif
  };
  return cases_run("SigV4 cases", CASES, NULL, test_case) + cmocka_run_group_tests_name("SigV4", tests, NULL, NULL);
}
