/* Selector Objects: cases of selector_cases.json, then memory and what is visited. */
#include "selector.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/lang/selector_cases.json"

static const cJSON *scope_data;

static json *parse(struct arena *arena, const cJSON *value) {
  char *text = cJSON_PrintUnformatted(value);
  json *parsed = NULL;
  struct err e = {0};
  if (!json_parse(arena, sv_copy(arena, sv_from(text)), &parsed, &e)) {
    fail_msg("%s", e.text);
  }
  free(text);
  return parsed;
}

static void is_one(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  assert_int_equal(selector_is(parse(arena, cJSON_GetObjectItem(c->data, "value"))),
                   cJSON_IsTrue(cJSON_GetObjectItem(c->data, "is")));
  arena_drop(arena);
}

/* The case's object: "selector" and "type", on the context "$inputs.c" unless it names another. */
static json *object_of(struct arena *arena, const cJSON *data) {
  const char *context = case_text(data, "context");
  json *made = json_new_object(arena);
  assert_true(json_set(arena, made, SV("context"), json_new_string(arena, sv_from(context ? context : "$inputs.c"))) &&
              json_set(arena, made, SV("selector"), json_new_string(arena, sv_from(case_text(data, "selector")))) &&
              json_set(arena, made, SV("type"), parse(arena, cJSON_GetObjectItem(data, "type"))));
  return made;
}

static const struct selector_object *compile(struct arena *arena, const json *object) {
  const struct selector_object *selector = NULL;
  const json *culprit = NULL;
  struct err e = {0};
  assert_true(selector_is(object));
  if (!selector_compile(arena, object, &selector, &culprit, &e)) {
    fail_msg("column %u: %s", e.column, e.text);
  }
  return selector;
}

static void selects(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct expression *missing = NULL;
  struct scope scope = {.root = parse(arena, scope_data),
                        .response_malformed = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "malformed"))};
  json *value = NULL;
  struct err e = {0};
  const struct selector_object *selector = compile(arena, object_of(arena, c->data));
  assert_true(selector_eval(selector, &scope, arena, &value, &missing, &e));
  const char *wanted = case_text(c->data, "missing");
  assert_int_equal(value == NULL, wanted != NULL);
  assert_int_equal(missing != NULL, wanted != NULL);
  if (wanted) {
    if (!sv_eq(missing->text, sv_from(wanted))) {
      fail_msg("missing is %.*s", SV_ARG(missing->text));
    }
  } else if (!json_equal(value, parse(arena, cJSON_GetObjectItem(c->data, "value")))) {
    struct sb got = sb_new(arena, KIB(64));
    json_write(&got, value);
    fail_msg("got %.*s", SV_ARG(sb_view(&got)));
  }
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct selector_object *selector = NULL;
  const json *culprit = NULL;
  struct err e = {0};
  json *object = object_of(arena, c->data);
  assert_true(selector_is(object));
  assert_false(selector_compile(arena, object, &selector, &culprit, &e));
  assert_int_equal(e.code, strcmp(case_text(c->data, "code"), "SYNTAX") == 0 ? ERR_SYNTAX : ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("wanted '%s' in: %s", case_text(c->data, "message"), e.text);
  }
  const cJSON *column = cJSON_GetObjectItem(c->data, "column");
  assert_int_equal(e.column, column ? column->valueint : 0);
  const cJSON *at = cJSON_GetObjectItem(c->data, "culprit");
  assert_true(json_equal(culprit, parse(arena, at)));
  arena_drop(arena);
}

/* What is selected shares nothing with the scope. */
static void the_value_is_a_copy(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  cJSON *data = cJSON_Parse("{\"selector\": \"$.o\", \"type\": \"jsonpath\"}");
  struct scope scope = {.root = parse(arena, scope_data)};
  const struct selector_object *selector = compile(arena, object_of(arena, data));
  const struct expression *missing = NULL;
  struct err e = {0};
  for (int i = 0; i < 2; i++) {
    json *value = NULL;
    assert_true(selector_eval(selector, &scope, arena, &value, &missing, &e));
    assert_int_equal(json_count(value), 1);
    assert_true(json_set(arena, value, SV("more"), json_new_null(arena)));
  }
  cJSON_Delete(data);
  arena_drop(arena);
}

