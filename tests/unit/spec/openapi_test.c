/* OpenAPI and Swagger: what is compiled of an operation, and what is refused where. */
#include "openapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"
#include "operation_text.h"

#define CASES "tests/unit/spec/openapi.json"
#define SWAGGER "tests/unit/spec/swagger.json"

/* The group's description with the case's "change" (members of the root that are put in place), and the case's other files. */
static cJSON *files_of(const cJSON *data, const cJSON *base) {
  const cJSON *more = cJSON_GetObjectItem(data, "files");
  cJSON *files = more ? cJSON_Duplicate(more, true) : cJSON_CreateObject();
  if (cJSON_GetObjectItem(files, "api.json")) {
    return files;
  }
  cJSON *api = cJSON_Duplicate(base, true);
  const cJSON *change = NULL;
  cJSON_ArrayForEach(change, cJSON_GetObjectItem(data, "change")) {
    cJSON_DeleteItemFromObjectCaseSensitive(api, change->string);
    cJSON_AddItemToObject(api, change->string, cJSON_Duplicate(change, true));
  }
  /* "operation" is one that has the id "op", at the "path" (default: /a), with "item" around it. */
  const cJSON *operation = cJSON_GetObjectItem(data, "operation");
  if (operation) {
    const char *path = case_text(data, "path");
    const char *method = case_text(data, "method");
    const cJSON *around = cJSON_GetObjectItem(data, "item");
    cJSON *item = around ? cJSON_Duplicate(around, true) : cJSON_CreateObject();
    cJSON *made = cJSON_Duplicate(operation, true);
    cJSON_AddStringToObject(made, "operationId", "op");
    cJSON_AddItemToObject(item, method ? method : "post", made);
    cJSON_DeleteItemFromObject(api, "paths");
    cJSON_AddItemToObject(cJSON_AddObjectToObject(api, "paths"), path ? path : "/a", item);
  }
  cJSON_AddItemToObject(files, "api.json", api);
  return files;
}

/* Opens and compiles; the trees are in `trees`, what is compiled in `arena`. By "id" (default: op) or by "at": path, method and
 * whether it is additional. */
static bool compile(struct arena *arena, struct arena *trees, const cJSON *files, const cJSON *data,
                    const struct operation **out, struct err *e) {
  struct source_set set = {.arena = trees, .reader = memory_files(files)};
  const struct source_file *file = NULL;
  struct openapi *openapi = NULL;
  const cJSON *at = cJSON_GetObjectItem(data, "at");
  const char *id = case_text(data, "id");
  if (!source_set_load(&set, SV("api.json"), &file, e) || !openapi_open(arena, &set, file->source, &openapi, e)) {
    return false;
  }
  if (at) {
    return openapi_operation_at(openapi, sv_from(cJSON_GetArrayItem(at, 0)->valuestring),
                                sv_from(cJSON_GetArrayItem(at, 1)->valuestring), cJSON_GetArraySize(at) == 3, out, e);
  }
  bool good = openapi_operation(openapi, sv_from(id ? id : "op"), out, e);
  const struct err *unread = good && !*out ? openapi_unread(openapi) : NULL;
  if (unread) {
    *e = *unread;
  }
  return good && !unread;
}

static cJSON *base;

/* The case's lines, all of them, or with "some": that each is among those of the operation. */
static void is_written(const cJSON *data, sv text) {
  const cJSON *line = NULL;
  size_t at = 0;
  bool some = cJSON_IsTrue(cJSON_GetObjectItem(data, "some"));
  cJSON_ArrayForEach(line, cJSON_GetObjectItem(data, "want")) {
    char wanted[2048];
    snprintf(wanted, sizeof wanted, "%s\n", line->valuestring);
    sv rest = sv_slice(text, at, text.len);
    if (some ? !sv_contains(text, sv_from(wanted)) : !sv_starts(rest, sv_from(wanted))) {
      fail_msg("no line '%s' in:\n%.*s", line->valuestring, SV_ARG(text));
    }
    at += strlen(wanted);
  }
  assert_true(some || at == text.len);
}

