/* Schemas: what is compiled of them, what is refused where, what happens without memory, and that there is an end. */
#include "wire_compile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"
#include "operation_text.h"

#define CASES "tests/unit/spec/wire_compile.json"

/* The description that holds the case's schema and components; other files are the case's own. */
static cJSON *files_of(const cJSON *data) {
  const cJSON *components = cJSON_GetObjectItem(data, "components");
  const cJSON *more = cJSON_GetObjectItem(data, "files");
  cJSON *files = more ? cJSON_Duplicate(more, true) : cJSON_CreateObject();
  cJSON *api = cJSON_AddObjectToObject(files, "api.json");
  cJSON_AddItemToObject(api, "schema", cJSON_Duplicate(cJSON_GetObjectItem(data, "schema"), true));
  if (components) {
    cJSON *place = cJSON_AddObjectToObject(api, "components");
    cJSON_AddItemToObject(place, "schemas", cJSON_Duplicate(components, true));
  }
  const cJSON *definitions = cJSON_GetObjectItem(data, "definitions");
  if (definitions) {
    cJSON_AddItemToObject(api, "definitions", cJSON_Duplicate(definitions, true));
  }
  return files;
}

/* Compiles the member "schema" of api.json. The trees are in `trees`, what is compiled in `arena`. */
static bool compile(struct arena *arena, struct arena *trees, const cJSON *files, bool is_old,
                    const struct wire_schema **out, struct err *e) {
  struct source_set set = {.arena = trees, .reader = memory_files(files)};
  set.reader.fetches = cJSON_HasObjectItem(files, "https://a.example/d/t.json");
  const struct source_file *file = NULL;
  struct wire_compiler compiler = {.arena = arena, .files = &set, .ignores_siblings = is_old};
  if (!source_set_load(&set, SV("api.json"), &file, e)) {
    return false;
  }
  struct place root = {file->source, file->source->root};
  return wire_compile(&compiler, place_get(root, SV("schema")), out, e);
}

static bool is_old(const cJSON *data) {
  const char *version = case_text(data, "version");
  return version && strcmp(version, "3.1") < 0;
}

static void compiles(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct arena *trees = arena_new(MIB(16));
  cJSON *files = files_of(c->data);
  const struct wire_schema *schema = NULL;
  struct err e = {0};
  if (!compile(arena, trees, files, is_old(c->data), &schema, &e)) {
    fail_msg("%s:%u:%u: %s", e.file, e.line, e.column, e.text);
  }
  arena_drop(trees); /* what is compiled needs no tree */
  struct sb text = sb_new(arena, KIB(16));
  schema_put(&text, schema);
  assert_int_equal(text.state, SB_OK);
  if (!sv_eq(sb_view(&text), sv_from(case_text(c->data, "want")))) {
    fail_msg("%.*s", SV_ARG(sb_view(&text)));
  }
  cJSON_Delete(files);
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = files_of(c->data);
  const struct wire_schema *schema = NULL;
  struct err e = {0};
  assert_false(compile(arena, arena, files, is_old(c->data), &schema, &e));
  memory_is_error(files, c->data, "api.json", &e);
  cJSON_Delete(files);
  arena_drop(arena);
}

/* Every allocation fails once, of what stays and of what is dropped. */
static void survives_without_memory(void **state) {
  const struct case_state *c = *state;
  cJSON *files = files_of(c->data);
  for (int which = 0; which < 2; which++) {
    bool good = false;
    for (long n = 0; !good; n++) {
      struct arena *arenas[] = {arena_new(MIB(16)), arena_new(MIB(16))};
      const struct wire_schema *schema = NULL;
      struct err e = {0};
      arena_fail_after(arenas[which], n);
      good = compile(arenas[0], arenas[1], files, is_old(c->data), &schema, &e);
      assert_true(good == (e.code == ERR_NONE));
      assert_true(good || e.code == ERR_MEMORY);
      arena_drop(arenas[0]);
      arena_drop(arenas[1]);
      assert_true(n < 100000);
    }
  }
  cJSON_Delete(files);
}

/* An object schema with so many properties. */
static cJSON *wide(int count) {
  cJSON *data = cJSON_Parse("{\"schema\": {\"type\": \"object\"}}");
  cJSON *properties = cJSON_AddObjectToObject(cJSON_GetObjectItem(data, "schema"), "properties");
  cJSON *tail = NULL;
  for (int i = 0; i < count; i++) {
    char name[16];
    snprintf(name, sizeof name, "p%d", i);
    cJSON *property = cJSON_CreateObject();
    property->string = strdup(name);
    property->prev = tail;
    if (tail) {
      tail->next = property;
    } else {
      properties->child = property;
    }
    tail = property;
  }
  properties->child->prev = tail;
  return data;
}