static bool count_visit(void *context, const struct expression *expression) {
  assert_true(sv_starts(expression->text, SV("$inputs.c")));
  ++*(int *)context;
  return true;
}

static void expressions_in_the_selector_are_visited(void **state) {
  (void)state;
  static const char *const texts[] = {"{\"selector\": \"$[?@.a == {$inputs.cx}]\", \"type\": \"jsonpath\"}",
                                      "{\"selector\": \"/o[. = {$inputs.cx}]\", \"type\": \"xpath\"}"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct arena *arena = arena_new(MIB(1));
    cJSON *data = cJSON_Parse(texts[i]);
    const struct selector_object *selector = compile(arena, object_of(arena, data));
    int count = 0;
    assert_true(selector_each(selector, count_visit, &count));
    assert_int_equal(count, 2);
    cJSON_Delete(data);
    arena_drop(arena);
  }
}

static bool stop(void *context, const struct expression *expression) {
  (void)context;
  (void)expression;
  return false;
}

static void the_context_is_visited(void **state) {
  (void)state;
  static const char *const texts[] = {"{\"selector\": \"$.o\", \"type\": \"jsonpath\"}",
                                      "{\"selector\": \"/o\", \"type\": \"jsonpointer\"}",
                                      "{\"selector\": \"/o\", \"type\": \"xpath\"}"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct arena *arena = arena_new(MIB(1));
    cJSON *data = cJSON_Parse(texts[i]);
    const struct selector_object *selector = compile(arena, object_of(arena, data));
    int count = 0;
    assert_true(selector_each(selector, count_visit, &count));
    assert_int_equal(count, 1);
    assert_false(selector_each(selector, stop, NULL));
    cJSON_Delete(data);
    arena_drop(arena);
  }
}

static void every_allocation_fails(void **state) {
  (void)state;
  static const char *const texts[] = {"{\"selector\": \"$..*\", \"type\": \"jsonpath\"}",
                                      "{\"selector\": \"/o\", \"type\": \"jsonpointer\"}",
                                      "{\"selector\": \"/a/b\", \"type\": \"xpath\", \"context\": \"$inputs.xml\"}"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    cJSON *data = cJSON_Parse(texts[i]);
    long n = 0;
    for (bool passed = false; !passed; n++) {
      struct arena *arena = arena_new(MIB(1));
      struct scope scope = {.root = parse(arena, scope_data)};
      const json *object = object_of(arena, data);
      const struct selector_object *selector = NULL;
      const struct expression *missing = NULL;
      const json *culprit = NULL;
      struct err e = {0};
      json *value = NULL;
      arena_fail_after(arena, n);
      passed = selector_compile(arena, object, &selector, &culprit, &e) &&
               selector_eval(selector, &scope, arena, &value, &missing, &e);
      assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
      assert_int_equal(value != NULL, passed);
      arena_drop(arena);
    }
    assert_true(n > 4);
    cJSON_Delete(data);
  }
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  if (!root) {
    return 1;
  }
  scope_data = cJSON_GetObjectItem(root, "scope");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_value_is_a_copy),
      cmocka_unit_test(the_context_is_visited),
      cmocka_unit_test(expressions_in_the_selector_are_visited),
      cmocka_unit_test(every_allocation_fails),
  };
  int failed = cases_run_array("selector: is", cJSON_GetObjectItem(root, "is"), is_one) +
               cases_run_array("selector: select", cJSON_GetObjectItem(root, "select"), selects) +
               cases_run_array("selector: refuse", cJSON_GetObjectItem(root, "refuse"), refuses) +
               cmocka_run_group_tests_name("selector", tests, NULL, NULL);
  cJSON_Delete(root);
  return failed;
}
