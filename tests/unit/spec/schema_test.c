/* JSON Schema: values that fit and values that do not, by keyword; schemas that are refused; defaults; messages, which never
 * quote a value; and bounds on work and depth. */
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"
#include "sb.h"

#define CASES "tests/unit/spec/schema.json"
#define CPU_SECONDS_MAX 20 /* generous: also under valgrind */

/* The case's schema, as the document {"schema": …}, so that references have the form #/schema/…. */
static bool compile(struct arena *arena, const cJSON *written, const struct schema **out, struct err *e) {
  cJSON *document = cJSON_CreateObject();
  cJSON_AddItemToObject(document, "schema", cJSON_Duplicate(written, true));
  char *text = cJSON_PrintUnformatted(document);
  struct source *source = memory_source(arena, "schema.json", text);
  cJSON_Delete(document);
  free(text);
  return schema_compile(arena, source, json_get(source->root, SV("schema")), out, e);
}

/* Values are written as JSON text, so that numbers stay as they are. */
static json *value_of(struct arena *arena, const char *text) {
  json *value = NULL;
  struct err e = {0};
  if (!json_parse(arena, sv_from(text), &value, &e)) {
    fail_msg("%s: %s", text, e.text);
  }
  return value;
}

static void checks(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct schema *schema = NULL;
  struct err e = {0};
  const cJSON *text = NULL;
  if (!compile(arena, cJSON_GetObjectItem(c->data, "schema"), &schema, &e)) {
    fail_msg("%s", e.text);
  }
  cJSON_ArrayForEach(text, cJSON_GetObjectItem(c->data, "good")) {
    err_clear(&e);
    if (!schema_check(schema, arena, value_of(arena, text->valuestring), &e)) {
      fail_msg("%s: %s", text->valuestring, e.text);
    }
  }
  cJSON_ArrayForEach(text, cJSON_GetObjectItem(c->data, "bad")) {
    err_clear(&e);
    if (schema_check(schema, arena, value_of(arena, text->valuestring), &e)) {
      fail_msg("%s is let through", text->valuestring);
    }
    assert_int_equal(e.code, ERR_INVALID);
    assert_true(strlen(e.text) > 10);
  }
  arena_drop(arena);
}

static void tells(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct schema *schema = NULL;
  struct err e = {0};
  assert_true(compile(arena, cJSON_GetObjectItem(c->data, "schema"), &schema, &e));
  assert_false(schema_check(schema, arena, value_of(arena, case_text(c->data, "value")), &e));
  assert_string_equal(e.text, case_text(c->data, "message"));
  assert_null(strstr(e.text, "secret"));
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct schema *schema = NULL;
  struct err e = {0};
  assert_false(compile(arena, cJSON_GetObjectItem(c->data, "schema"), &schema, &e));
  assert_int_equal(e.code, strcmp(case_text(c->data, "code"), "UNSUPPORTED") == 0 ? ERR_UNSUPPORTED
                           : strcmp(case_text(c->data, "code"), "SYNTAX") == 0    ? ERR_SYNTAX
                                                                                  : ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "message")) ||
      e.column != (unsigned)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "column"))) {
    fail_msg("column %u: %s", e.column, e.text);
  }
  assert_int_equal(e.line, 1);
  arena_drop(arena);
}

static void fills_in(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct schema *schema = NULL;
  struct err e = {0};
  struct sb written = sb_new(arena, KIB(64));
  json *value = value_of(arena, case_text(c->data, "value"));
  assert_true(compile(arena, cJSON_GetObjectItem(c->data, "schema"), &schema, &e));
  assert_true(schema_apply_defaults(schema, arena, value, &e));
  json_write(&written, value);
  sb_char(&written, '\0');
  assert_string_equal(sb_view(&written).ptr, case_text(c->data, "filled"));
  arena_drop(arena);
}

/* ---- bounds ---- */

/* Compiles schema text of this test's own making. */
static const struct schema *compiled(struct arena *arena, const char *text) {
  const struct schema *schema = NULL;
  struct err e = {0};
  struct source *source = memory_source(arena, "schema.json", text);
  if (!schema_compile(arena, source, json_get(source->root, SV("schema")), &schema, &e)) {
    fail_msg("%s", e.text);
  }
  return schema;
}

/* Levels that each refer to the next one twice: 2^levels applications. */
static char *doubling(const char *leaf, int levels) {
  char *text = calloc(1, 65536);
  assert_non_null(text);
  int at = snprintf(text, 65536, "{\"schema\": {\"$ref\": \"#/l0\"}");
  for (int i = 0; i < levels; i++) {
    at += snprintf(text + at, 65536 - (size_t)at,
                   ", \"l%d\": {\"allOf\": [{\"$ref\": \"#/l%d\"}, {\"$ref\": \"#/l%d\"}]}", i, i + 1, i + 1);
  }
  snprintf(text + at, 65536 - (size_t)at, ", \"l%d\": %s}", levels, leaf);
  return text;
}

static void checking_ends(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  char *text = doubling("true", 40);
  assert_false(schema_check(compiled(arena, text), arena, value_of(arena, "{}"), &e));
  assert_int_equal(e.code, ERR_LIMIT);
  free(text);
  arena_drop(arena);
}

static void filling_in_ends(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  char *text = doubling("{\"properties\": {\"a\": {\"default\": 1}}}", 26);
  clock_t start = clock();
  schema_apply_defaults(compiled(arena, text), arena, value_of(arena, "{}"), &e);
  assert_true(e.code == ERR_NONE || e.code == ERR_LIMIT);
  assert_true(e.code == ERR_LIMIT || clock() - start < (clock_t)CPU_SECONDS_MAX * CLOCKS_PER_SEC);
  free(text);
  arena_drop(arena);
}