static void compiles(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct arena *trees = arena_new(MIB(16));
  cJSON *files = files_of(c->data, base);
  const struct operation *operation = NULL;
  struct err e = {0};
  if (!compile(arena, trees, files, c->data, &operation, &e)) {
    fail_msg("%s:%u:%u: %s", e.file, e.line, e.column, e.text);
  }
  arena_drop(trees); /* what is compiled needs no tree */
  if (cJSON_IsTrue(cJSON_GetObjectItem(c->data, "absent"))) {
    assert_null(operation);
  } else {
    struct sb text = sb_new(arena, KIB(16));
    assert_non_null(operation);
    operation_put(&text, operation);
    assert_int_equal(text.state, SB_OK);
    is_written(c->data, sb_view(&text));
  }
  cJSON_Delete(files);
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  cJSON *files = files_of(c->data, base);
  const struct operation *operation = NULL;
  struct err e = {0};
  assert_false(compile(arena, arena, files, c->data, &operation, &e));
  memory_is_error(files, c->data, "api.json", &e);
  cJSON_Delete(files);
  arena_drop(arena);
}

/* Every allocation fails once, of what stays and of what is dropped. */
static void survives_without_memory(void **state) {
  const struct case_state *c = *state;
  cJSON *files = files_of(c->data, base);
  for (int which = 0; which < 2; which++) {
    bool good = false;
    for (long n = 0; !good; n++) {
      struct arena *arenas[] = {arena_new(MIB(16)), arena_new(MIB(16))};
      const struct operation *operation = NULL;
      struct err e = {0};
      arena_fail_after(arenas[which], n);
      good = compile(arenas[0], arenas[1], files, c->data, &operation, &e);
      assert_true(good == (e.code == ERR_NONE));
      assert_true(good || e.code == ERR_MEMORY);
      arena_drop(arenas[0]);
      arena_drop(arenas[1]);
      assert_true(n < 100000);
    }
  }
  cJSON_Delete(files);
}

static void responds(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  cJSON *files = files_of(NULL, base);
  struct err e = {0};
  const struct operation *operation = memory_operation(arena, files, "api.json", "answers", &e);
  assert_non_null(operation);
  const struct operation_response *response =
      operation_response(operation, (int)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "status")));
  sv got = response && response->content.count ? response->content.items[0].type : SV("");
  if (!response || !sv_eq(got, sv_from(case_text(c->data, "content")))) {
    fail_msg("the type is '%.*s'", SV_ARG(got));
  }
  cJSON_Delete(files);
  arena_drop(arena);
}

static void media_types(void **state) {
  (void)state;
  static const char *const good[] = {"application/json",           "application/json; charset=utf-8",
                                     " APPLICATION/JSON ",         "application/problem+json",
                                     "application/x-amz-json-1.1", "text/json",
                                     "image/svg+JSON;a=b"};
  static const char *const bad[] = {"",     "application/jsonp",    "text/html",         "+json", "application/xml",
                                    "json", "application/json-seq", "text/html; a=+json"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert_true(media_type_is_json(sv_from(good[i])));
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_false(media_type_is_json(sv_from(bad[i])));
  }
}

static void parameters_are_found(void **state) {
  (void)state;
  static const struct operation_parameter parameters[] = {{.name = {"Key", 3}, .in = IN_PATH},
                                                          {.name = {"X-Head", 6}, .in = IN_HEADER},
                                                          {.name = {"q+", 2}, .in = IN_QUERY}};
  const struct operation operation = {.parameters = parameters, .parameter_count = 3};
  assert_ptr_equal(operation_parameter(&operation, SV("Key"), IN_PATH), &parameters[0]);
  assert_ptr_equal(operation_parameter(&operation, SV("Key+"), IN_PATH), &parameters[0]);
  assert_ptr_equal(operation_parameter(&operation, SV("x-head"), IN_HEADER), &parameters[1]);
  assert_ptr_equal(operation_parameter(&operation, SV("q+"), IN_QUERY), &parameters[2]);
  assert_null(operation_parameter(&operation, SV("q"), IN_QUERY));
  assert_null(operation_parameter(&operation, SV("key"), IN_PATH));
  assert_null(operation_parameter(&operation, SV("Key"), IN_QUERY));
  assert_null(operation_parameter(&operation, SV("+"), IN_PATH));
}

