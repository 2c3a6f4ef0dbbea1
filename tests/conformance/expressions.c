/* Third-party cases for runtime expressions and simple conditions (arazzo/expressions.json of the conformance data): what
 * must parse, what must not, and what conditions evaluate to. No case deviates from the specification's text; where the
 * text is silent ("loose comparisons"), the cases and this implementation agree. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "condition.h"
#include "errinfo.h"
#include "limits.h"

static const cJSON *context;

static void expression_parses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct expression *expression = NULL;
  struct err e = {0};
  if (!expression_compile(arena, sv_from(c->name), &expression, &e)) {
    fail_msg("column %u: %s", e.column, e.text);
  }
  arena_drop(arena);
}

static void expression_is_refused(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct expression *expression = NULL;
  struct err e = {0};
  assert_false(expression_compile(arena, sv_from(c->name), &expression, &e));
  assert_int_equal(e.code, ERR_SYNTAX);
  assert_int_not_equal(e.column, 0);
  arena_drop(arena);
}

static void condition_parses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct condition *condition = NULL;
  struct err e = {0};
  if (!condition_compile(arena, sv_from(c->name), &condition, &e)) {
    fail_msg("column %u: %s", e.column, e.text);
  }
  arena_drop(arena);
}

static void condition_is_refused(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct condition *condition = NULL;
  struct err e = {0};
  assert_false(condition_compile(arena, sv_from(c->name), &condition, &e));
  assert_int_equal(e.code, ERR_SYNTAX);
  assert_int_not_equal(e.column, 0);
  arena_drop(arena);
}

/* The data's context has "response.body" as one member; our scope has it as two. */
static json *scope_root(struct arena *arena) {
  char *text = cJSON_PrintUnformatted(context);
  json *root = NULL;
  struct err e = {0};
  assert_true(json_parse(arena, sv_copy(arena, sv_from(text)), &root, &e));
  free(text);
  json *response = json_new_object(arena);
  assert_true(json_set(arena, response, SV("body"), json_copy(arena, json_get(root, SV("response.body")))));
  assert_true(json_set(arena, root, SV("response"), response));
  return root;
}

static void condition_evaluates(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct condition *condition = NULL;
  struct err e = {0};
  assert_true(condition_compile(arena, sv_from(c->name), &condition, &e));
  struct scope scope = {.root = scope_root(arena)};
  bool wanted = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "wanted"));
  assert_int_equal(condition_eval(condition, &scope), wanted ? VERDICT_HOLDS : VERDICT_FAILS);
  arena_drop(arena);
}

/* The data's cases are bare strings, or pairs of a string and a result; the string becomes the case's name. */
static int run(const char *group, const cJSON *cases, CMUnitTestFunction function) {
  cJSON *named = cJSON_CreateArray();
  for (const cJSON *item = cases ? cases->child : NULL; item; item = item->next) {
    bool is_pair = cJSON_IsArray(item);
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", (is_pair ? item->child : item)->valuestring);
    cJSON_AddBoolToObject(object, "wanted", is_pair && cJSON_IsTrue(item->child->next));
    cJSON_AddItemToArray(named, object);
  }
  int failed = cases_run_array(group, named, function);
  cJSON_Delete(named);
  return failed;
}

/* Every section of the data has its test; a new one must get its own. */
static int unknown_sections(const cJSON *root) {
  static const char *const known[] = {"source",          "validExpressions",  "invalidExpressions",
                                      "validConditions", "invalidConditions", "evaluate"};
  int unknown = 0;
  for (const cJSON *section = root->child; section; section = section->next) {
    size_t i = 0;
    while (i < sizeof known / sizeof *known && strcmp(known[i], section->string) != 0) {
      i++;
    }
    if (i == sizeof known / sizeof *known) {
      fprintf(stderr, "no test runs the section '%s'\n", section->string);
      unknown++;
    }
  }
  return unknown;
}

int main(void) {
  const char *path = cases_conformance_path("arazzo/expressions.json");
  if (!path) {
    return 0;
  }
  char *text = cases_read_file(path, NULL);
  cJSON *root = cJSON_Parse(text);
  free(text);
  if (!root) {
    return 1;
  }
  const cJSON *evaluated = cJSON_GetObjectItem(root, "evaluate");
  context = cJSON_GetObjectItem(evaluated, "context");
  int failed =
      unknown_sections(root) +
      run("conformance: valid expressions", cJSON_GetObjectItem(root, "validExpressions"), expression_parses) +
      run("conformance: invalid expressions", cJSON_GetObjectItem(root, "invalidExpressions"), expression_is_refused) +
      run("conformance: valid conditions", cJSON_GetObjectItem(root, "validConditions"), condition_parses) +
      run("conformance: invalid conditions", cJSON_GetObjectItem(root, "invalidConditions"), condition_is_refused) +
      run("conformance: evaluated conditions", cJSON_GetObjectItem(evaluated, "cases"), condition_evaluates);
  cJSON_Delete(root);
  return failed;
}