static void a_schema_that_is_itself_is_a_limit(void **state) {
  (void)state;
  static const char *const texts[] = {
      "{\"schema\": {\"$ref\": \"#/schema\"}}",
      "{\"schema\": {\"allOf\": [{\"$ref\": \"#/schema\"}]}}",
      "{\"schema\": {\"anyOf\": [{\"$ref\": \"#/schema\"}, {\"$ref\": \"#/schema\"}]}}",
      "{\"schema\": {\"not\": {\"$ref\": \"#/schema\"}}}",
  };
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct arena *arena = arena_new(MIB(64));
    struct err e = {0};
    assert_false(schema_check(compiled(arena, texts[i]), arena, value_of(arena, "{}"), &e));
    assert_int_equal(e.code, ERR_LIMIT);
    arena_drop(arena);
  }
}

static void defaults_without_end_are_a_limit(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  const char *text = "{\"schema\": {\"properties\": {\"next\": {\"$ref\": \"#/schema\", \"default\": {}}}}}";
  assert_false(schema_apply_defaults(compiled(arena, text), arena, value_of(arena, "{}"), &e));
  assert_int_equal(e.code, ERR_LIMIT);
  arena_drop(arena);
}

static void recursive_schemas_follow_the_value(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  const struct schema *schema =
      compiled(arena, "{\"schema\": {\"type\": \"object\", \"properties\": {\"next\": {\"$ref\": \"#/schema\"}}}}");
  char good[4096] = "";
  size_t at = 0;
  for (int i = 0; i < 100; i++) {
    at += (size_t)snprintf(good + at, sizeof good - at, "{\"next\":");
  }
  at += (size_t)snprintf(good + at, sizeof good - at, "{}");
  for (int i = 0; i < 100; i++) {
    good[at++] = '}';
  }
  assert_true(schema_check(schema, arena, value_of(arena, good), &e));
  strstr(good, "{}")[0] = '[';
  strchr(good, '[')[1] = ']';
  assert_false(schema_check(schema, arena, value_of(arena, good), &e));
  assert_int_equal(e.code, ERR_INVALID);
  assert_non_null(strstr(e.text, "/next/next' must be of type object, but is of type array"));
  arena_drop(arena);
}

static void unique_items_are_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(96));
  struct err e = {0};
  json *list = json_new_array(arena);
  for (int i = 0; i < 20000; i++) {
    json_append(list, json_new_integer(arena, i));
  }
  clock_t start = clock();
  bool good = schema_check(compiled(arena, "{\"schema\": {\"uniqueItems\": true}}"), arena, list, &e);
  assert_true(good || e.code == ERR_LIMIT);
  assert_true(clock() - start < (clock_t)CPU_SECONDS_MAX * CLOCKS_PER_SEC);
  arena_drop(arena);
}

/* However long a member's name is, the message says something. */
static void long_names_leave_a_message(void **state) {
  (void)state;
  static char name[3000];
  struct arena *arena = arena_new(MIB(64));
  memset(name, 'n', sizeof name);
  const char *const texts[] = {"{\"schema\": {\"additionalProperties\": {\"type\": \"string\"}}}",
                               "{\"schema\": {\"additionalProperties\": false}}"};
  for (size_t i = 0; i < 2; i++) {
    struct err e = {0};
    json *value = json_new_object(arena);
    json_set(arena, value, (sv){name, sizeof name}, json_new_null(arena));
    assert_false(schema_check(compiled(arena, texts[i]), arena, value, &e));
    assert_int_equal(e.code, ERR_INVALID);
    assert_true(strlen(e.text) > 10);
  }
  arena_drop(arena);
}

static void every_allocation_fails(void **state) {
  (void)state;
  const char *text = "{\"schema\": {\"type\": \"object\", \"required\": [\"a\"], \"properties\": {\"a\": {\"type\": "
                     "\"string\", \"pattern\": "
                     "\"^x+$\"}, \"b\": {\"default\": {\"c\": [1, 2]}}}, \"patternProperties\": {\"^p\": {\"minimum\": "
                     "3}}, \"anyOf\": "
                     "[{\"propertyNames\": {\"maxLength\": 3}}]}}";
  struct arena *documents = arena_new(MIB(64));
  struct source *source = memory_source(documents, "schema.json", text);
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(64));
    const struct schema *schema = NULL;
    struct err e = {0};
    json *value = value_of(arena, "{\"a\": \"xx\", \"p\": 5}");
    arena_fail_after(arena, n);
    passed = schema_compile(arena, source, json_get(source->root, SV("schema")), &schema, &e) &&
             schema_apply_defaults(schema, arena, value, &e) && schema_check(schema, arena, value, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 10);
  arena_drop(documents);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(checking_ends),
      cmocka_unit_test(filling_in_ends),
      cmocka_unit_test(a_schema_that_is_itself_is_a_limit),
      cmocka_unit_test(defaults_without_end_are_a_limit),
      cmocka_unit_test(recursive_schemas_follow_the_value),
      cmocka_unit_test(unique_items_are_bounded),
      cmocka_unit_test(long_names_leave_a_message),
      cmocka_unit_test(every_allocation_fails),
  };
  return cases_run("schema: check", CASES, "check", checks) + cases_run("schema: messages", CASES, "message", tells) +
         cases_run("schema: refuse", CASES, "refuse", refuses) +
         cases_run("schema: defaults", CASES, "default", fills_in) +
         cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
