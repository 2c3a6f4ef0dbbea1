/* Criteria: verdicts, with "unknown" for what can't be said. */
#include "criterion.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"

#define CASES "tests/unit/spec/criterion.json"

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
  struct scope scope = {.root = memory_json(arena, cJSON_GetObjectItem(c->data, "scope")),
                        .response_malformed = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "malformed"))};
  assert_true(criterion_eval(&criterion, &scope, arena, &verdict, &e));
  assert_string_equal(verdict_name(verdict), case_text(c->data, "verdict"));
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

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(each_expression_is_visited)};
  return cases_run("criterion: verdict", CASES, NULL, judges) +
         cmocka_run_group_tests_name("criterion", tests, NULL, NULL);
}
