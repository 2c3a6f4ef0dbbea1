/* Regular expressions: what patterns match, which are refused where and how, and that each ends in bounded time. */
#include "cases.h"

#include <string.h>
#include <time.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "regex_match.h"
#include "sb.h"

#define FOLDER "tests/unit/lang/"
#define SECONDS_MAX 60

static enum regex_dialect dialect_of(const cJSON *data) {
  const char *name = case_text(data, "dialect");
  if (strcmp(name, "pcre") == 0) {
    return REGEX_PCRE;
  }
  assert_true(strcmp(name, "match") == 0 || strcmp(name, "search") == 0);
  return strcmp(name, "match") == 0 ? REGEX_I_REGEXP_MATCH : REGEX_I_REGEXP_SEARCH;
}

static void expect_each(const struct regex *regex, const cJSON *texts, struct arena *arena, bool expected) {
  for (const cJSON *text = texts->child; text; text = text->next) {
    bool matched = !expected;
    struct err e = {0};
    assert_true(regex_match(regex, sv_from(text->valuestring), arena, &matched, &e));
    if (matched != expected) {
      fail_msg("\"%s\" %s", text->valuestring, matched ? "matches" : "does not match");
    }
  }
}

static void pattern_matches(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(8));
  const struct regex *regex = NULL;
  struct err e = {0};
  if (!regex_compile(arena, sv_from(case_text(data, "pattern")), dialect_of(data), &regex, &e)) {
    fail_msg("refused at %u: %s", e.column, e.text);
  }
  expect_each(regex, cJSON_GetObjectItemCaseSensitive(data, "matches"), arena, true);
  expect_each(regex, cJSON_GetObjectItemCaseSensitive(data, "not"), arena, false);
  arena_drop(arena);
}

static void expect_refused(const cJSON *data, enum regex_dialect dialect) {
  struct arena *arena = arena_new(MIB(8));
  const struct regex *regex = NULL;
  struct err e = {0};
  assert_false(regex_compile(arena, sv_from(case_text(data, "pattern")), dialect, &regex, &e));
  assert_int_equal(e.code, ERR_SYNTAX);
  if ((int)e.column != cJSON_GetObjectItemCaseSensitive(data, "column")->valueint ||
      !strstr(e.text, case_text(data, "message"))) {
    fail_msg("at %u: %s", e.column, e.text);
  }
  arena_drop(arena);
}

static void pattern_is_refused(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  if (case_text(data, "dialect")) {
    expect_refused(data, dialect_of(data));
  } else {
    expect_refused(data, REGEX_I_REGEXP_MATCH);
    expect_refused(data, REGEX_I_REGEXP_SEARCH);
  }
}

static const struct regex *compile(struct arena *arena, sv pattern, enum regex_dialect dialect) {
  const struct regex *regex = NULL;
  struct err e = {0};
  if (!regex_compile(arena, pattern, dialect, &regex, &e)) {
    fail_msg("refused at %u: %s", e.column, e.text);
  }
  return regex;
}

static sv repeated(struct arena *arena, const char *head, const char *part, size_t count, const char *tail) {
  struct sb text = sb_new(arena, MIB(16));
  sb_put(&text, sv_from(head));
  for (size_t i = 0; i < count; i++) {
    sb_put(&text, sv_from(part));
  }
  sb_put(&text, sv_from(tail));
  return sb_view(&text);
}

static void text_that_is_not_utf8_does_not_match(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  const sv texts[] = {SV("a\xff"), SV("\xc3"), SV("\xed\xa0\x80"), SV("a\xf4\x90\x80\x80")};
  const struct regex *any = compile(arena, SV("(?s).*"), REGEX_PCRE);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    bool matched = true;
    struct err e = {0};
    assert_true(regex_match(any, texts[i], arena, &matched, &e));
    assert_false(matched);
  }
  arena_drop(arena);
}

static void nul_is_a_character(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  bool matched = false;
  struct err e = {0};
  assert_true(regex_match(compile(arena, SV("a\0."), REGEX_I_REGEXP_MATCH), SV("a\0b"), arena, &matched, &e));
  assert_true(matched);
  assert_true(regex_match(compile(arena, SV("a\0b"), REGEX_I_REGEXP_MATCH), SV("a"), arena, &matched, &e));
  assert_false(matched);
  arena_drop(arena);
}