/* ---- sizes ---- */

#define LARGE_OPERATIONS 700
#define LARGE_BYTES MIB(4)

/* A description as large as EC2's: each operation has a body of its own, and a text that fills the file. */
static sv large_description(struct arena *arena) {
  struct sb text = sb_new(arena, MIB(8));
  sb_put(&text, SV("openapi: 3.0.0\ncomponents:\n  schemas:\n"));
  for (int i = 0; i < LARGE_OPERATIONS; i++) {
    sb_format(&text, "    In%d:\n      type: object\n      properties:\n", i);
    for (int j = 0; j < 40; j++) {
      sb_format(&text, "        member%d: {type: string, xml: {name: m%d}, description: what it is}\n", j, j);
    }
  }
  sb_put(&text, SV("paths:\n"));
  for (int i = 0; i < LARGE_OPERATIONS; i++) {
    sb_format(&text, "  /#Action=Op%d:\n    post:\n      operationId: Op%d\n      description: %2000d\n", i, i, i);
    sb_format(&text,
              "      requestBody: {content: {text/xml: {schema: {$ref: '#/components/schemas/In%d'}}}}\n"
              "      responses: {}\n",
              i);
  }
  return sb_view(&text);
}

/* In bytes of arenas: what is parsed takes twelve times the text at most, and what stays is that of one operation. */
static void a_large_description_costs_what_is_used(void **state) {
  (void)state;
  struct arena *writing = arena_new(MIB(16));
  struct arena *arena = arena_new(MIB(1));
  struct arena *trees = arena_new(12 * LARGE_BYTES);
  cJSON *files = cJSON_CreateObject();
  struct err e = {0};
  const struct operation *operation = NULL;
  sv text = large_description(writing);
  assert_true(text.len > LARGE_BYTES - KIB(512));
  cJSON_AddStringToObject(files, "api.json", "");
  struct source_set set = {.arena = trees, .reader = memory_files(files)};
  struct source_file file = {.path = SV("api.json"), .text = text};
  struct openapi *openapi = NULL;
  if (!yaml_parse(trees, file.path, text, &file.source, &e) || !openapi_open(arena, &set, file.source, &openapi, &e) ||
      !openapi_operation(openapi, SV("Op699"), &operation, &e)) {
    fail_msg("%u:%u: %s", e.line, e.column, e.text);
  }
  assert_non_null(operation);
  assert_int_equal(operation->request.items[0].schema->property_count, 40);
  assert_true(arena_used_bytes(arena) < KIB(32));
  arena_drop(trees);
  arena_drop(arena);
  arena_drop(writing);
  cJSON_Delete(files);
}

static void an_operation_is_compiled_once(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(16));
  cJSON *files = cJSON_CreateObject();
  cJSON_AddItemToObject(
      files, "api.json",
      cJSON_Parse("{\"openapi\": \"3.1.0\", \"paths\": {\"/a\": {\"get\": {\"operationId\": \"op\"}}}}"));
  struct source_set set = {.arena = arena, .reader = memory_files(files)};
  const struct source_file *file = NULL;
  struct openapi *openapi = NULL;
  const struct operation *first = NULL;
  const struct operation *second = NULL;
  const struct operation *third = NULL;
  struct err e = {0};
  assert_true(source_set_load(&set, SV("api.json"), &file, &e) &&
              openapi_open(arena, &set, file->source, &openapi, &e) &&
              openapi_operation(openapi, SV("op"), &first, &e) && openapi_operation(openapi, SV("op"), &second, &e) &&
              openapi_operation_at(openapi, SV("/a"), SV("get"), false, &third, &e));
  assert_ptr_equal(first, second);
  assert_ptr_equal(first, third);
  cJSON_Delete(files);
  arena_drop(arena);
}

