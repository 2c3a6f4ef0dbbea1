/* Error reports: the table of types, the bodies, what is cut, and each allocation that can fail. */
#include "error_report.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"

static struct arena *arena;

static void assert_text(sv actual, const char *expected) {
  assert_int_equal(actual.len, strlen(expected));
  assert_memory_equal(actual.ptr, expected, actual.len);
}

/* The case's text, as often as it says. cJSON ends texts at U+0000: that one has a test of its own below. */
static sv input(const cJSON *data, const char *member) {
  sv text = sv_from(case_text(data, member));
  const cJSON *repeat = cJSON_GetObjectItemCaseSensitive(data, "repeat");
  size_t count = repeat ? (size_t)repeat->valueint : 1;
  char *copy = arena_alloc(arena, text.len * count + 1);
  assert_non_null(copy);
  for (size_t i = 0; i < count; i++) {
    memcpy(copy + i * text.len, text.ptr, text.len);
  }
  return (sv){copy, text.len * count};
}

static void check_type(void **state) {
  const struct case_state *test = *state;
  struct err e = {0};
  sv out;
  assert_true(error_report_type(arena, input(test->data, "in"), &out, &e));
  const cJSON *bytes = cJSON_GetObjectItemCaseSensitive(test->data, "out_bytes");
  if (bytes) {
    assert_int_equal(out.len, bytes->valueint);
  } else {
    assert_text(out, case_text(test->data, "out"));
  }
  arena_reset(arena);
}

static void check_body(void **state) {
  const struct case_state *test = *state;
  struct err e = {0};
  sv out;
  sv type = input(test->data, "type");
  sv message = input(test->data, "message");
  assert_true(error_report_body(arena, type, message, &out, &e));
  assert_text(out, case_text(test->data, "body"));
  assert_true(error_report_cause(arena, type, message, &out, &e));
  assert_text(out, case_text(test->data, "cause"));
  arena_reset(arena);
}

static void nul_is_escaped(void **state) {
  (void)state;
  struct err e = {0};
  sv out;
  assert_true(error_report_body(arena, SV("A.B\0C"), SV("a\0b"), &out, &e));
  assert_text(out, "{\"errorMessage\":\"a\\u0000b\",\"errorType\":\"A.B\\u0000C\",\"stackTrace\":[]}");
  assert_true(error_report_type(arena, SV("A.Be\0C"), &out, &e));
  assert_text(out, "Function.BeC");
  arena_reset(arena);
}

/* The dearest input: every byte becomes six. */
static void longest_report_fits(void **state) {
  (void)state;
  static char bytes[LIMIT_ERROR_MESSAGE_BYTES * 2];
  struct err e = {0};
  sv out;
  memset(bytes, 1, sizeof bytes);
  sv text = {bytes, sizeof bytes};
  assert_true(error_report_body(arena, text, text, &out, &e));
  assert_true(sv_contains(sv_slice(out, LIMIT_ERROR_MESSAGE_BYTES * 6 - 64, LIMIT_ERROR_MESSAGE_BYTES * 6 + 64),
                          SV("\\u0001...\",\"errorType\":\"\\u0001")));
  assert_true(error_report_cause(arena, text, text, &out, &e));
  assert_true(out.len <= LIMIT_XRAY_CAUSE_BYTES);
  arena_reset(arena);
}

static bool report(struct err *e) {
  sv out;
  return error_report_type(arena, SV("Arazzo.InvalidEvent"), &out, e) &&
         error_report_body(arena, SV("Arazzo.InvalidEvent"),
                           SV("gr\xC3\xB6\xC3\x9F"
                              "er"),
                           &out, e) &&
         error_report_cause(arena, SV("Arazzo.InvalidEvent"),
                            SV("gr\xC3\xB6\xC3\x9F"
                               "er"),
                            &out, e);
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  long failed_count = 0;
  for (bool done = false; !done; failed_count++) {
    struct err e = {0};
    arena_reset(arena);
    arena_fail_after(arena, failed_count);
    done = report(&e);
    assert_int_equal(e.code, done ? ERR_NONE : ERR_MEMORY);
  }
  arena_fail_after(arena, -1);
  assert_true(failed_count > 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nul_is_escaped),
      cmocka_unit_test(longest_report_fits),
      cmocka_unit_test(every_allocation_may_fail),
  };
  arena = arena_new(LIMIT_RUNTIME_ARENA_BYTES);
  int failed = cases_run("error type", "tests/unit/runtime/error_type.json", NULL, check_type);
  failed += cases_run("error body", "tests/unit/runtime/error_body.json", NULL, check_body);
  failed += cmocka_run_group_tests_name("error report", tests, NULL, NULL);
  arena_drop(arena);
  return failed;
}