static void patterns_that_are_not_utf8_are_refused(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  const struct regex *regex = NULL;
  for (int dialect = REGEX_PCRE; dialect <= REGEX_I_REGEXP_SEARCH; dialect++) {
    struct err e = {0};
    assert_false(regex_compile(arena, SV("a\xff"), (enum regex_dialect)dialect, &regex, &e));
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_int_equal(e.column, 2);
  }
  arena_drop(arena);
}

static void expect_too_large(struct arena *arena, sv pattern, enum regex_dialect dialect, const char *message) {
  const struct regex *regex = NULL;
  struct err e = {0};
  assert_false(regex_compile(arena, pattern, dialect, &regex, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  if (!strstr(e.text, message)) {
    fail_msg("%s", e.text);
  }
}

static void large_patterns_are_refused(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  sv deep = repeated(arena, "", "(", LIMIT_EXPRESSION_DEPTH + 1, "a");
  sv closing = repeated(arena, "", ")", LIMIT_EXPRESSION_DEPTH + 1, "");
  struct sb both = sb_new(arena, KIB(1));
  sb_put(&both, deep);
  sb_put(&both, closing);
  expect_too_large(arena, repeated(arena, "", "a", LIMIT_EXPRESSION_BYTES + 1, ""), REGEX_PCRE, "65536");
  expect_too_large(arena, sb_view(&both), REGEX_PCRE, "too deeply nested");
  expect_too_large(arena, sb_view(&both), REGEX_I_REGEXP_MATCH, "64 groups");
  expect_too_large(arena, SV("a{65536}"), REGEX_I_REGEXP_MATCH, "too big");
  expect_too_large(arena, SV("((a{1000}){1000}){1000}"), REGEX_I_REGEXP_MATCH, "too large");
  arena_drop(arena);
}

static void expect_gives_up(const char *pattern, enum regex_dialect dialect, sv text, uint64_t steps) {
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct regex_matcher *matcher = NULL;
  bool matched = true;
  struct err e = {0};
  clock_t start = clock();
  assert_true(regex_matcher_new(arena, &matcher, &e));
  assert_false(regex_match_within(compile(arena, sv_from(pattern), dialect), text, matcher, &steps, &matched, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  if (!strstr(e.text, "too much work")) {
    fail_msg("%s: %s", pattern, e.text);
  }
  assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
  arena_drop(arena);
}

static void catastrophic_patterns_give_up(void **state) {
  (void)state;
  struct arena *arena = arena_new(KIB(64));
  sv text = repeated(arena, "", "a", 60, "");
  expect_gives_up("(a+)+[bc]", REGEX_I_REGEXP_MATCH, text, LIMIT_REGEX_STEPS);
  expect_gives_up("((a|a)*)*[bc]", REGEX_I_REGEXP_SEARCH, text, LIMIT_REGEX_STEPS);
  expect_gives_up("(a+a+)+[bc]", REGEX_PCRE, text, LIMIT_REGEX_STEPS);
  expect_gives_up("^(?:a?){50}a{50}[bc]", REGEX_PCRE, text, LIMIT_REGEX_STEPS);
  expect_gives_up("^(\\w+\\s?)*[!?]", REGEX_PCRE, repeated(arena, "", "word ", 60, ""), LIMIT_REGEX_STEPS);
  arena_drop(arena);
}

/* PCRE2's own limit does not see these: few calls for each place to start at, each of which scans far. */
static void long_scans_give_up(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  sv text = repeated(arena, "", "a", 1000000, "");
  expect_gives_up("a*[bc]", REGEX_I_REGEXP_SEARCH, text, LIMIT_REGEX_STEPS);
  expect_gives_up("a*a*[bc]", REGEX_I_REGEXP_SEARCH, sv_slice(text, 0, 100000), LIMIT_REGEX_STEPS);
  arena_drop(arena);
}

static void endless_recursion_is_an_error(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  bool matched = true;
  struct err e = {0};
  const struct regex *regex = compile(arena, SV("^((?1)?a)*[bc]"), REGEX_PCRE);
  assert_false(regex_match(regex, SV("aaa"), arena, &matched, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_non_null(strstr(e.text, "recursion"));
  arena_drop(arena);
}

static void deep_backtracking_gives_up(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  expect_gives_up("^(a|b)*[cd]", REGEX_PCRE, repeated(arena, "", "ab", 1000000, ""), UINT64_MAX);
  arena_drop(arena);
}

static void long_texts_are_matched(void **state) {
  (void)state;
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  sv text = repeated(arena, "{\"a\": 1", ",\n \"name\": \"a value\"", 100000, ", \"status\": \"OK\"}");
  const char *patterns[] = {"\"status\":\\s*\"OK\"", "status.*OK", "(?s)^\\{.*\"status\"", "OK\"\\}$"};
  for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
    bool matched = false;
    struct err e = {0};
    if (!regex_match(compile(arena, sv_from(patterns[i]), REGEX_PCRE), text, arena, &matched, &e)) {
      fail_msg("%s: %s", patterns[i], e.text);
    }
    assert_true(matched);
  }
  text = repeated(arena, "", "ab\n", 3000, "foo");
  bool matched = false;
  struct err e = {0};
  assert_true(regex_match(compile(arena, SV("^(.|\\n)*foo$"), REGEX_PCRE), text, arena, &matched, &e));
  assert_true(matched);
  arena_drop(arena);
}

static void shared_steps_run_out(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  const struct regex *regex = compile(arena, SV("[a-z]+1"), REGEX_I_REGEXP_MATCH);
  struct regex_matcher *matcher = NULL;
  struct err e = {0};
  assert_true(regex_matcher_new(arena, &matcher, &e));
  uint64_t steps = 10000;
  size_t used = arena_used_bytes(arena);
  int matches = 0;
  bool matched = false;
  while (regex_match_within(regex, SV("abc1"), matcher, &steps, &matched, &e)) {
    assert_true(matched);
    matches++;
  }
  assert_int_equal(e.code, ERR_LIMIT);
  assert_in_range(matches, 50, 10000);
  assert_true(arena_used_bytes(arena) - used < KIB(128));
  arena_drop(arena);
}

static void fail_each_allocation(sv pattern, enum regex_dialect dialect, sv text) {
  bool passed = false;
  for (long n = 0; !passed; n++) {
    struct arena *arena = arena_new(MIB(8));
    const struct regex *regex = NULL;
    bool matched = false;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = regex_compile(arena, pattern, dialect, &regex, &e) && regex_match(regex, text, arena, &matched, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_true(matched == passed);
    arena_drop(arena);
  }
}

static void every_failing_allocation_is_an_error(void **state) {
  (void)state;
  fail_each_allocation(SV("^(?<y>[0-9]{4})-(.|x)*$"), REGEX_PCRE, SV("2024-01-01"));
  fail_each_allocation(SV("(a|b)+.[^c-d]{2,3}"), REGEX_I_REGEXP_MATCH, SV("abxyz"));
  fail_each_allocation(SV("(a|b)+"), REGEX_I_REGEXP_SEARCH, SV("xxab"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(text_that_is_not_utf8_does_not_match),
      cmocka_unit_test(nul_is_a_character),
      cmocka_unit_test(patterns_that_are_not_utf8_are_refused),
      cmocka_unit_test(large_patterns_are_refused),
      cmocka_unit_test(catastrophic_patterns_give_up),
      cmocka_unit_test(long_scans_give_up),
      cmocka_unit_test(endless_recursion_is_an_error),
      cmocka_unit_test(deep_backtracking_gives_up),
      cmocka_unit_test(long_texts_are_matched),
      cmocka_unit_test(shared_steps_run_out),
      cmocka_unit_test(every_failing_allocation_is_an_error),
  };
  int failed = cases_run("regular expressions", FOLDER "regex_cases.json", NULL, pattern_matches);
  failed += cases_run("patterns that are refused", FOLDER "regex_error_cases.json", NULL, pattern_is_refused);
  return failed + cmocka_run_group_tests_name("regex", tests, NULL, NULL);
}
