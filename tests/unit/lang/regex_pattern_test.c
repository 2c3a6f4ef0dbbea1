/* Patterns of regex conditions: what they say with which values, which are refused where, and that each ends in bounded
 * time. The cases are the JSON file beside this one. */
#include "cases.h"

#include <string.h>
#include <time.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "regex_pattern.h"
#include "sb.h"

#define CASES "tests/unit/lang/regex_pattern_cases.json"
#define SECONDS_MAX 60

static json *parse(struct arena *arena, sv text) {
  json *value = NULL;
  struct err e = {0};
  if (!json_parse(arena, text, &value, &e)) {
    fail_msg("%s", e.text);
  }
  return value;
}

static json *scope_of(struct arena *arena, const cJSON *data) {
  char *text = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(data, "scope"));
  json *root = text ? parse(arena, sv_copy(arena, sv_from(text))) : NULL;
  cJSON_free(text);
  return root;
}

static void expect_each(const cJSON *data, const char *member, const struct regex_pattern *pattern,
                        const struct scope *scope, struct arena *arena, enum verdict expected) {
  const cJSON *texts = cJSON_GetObjectItemCaseSensitive(data, member);
  for (const cJSON *text = texts ? texts->child : NULL; text; text = text->next) {
    enum verdict verdict = VERDICT_UNKNOWN;
    struct err why = {0};
    struct err e = {0};
    if (!regex_pattern_match(pattern, sv_from(text->valuestring), scope, arena, &verdict, &why, &e)) {
      fail_msg("%s", e.text);
    }
    if (verdict != expected) {
      fail_msg("\"%s\": %d, not %d; %s", text->valuestring, (int)verdict, (int)expected, why.text);
    }
    assert_int_equal(why.code != ERR_NONE, verdict == VERDICT_UNKNOWN);
    const char *reason = case_text(data, "why");
    assert_true(!reason || strstr(why.text, reason));
  }
}

static void pattern_says(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(8));
  const struct regex_pattern *pattern = NULL;
  struct err e = {0};
  if (!regex_pattern_compile(arena, sv_from(case_text(data, "pattern")), &pattern, &e)) {
    fail_msg("refused at %u: %s", e.column, e.text);
  }
  bool malformed = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(data, "malformed"));
  struct scope scope = {.root = scope_of(arena, data), .response_malformed = malformed};
  expect_each(data, "matches", pattern, &scope, arena, VERDICT_HOLDS);
  expect_each(data, "not", pattern, &scope, arena, VERDICT_FAILS);
  expect_each(data, "unknown", pattern, &scope, arena, VERDICT_UNKNOWN);
  arena_drop(arena);
}

static void pattern_is_refused(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(8));
  const struct regex_pattern *pattern = NULL;
  struct err e = {0};
  assert_false(regex_pattern_compile(arena, sv_from(case_text(data, "pattern")), &pattern, &e));
  assert_int_equal(e.code, ERR_SYNTAX);
  if ((int)e.column != cJSON_GetObjectItemCaseSensitive(data, "column")->valueint ||
      !strstr(e.text, case_text(data, "message"))) {
    fail_msg("at %u: %s", e.column, e.text);
  }
  arena_drop(arena);
}

static bool collect(void *context, const struct expression *expression) {
  sb_put(context, expression->text);
  sb_char(context, ' ');
  return !sv_eq(expression->text, SV("$inputs.stop"));
}

static void each_expression_is_visited(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct sb seen = sb_new(arena, KIB(1));
  const struct regex_pattern *pattern = NULL;
  struct err e = {0};
  assert_true(regex_pattern_compile(arena, SV("a{$inputs.a}{$inputs.b}|{$inputs.stop}{$inputs.c}"), &pattern, &e));
  assert_false(regex_pattern_each(pattern, collect, &seen));
  assert_true(sv_eq(sb_view(&seen), SV("$inputs.a $inputs.b $inputs.stop ")));
  arena_drop(arena);
}

/* `count` times `part`, between `head` and `tail`. */
static sv repeated(struct arena *arena, const char *head, const char *part, size_t count, const char *tail) {
  struct sb text = sb_new(arena, MIB(8));
  sb_put(&text, sv_from(head));
  for (size_t i = 0; i < count; i++) {
    sb_put(&text, sv_from(part));
  }
  sb_put(&text, sv_from(tail));
  assert_int_equal(text.state, SB_OK);
  return sb_view(&text);
}

