/* Criteria: verdicts, with "unknown" for what can't be said, and what is refused where. */
#include "criterion.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"

#define CASES "tests/unit/spec/criterion.json"
#define REFUSED "tests/unit/spec/criterion_refused.json"

static bool is_set(const cJSON *data, const char *name) {
  return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(data, name));
}

static const char *verdict_name(enum verdict verdict) {
  static const char *const names[] = {"fails", "holds", "unknown"};
  return names[verdict];
}

static bool compile(struct arena *arena, const cJSON *data, struct criterion *out, struct err *e) {
  char *text = cJSON_PrintUnformatted(cJSON_GetObjectItem(data, "criterion"));
  struct source *source = memory_source(arena, "w.json", text);
  free(text);
  *out = (struct criterion){.text = SV("")};
  return criterion_compile(arena, source, source->root, !cJSON_IsFalse(cJSON_GetObjectItem(data, "comparison")), out,
                           e);
}

static void judges(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct criterion criterion;
  struct err e = {0};
  enum verdict verdict = VERDICT_UNKNOWN;
  if (!compile(arena, c->data, &criterion, &e)) {
    fail_msg("%s: %s", e.where, e.text);
  }
  struct err why = {0};
  struct scope scope = {.root = memory_json(arena, cJSON_GetObjectItem(c->data, "scope")),
                        .response_tree = memory_json(arena, cJSON_GetObjectItem(c->data, "tree")),
                        .response_malformed = is_set(c->data, "malformed"),
                        .response_is_text = is_set(c->data, "text"),
                        .absent_is_unknown = is_set(c->data, "absent_is_unknown"),
                        .why_unknown = &why};
  assert_true(criterion_eval(&criterion, &scope, arena, &verdict, &e));
  assert_string_equal(verdict_name(verdict), case_text(c->data, "verdict"));
  const char *reason = case_text(c->data, "why");
  if (reason && !strstr(why.text, reason)) {
    fail_msg("%s", why.text);
  }
  assert_true(verdict == VERDICT_UNKNOWN || why.code == ERR_NONE);
  scope.why_unknown = NULL;
  assert_true(criterion_eval(&criterion, &scope, arena, &verdict, &e));
  assert_string_equal(verdict_name(verdict), case_text(c->data, "verdict"));
  arena_drop(arena);
}

static enum err_code code_of(const char *name) {
  assert_true(strcmp(name, "INVALID") == 0 || strcmp(name, "SYNTAX") == 0 || strcmp(name, "UNSUPPORTED") == 0);
  return name[0] == 'I' ? ERR_INVALID : name[0] == 'S' ? ERR_SYNTAX : ERR_UNSUPPORTED;
}

static void is_refused(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct criterion criterion;
  struct err e = {0};
  assert_false(compile(arena, c->data, &criterion, &e));
  if (e.code != code_of(case_text(c->data, "code")) || !strstr(e.text, case_text(c->data, "message")) ||
      !strstr(e.where, case_text(c->data, "where"))) {
    fail_msg("%d: %s: %s", (int)e.code, e.where, e.text);
  }
  assert_true(e.line > 0 && e.column > 0);
  arena_drop(arena);
}

static bool count_visit(void *context, const struct expression *expression) {
  (void)expression;
  return ++*(int *)context < 2;
}

