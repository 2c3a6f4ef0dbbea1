/* AWS's own signing test suite (aws-c-auth), header form and query form: every intermediate, every header and the URL, byte
 * for byte. */
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "signing_case.h"

static void assert_text(sv actual, const cJSON *expected, const char *member) {
  const char *text = case_text(expected, member);
  assert_non_null(text);
  if (!sv_eq(actual, sv_from(text))) {
    fail_msg("%s is\n%.*s\nexpected\n%s", member, SV_ARG(actual), text);
  }
}

static bool holds(const struct http_headers *headers, sv name, sv value) {
  for (size_t i = 0; i < headers->count; i++) {
    if (sv_eq_nocase(headers->items[i].name, name) && sv_eq(headers->items[i].value, value)) {
      return true;
    }
  }
  return false;
}

/* The request holds the headers of the case, in any order. */
static void assert_headers(const struct http_headers *headers, const cJSON *expected) {
  const cJSON *pair = NULL;
  assert_int_equal(headers->count, cJSON_GetArraySize(expected));
  cJSON_ArrayForEach(pair, expected) {
    sv name = sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0)));
    sv value = sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1)));
    if (!holds(headers, name, value)) {
      fail_msg("no header %.*s: %.*s", SV_ARG(name), SV_ARG(value));
    }
  }
}

static void header_form(void **state) {
  const struct case_state *c = *state;
  const cJSON *expected = cJSON_GetObjectItemCaseSensitive(c->data, "expect_header");
  struct arena *arena = arena_new(MIB(1));
  struct sigv4_result result;
  struct http_request request;
  struct err e = {0};
  if (!signing_case_sign(arena, c->data, &request, &result, &e)) {
    fail_msg("%s", e.text);
  }
  assert_text(result.canonical_request, expected, "canonicalRequest");
  assert_text(result.string_to_sign, expected, "stringToSign");
  assert_text(result.signature, expected, "signature");
  assert_text(result.authorization, expected, "authorization");
  assert_headers(&request.headers, cJSON_GetObjectItemCaseSensitive(expected, "signedHeaders"));
  arena_drop(arena);
}

static void query_form(void **state) {
  const struct case_state *c = *state;
  const cJSON *expected = cJSON_GetObjectItemCaseSensitive(c->data, "expect_query");
  struct arena *arena = arena_new(MIB(1));
  struct sigv4_result result;
  struct http_request request;
  struct err e = {0};
  if (!signing_case_presign(arena, c->data, &request, &result, &e)) {
    fail_msg("%s", e.text);
  }
  assert_text(result.canonical_request, expected, "canonicalRequest");
  assert_text(result.string_to_sign, expected, "stringToSign");
  assert_text(result.signature, expected, "signature");
  assert_headers(&request.headers, cJSON_GetObjectItemCaseSensitive(expected, "signedHeaders"));
  sv target = sv_slice(request.url, sizeof "https://example.amazonaws.com" - 1, request.url.len);
  assert_text(target, expected, "signedTarget");
  arena_drop(arena);
}

int main(void) {
  const char *path = cases_conformance_path("sigv4/sigv4-v4.json");
  return path ? cases_run("SigV4 suite, header form", path, "cases", header_form) +
                    cases_run("SigV4 suite, query form", path, "cases", query_form)
              : 0;
}