/* Matching must end with ERR_LIMIT, the message and no verdict. */
static void expect_limit(struct arena *arena, const char *text, sv inputs, sv subject, const char *message) {
  const struct regex_pattern *pattern = NULL;
  enum verdict verdict = VERDICT_HOLDS;
  struct err e = {0};
  struct scope scope = {.root = parse(arena, inputs)};
  assert_true(regex_pattern_compile(arena, sv_from(text), &pattern, &e));
  assert_false(regex_pattern_match(pattern, subject, &scope, arena, &verdict, NULL, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_int_equal(verdict, VERDICT_UNKNOWN);
  if (!strstr(e.text, message)) {
    fail_msg("%s", e.text);
  }
}

static void values_are_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  clock_t start = clock();
  expect_limit(arena, "^{$inputs.x}$", SV("{\"inputs\": {\"x\": \"((a|a)*)*[bc]\"}}"), repeated(arena, "", "a", 60, ""),
               "too much work");
  expect_limit(arena, "x{$inputs.x}", repeated(arena, "{\"inputs\": {\"x\": \"", "a", 70000, "\"}}"), SV("x"),
               "longer than 65536 bytes");
  expect_limit(arena, "x{$inputs.x}", repeated(arena, "{\"inputs\": {\"x\": \"", "(", 70, "\"}}"), SV("x"),
               "too large");
  expect_limit(arena, "x{{$inputs.x}}", SV("{\"inputs\": {\"x\": 70000}}"), SV("x"), "too large");
  assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
  arena_drop(arena);
}

static void long_patterns_are_read_once(void **state) {
  (void)state;
  static const struct {
    const char *part;
    enum err_code code;
  } rows[] = {{"{$", ERR_LIMIT},         {"{$}", ERR_LIMIT}, {"{$x", ERR_LIMIT},
              {"{$inputs.a}", ERR_NONE}, {"{", ERR_LIMIT},   {"{$inputs.", ERR_SYNTAX}};
  clock_t start = clock();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(64));
    const struct regex_pattern *pattern = NULL;
    struct err e = {0};
    size_t count = LIMIT_EXPRESSION_BYTES / strlen(rows[i].part);
    regex_pattern_compile(arena, repeated(arena, "", rows[i].part, count, ""), &pattern, &e);
    assert_int_equal(e.code, rows[i].code);
    arena_drop(arena);
  }
  struct arena *arena = arena_new(MIB(64));
  const struct regex_pattern *pattern = NULL;
  struct err e = {0};
  assert_false(regex_pattern_compile(arena, repeated(arena, "", "a", LIMIT_EXPRESSION_BYTES + 1, ""), &pattern, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_true((clock() - start) / CLOCKS_PER_SEC < SECONDS_MAX);
  arena_drop(arena);
}

static void every_failing_allocation_is_an_error(void **state) {
  (void)state;
  struct arena *fixed = arena_new(MIB(1));
  struct scope scope = {.root = parse(fixed, SV("{\"inputs\": {\"x\": \"a|b\", \"n\": {\"k\": 2}}}"))};
  bool passed = false;
  for (long n = 0; !passed; n++) {
    struct arena *arena = arena_new(MIB(8));
    const struct regex_pattern *pattern = NULL;
    enum verdict verdict = VERDICT_UNKNOWN;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = regex_pattern_compile(arena, SV("^({$inputs.x}){1,{$inputs.n.k}}$"), &pattern, &e) &&
             regex_pattern_match(pattern, SV("ab"), &scope, arena, &verdict, NULL, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_int_equal(verdict, passed ? VERDICT_HOLDS : VERDICT_UNKNOWN);
    arena_drop(arena);
  }
  arena_drop(fixed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_expression_is_visited),
      cmocka_unit_test(values_are_bounded),
      cmocka_unit_test(long_patterns_are_read_once),
      cmocka_unit_test(every_failing_allocation_is_an_error),
  };
  int failed = cases_run("patterns with expressions", CASES, "says", pattern_says);
  failed += cases_run("patterns that are refused", CASES, "refused", pattern_is_refused);
  return failed + cmocka_run_group_tests_name("patterns", tests, NULL, NULL);
}
