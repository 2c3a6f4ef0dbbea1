/* JSON Schema: values that fit and values that do not, by keyword; schemas that are refused; defaults; secrets; messages, which
 * never quote a value; and bounds on work and depth. */
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

/* The case's schema, as the document {"schema": …}, so that references have the form #/schema/…; with the members of its
 * "document", if it has one. */
static bool compile(struct arena *arena, const cJSON *data, const struct schema **out, struct err *e) {
  const cJSON *member = NULL;
  cJSON *document = cJSON_CreateObject();
  cJSON_AddItemToObject(document, "schema", cJSON_Duplicate(cJSON_GetObjectItem(data, "schema"), true));
  cJSON_ArrayForEach(member, cJSON_GetObjectItem(data, "document")) {
    cJSON_AddItemToObject(document, member->string, cJSON_Duplicate(member, true));
  }
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
  if (!compile(arena, c->data, &schema, &e)) {
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
  assert_true(compile(arena, c->data, &schema, &e));
  assert_false(schema_check(schema, arena, value_of(arena, case_text(c->data, "value")), &e));
  assert_string_equal(e.text, case_text(c->data, "message"));
  assert_string_equal(e.where, cJSON_HasObjectItem(c->data, "where") ? case_text(c->data, "where") : "");
  assert_null(strstr(e.text, "secret"));
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct schema *schema = NULL;
  struct err e = {0};
  assert_false(compile(arena, c->data, &schema, &e));
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
  assert_true(compile(arena, c->data, &schema, &e));
  assert_true(schema_apply_defaults(schema, arena, value, &e));
  json_write(&written, value);
  sb_char(&written, '\0');
  assert_string_equal(sb_view(&written).ptr, case_text(c->data, "filled"));
  arena_drop(arena);
}

/* The secrets that were found, one a line. */
static bool note_secret(void *context, sv secret) {
  struct sb *found = context;
  sb_put(found, secret);
  sb_char(found, '\n');
  return true;
}

static void finds_secrets(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct schema *schema = NULL;
  const cJSON *secret = NULL;
  struct err e = {0};
  struct sb found = sb_new(arena, KIB(64));
  struct sb wanted = sb_new(arena, KIB(64));
  assert_true(compile(arena, c->data, &schema, &e));
  json *value = value_of(arena, case_text(c->data, "value"));
  assert_true(schema_each_secret(schema, arena, value, note_secret, &found, &e));
  cJSON_ArrayForEach(secret, cJSON_GetObjectItem(c->data, "secrets")) {
    note_secret(&wanted, sv_from(secret->valuestring));
  }
  sb_char(&found, '\0');
  sb_char(&wanted, '\0');
  assert_string_equal(sb_view(&found).ptr, sb_view(&wanted).ptr);
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

static bool stop(void *context, sv secret) {
  (void)secret;
  *(int *)context += 1;
  return false;
}

static void looking_for_secrets_ends_when_told(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  int calls = 0;
  const struct schema *schema = compiled(arena, "{\"schema\": {\"items\": {\"format\": \"password\"}}}");
  assert_true(schema_each_secret(schema, arena, value_of(arena, "[\"a\", [\"b\"], \"c\"]"), stop, &calls, &e));
  assert_int_equal(calls, 1);
  arena_drop(arena);
}

static void looking_for_secrets_is_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  struct sb found = sb_new(arena, KIB(1));
  char *text = doubling("{\"properties\": {\"a\": {\"format\": \"password\"}}}", 40);
  const struct schema *schema = compiled(arena, text);
  assert_true(schema_each_secret(schema, arena, value_of(arena, "{\"a\": \"b\"}"), note_secret, &found, &e));
  assert_int_equal(found.len, 2);
  json *list = json_new_array(arena);
  for (int i = 0; i < 20000; i++) {
    json *item = json_new_object(arena);
    assert_true(json_set(arena, item, SV("a"), json_new_null(arena)) && json_append(list, item));
  }
  json *root = json_new_object(arena);
  assert_true(json_set(arena, root, SV("list"), list));
  free(text);
  text = doubling("{\"additionalProperties\": {\"items\": {\"$ref\": \"#/l0\"}}}", 40);
  assert_false(schema_each_secret(compiled(arena, text), arena, root, note_secret, &found, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  free(text);
  arena_drop(arena);
}

/* Many references by name into a large document: each is a search through all of it. */
static void anchors_are_found_in_bounded_time(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(512));
  struct sb text = sb_new(arena, MIB(16));
  const struct schema *schema = NULL;
  struct err e = {0};
  sb_put(&text, SV("{\"schema\": {\"allOf\": ["));
  for (int i = 0; i < 1000; i++) {
    sb_format(&text, "%s{\"$ref\": \"#a%d\"}", i ? "," : "", i);
  }
  sb_put(&text, SV("]}, \"components\": {\"inputs\": {"));
  for (int i = 0; i < 2000; i++) {
    sb_format(&text, "%s\"n%d\": {\"$anchor\": \"a%d\"}", i ? "," : "", i, i);
  }
  sb_put(&text, SV("}}}"));
  sb_char(&text, '\0');
  struct source *source = memory_source(arena, "schema.json", sb_view(&text).ptr);
  clock_t start = clock();
  assert_false(schema_compile(arena, source, json_get(source->root, SV("schema")), &schema, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_true(clock() - start < (clock_t)CPU_SECONDS_MAX * CLOCKS_PER_SEC);
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
  const char *text =
      "{\"schema\": {\"type\": \"object\", \"required\": [\"a\"], \"properties\": {\"a\": {\"type\": "
      "\"string\", \"pattern\": "
      "\"^x+$\"}, \"b\": {\"default\": {\"c\": [1, 2]}}}, \"patternProperties\": {\"^p\": {\"minimum\": "
      "3}}, \"anyOf\": "
      "[{\"propertyNames\": {\"maxLength\": 3}}], \"$ref\": \"#A\", \"$defs\": {\"a\": {\"$anchor\": \"A\", "
      "\"properties\": {\"a\": {\"format\": \"password\"}}}}}}";
  struct arena *documents = arena_new(MIB(64));
  struct source *source = memory_source(documents, "schema.json", text);
  struct sb found = sb_new(documents, KIB(64));
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(64));
    const struct schema *schema = NULL;
    struct err e = {0};
    json *value = value_of(arena, "{\"a\": \"xx\", \"p\": 5}");
    arena_fail_after(arena, n);
    passed = schema_compile(arena, source, json_get(source->root, SV("schema")), &schema, &e) &&
             schema_apply_defaults(schema, arena, value, &e) && schema_check(schema, arena, value, &e) &&
             schema_each_secret(schema, arena, value, note_secret, &found, &e);
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
      cmocka_unit_test(looking_for_secrets_ends_when_told),
      cmocka_unit_test(looking_for_secrets_is_bounded),
      cmocka_unit_test(anchors_are_found_in_bounded_time),
      cmocka_unit_test(unique_items_are_bounded),
      cmocka_unit_test(long_names_leave_a_message),
      cmocka_unit_test(every_allocation_fails),
  };
  return cases_run("schema: check", CASES, "check", checks) + cases_run("schema: messages", CASES, "message", tells) +
         cases_run("schema: refuse", CASES, "refuse", refuses) +
         cases_run("schema: defaults", CASES, "default", fills_in) +
         cases_run("schema: secrets", CASES, "secret", finds_secrets) +
         cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