static void is_bounded(int count, bool want) {
  struct arena *arena = arena_new(MIB(256));
  cJSON *data = wide(count);
  cJSON *files = files_of(data);
  const struct wire_schema *schema = NULL;
  struct err e = {0};
  assert_true(compile(arena, arena, files, false, &schema, &e) == want);
  assert_true(want || (e.code == ERR_LIMIT && strstr(e.text, "need more than 20000 schemas") && e.line));
  cJSON_Delete(files);
  cJSON_Delete(data);
  arena_drop(arena);
}

/* Each property counts twice: as a property, and as a schema; the object itself counts once. */
static void there_is_a_limit_to_schemas(void **state) {
  (void)state;
  is_bounded(LIMIT_WIRE_SCHEMAS / 2 - 1, true);
  is_bounded(LIMIT_WIRE_SCHEMAS / 2, false);
}

/* Components of which each includes the next. */
static cJSON *chained(int depth) {
  cJSON *data = cJSON_Parse("{\"schema\": {\"$ref\": \"#/components/schemas/c0\"}}");
  cJSON *components = cJSON_AddObjectToObject(data, "components");
  for (int i = 0; i <= depth; i++) {
    char name[16];
    char text[96];
    snprintf(name, sizeof name, "c%d", i);
    snprintf(text, sizeof text, "{\"allOf\": [{\"$ref\": \"#/components/schemas/c%d\"}]}", i + 1);
    cJSON_AddItemToObject(components, name, cJSON_Parse(i < depth ? text : "{\"type\": \"string\"}"));
  }
  return data;
}

static void parts_have_a_depth(int depth, bool want) {
  struct arena *arena = arena_new(MIB(16));
  cJSON *data = chained(depth);
  cJSON *files = files_of(data);
  const struct wire_schema *schema = NULL;
  struct err e = {0};
  assert_true(compile(arena, arena, files, true, &schema, &e) == want);
  assert_true(want || (e.code == ERR_LIMIT && strstr(e.text, "nest deeper than 64") && e.line));
  cJSON_Delete(files);
  cJSON_Delete(data);
  arena_drop(arena);
}

/* A level of `allOf` with `$ref` in it is two parts deep. */
static void there_is_a_limit_to_parts(void **state) {
  (void)state;
  parts_have_a_depth(LIMIT_WIRE_DEPTH / 2, true);
  parts_have_a_depth(LIMIT_WIRE_DEPTH / 2 + 1, false);
}

/* Each of these schemas includes the next one twice: 2^40 parts, but for the limit. */
static void doubling_ends(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *data = cJSON_Parse("{\"schema\": {\"$ref\": \"#/components/schemas/c0\"}, \"components\": {}}");
  for (int i = 0; i < 20; i++) {
    char name[16];
    char text[160];
    snprintf(name, sizeof name, "c%d", i);
    snprintf(text, sizeof text,
             "{\"allOf\": [{\"$ref\": \"#/components/schemas/c%d\"}, {\"$ref\": \"#/components/schemas/c%d\"}]}", i + 1,
             i + 1);
    cJSON_AddItemToObject(cJSON_GetObjectItem(data, "components"), name,
                          cJSON_Parse(i < 19 ? text : "{\"type\": \"string\"}"));
  }
  cJSON *files = files_of(data);
  const struct wire_schema *schema = NULL;
  struct err e = {0};
  assert_false(compile(arena, arena, files, true, &schema, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  cJSON_Delete(files);
  cJSON_Delete(data);
  arena_drop(arena);
}

/* Thousands of parts with one property each take the memory of as many properties, not of their square. */
static void parts_take_little_memory(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  struct arena *trees = arena_new(MIB(64));
  cJSON *data = cJSON_Parse("{\"schema\": {\"allOf\": []}}");
  cJSON *list = cJSON_GetObjectItem(cJSON_GetObjectItem(data, "schema"), "allOf");
  for (int i = 0; i < 4000; i++) {
    char text[64];
    snprintf(text, sizeof text, "{\"properties\": {\"p%d\": {\"type\": \"string\"}}}", i);
    cJSON_AddItemToArray(list, cJSON_Parse(text));
  }
  cJSON *files = files_of(data);
  const struct wire_schema *schema = NULL;
  struct err e = {0};
  assert_true(compile(arena, trees, files, false, &schema, &e));
  assert_int_equal(schema->property_count, 4000);
  cJSON_Delete(files);
  cJSON_Delete(data);
  arena_drop(trees);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(there_is_a_limit_to_schemas),
                                     cmocka_unit_test(there_is_a_limit_to_parts), cmocka_unit_test(doubling_ends),
                                     cmocka_unit_test(parts_take_little_memory)};
  return cases_run("wire_compile: schemas", CASES, "schema", compiles) +
         cases_run("wire_compile: refused", CASES, "refused", refuses) +
         cases_run("wire_compile: no memory", CASES, "schema", survives_without_memory) +
         cmocka_run_group_tests_name("wire_compile", tests, NULL, NULL);
}