/* Files 0 to count - 1, each of which refers to the next. */
static bool follows_files(int count, struct err *e) {
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = cJSON_CreateObject();
  cJSON_AddItemToObject(files, "api.json",
                        cJSON_Parse("{\"openapi\": \"3.1.0\", \"paths\": {\"/a\": {\"get\": {\"operationId\": \"op\", "
                                    "\"parameters\": [{\"name\": \"p\", \"in\": \"query\", \"schema\": {\"$ref\": "
                                    "\"1.json\"}}]}}}}"));
  for (int i = 1; i < count; i++) {
    char name[32];
    char text[64];
    snprintf(name, sizeof name, "%d.json", i);
    snprintf(text, sizeof text, i + 1 < count ? "{\"items\": {\"$ref\": \"%d.json\"}}" : "{}", i + 1);
    cJSON_AddItemToObject(files, name, cJSON_Parse(text));
  }
  bool good = memory_operation(arena, files, "api.json", "op", e) != NULL;
  cJSON_Delete(files);
  arena_drop(arena);
  return good;
}

static void there_is_a_limit_to_files(void **state) {
  (void)state;
  struct err e = {0};
  assert_true(follows_files(LIMIT_SOURCE_FILES, &e));
  assert_false(follows_files(LIMIT_SOURCE_FILES + 1, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_non_null(strstr(e.text, "more than 256 files of descriptions refer to each other"));
  assert_true(e.line == 1 && strcmp(e.file, "255.json") == 0);
}

static bool has_parameters(int count, struct err *e) {
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = cJSON_CreateObject();
  cJSON *api = cJSON_Parse("{\"openapi\": \"3.1.0\", \"paths\": {\"/a\": {\"get\": {\"operationId\": \"op\"}}}}");
  cJSON *item = cJSON_GetObjectItem(cJSON_GetObjectItem(api, "paths"), "/a");
  cJSON *list = cJSON_AddArrayToObject(cJSON_GetObjectItem(item, "get"), "parameters");
  cJSON_AddItemToObject(files, "api.json", api);
  for (int i = 0; i < count; i++) {
    char text[64];
    snprintf(text, sizeof text, "{\"name\": \"p%d\", \"in\": \"query\"}", i);
    cJSON_AddItemToArray(list, cJSON_Parse(text));
  }
  bool good = memory_operation(arena, files, "api.json", "op", e) != NULL;
  cJSON_Delete(files);
  arena_drop(arena);
  return good;
}

static void there_is_a_limit_to_parameters(void **state) {
  (void)state;
  struct err e = {0};
  assert_true(has_parameters(LIMIT_OPERATION_PARAMETERS, &e));
  assert_false(has_parameters(LIMIT_OPERATION_PARAMETERS + 1, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_true(e.line == 1 && strstr(e.text, "the operation has 1001 parameters; at most 1000 are allowed"));
}

/* The groups of one case file; the file's "description" is what its cases change. */
static int run_file(const char *path, const char *name) {
  char *text = cases_read_file(path, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  char group[64];
  free(text);
  if (!root) {
    fprintf(stderr, "%s can't be read\n", path);
    return 1;
  }
  base = cJSON_GetObjectItem(root, "description");
  snprintf(group, sizeof group, "%s: operation", name);
  int failed = cases_run_array(group, cJSON_GetObjectItem(root, "operation"), compiles);
  snprintf(group, sizeof group, "%s: refused", name);
  failed += cases_run_array(group, cJSON_GetObjectItem(root, "refused"), refuses);
  snprintf(group, sizeof group, "%s: no memory", name);
  failed += cases_run_array(group, cJSON_GetObjectItem(root, "operation"), survives_without_memory);
  const cJSON *responses = cJSON_GetObjectItem(root, "response");
  snprintf(group, sizeof group, "%s: response", name);
  failed += responses ? cases_run_array(group, responses, responds) : 0;
  cJSON_Delete(root);
  return failed;
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(media_types),
                                     cmocka_unit_test(parameters_are_found),
                                     cmocka_unit_test(a_large_description_costs_what_is_used),
                                     cmocka_unit_test(an_operation_is_compiled_once),
                                     cmocka_unit_test(there_is_a_limit_to_files),
                                     cmocka_unit_test(there_is_a_limit_to_parameters)};
  return run_file(CASES, "openapi") + run_file(SWAGGER, "swagger") +
         cmocka_run_group_tests_name("openapi", tests, NULL, NULL);
}