static void each_expression_is_visited(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int count;
  } rows[] = {
      {"{\"criterion\": {\"condition\": \"$statusCode == $inputs.a\"}}", 2},
      {"{\"criterion\": {\"condition\": \"1 == 1\"}}", 0},
      {"{\"criterion\": {\"condition\": \"x\", \"type\": \"regex\", \"context\": \"$statusCode\"}}", 1},
      {"{\"criterion\": {\"condition\": \"$.a == {$inputs.a}\", \"type\": \"jsonpath\", \"context\": "
       "\"$response.body\"}}",
       2},
      {"{\"criterion\": {\"condition\": \"{$inputs.a}-{$inputs.b}\", \"type\": \"regex\", \"context\": \"$method\"}}",
       2},
      {"{\"criterion\": {\"condition\": \"{$inputs.a}\", \"type\": \"regex\", \"context\": \"$statusCode\"}}", 2},
      {"{\"criterion\": {\"condition\": \"/a[@b = '{$inputs.a}']\", \"type\": \"xpath\", \"context\": "
       "\"$response.body\"}}",
       2},
      {"{\"criterion\": {\"condition\": \"$[{$inputs.a}]\", \"type\": \"jsonpath\", \"context\": \"$response.body\"}}",
       2},
      {"{\"criterion\": {\"condition\": \"$inputs.a == $inputs.b && $inputs.c == 1\"}}", 2}, /* stops when told to */
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(16));
    struct criterion criterion;
    struct err e = {0};
    int count = 0;
    cJSON *data = cJSON_Parse(rows[i].text);
    assert_true(compile(arena, data, &criterion, &e));
    criterion_each(&criterion, count_visit, &count);
    assert_int_equal(count, rows[i].count);
    cJSON_Delete(data);
    arena_drop(arena);
  }
}

/* Fails the n-th allocation of compiling and evaluating, until all pass. */
static void fail_each_allocation(const char *text, bool comparison_form) {
  struct arena *fixed = arena_new(MIB(16));
  struct source *source = memory_source(fixed, "w.json", text);
  json *root = NULL;
  struct err none = {0};
  sv values = SV("{\"response\": {\"body\": {\"s\": \"ab\", \"l\": [1, 2]}}, \"inputs\": {\"x\": \"ab\", \"i\": 1, "
                 "\"xml\": \"<a><b c='ab'/><b/></a>\"}}");
  assert_true(json_parse(fixed, values, &root, &none));
  struct scope scope = {.root = root};
  bool passed = false;
  for (long n = 0; !passed; n++) {
    struct arena *arena = arena_new(MIB(16));
    struct criterion criterion = {.text = SV("")};
    enum verdict verdict = VERDICT_UNKNOWN;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = criterion_compile(arena, source, source->root, comparison_form, &criterion, &e) &&
             criterion_eval(&criterion, &scope, arena, &verdict, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_int_equal(verdict, passed ? VERDICT_HOLDS : VERDICT_UNKNOWN);
    arena_drop(arena);
  }
  arena_drop(fixed);
}

static void every_failing_allocation_is_an_error(void **state) {
  (void)state;
  fail_each_allocation(
      "{\"condition\": \"/a/b[@c = '{$inputs.x}'] and count(//b) = 2\", \"type\": \"xpath\", \"context\": "
      "\"$inputs.xml\"}",
      false);
  fail_each_allocation("{\"condition\": \"{$response.body.s == 'AB'} && $response.body.l.length == 2\"}", true);
  fail_each_allocation("{\"condition\": \"^({$inputs.x}){1,{$inputs.i}}$\", \"type\": \"regex\", \"context\": "
                       "\"$response.body#/s\"}",
                       false);
  fail_each_allocation(
      "{\"condition\": \"^[0-9,\\\\[\\\\]]+$\", \"type\": \"regex\", \"context\": \"$response.body#/l\"}", false);
  fail_each_allocation("{\"condition\": \"$.l[{$inputs.i}, 0][?@.s] || $.s == '$inputs.x'\", \"type\": \"jsonpath\", "
                       "\"context\": \"$response.body\"}",
                       true);
  fail_each_allocation(
      "{\"condition\": \"$[?(@ == '{$inputs.x}')]\", \"context\": \"$response.body\", \"type\": {\"type\": "
      "\"jsonpath\", \"version\": \"draft-goessner-dispatch-jsonpath-00\"}}",
      false);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_expression_is_visited),
                                     cmocka_unit_test(every_failing_allocation_is_an_error)};
  return cases_run("criterion: verdict", CASES, NULL, judges) +
         cases_run("criterion: refused", REFUSED, NULL, is_refused) +
         cmocka_run_group_tests_name("criterion", tests, NULL, NULL);
}
