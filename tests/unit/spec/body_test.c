/* Request bodies: which media type a body has, and what is refused at load, with its place. Cases: body.json. A case is a step's
 * requestBody as YAML lines, a version (1.1 unless said), and the media types that the operation takes. */
#include "body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"

#define CASES "tests/unit/spec/body.json"
#define TEXT_BYTES 65536

static const char *const step_lines = "info: {title: t, version: '1'}\n"
                                      "sourceDescriptions: [{name: a, url: api.yml}]\n"
                                      "workflows:\n"
                                      "- workflowId: w\n"
                                      "  steps:\n"
                                      "  - stepId: first\n"
                                      "    operationId: get\n"
                                      "    outputs: {o: $response.body}\n"
                                      "  - stepId: s\n"
                                      "    operationId: op\n"
                                      "    requestBody:\n";

static char *document_text(const cJSON *data) {
  char *text = calloc(1, TEXT_BYTES);
  assert_non_null(text);
  const char *version = case_text(data, "version");
  const cJSON *line = NULL;
  size_t at = (size_t)snprintf(text, TEXT_BYTES, "arazzo: %s\n%s", version ? version : "1.1.0", step_lines);
  cJSON_ArrayForEach(line, cJSON_GetObjectItem(data, "body")) {
    at += (size_t)snprintf(text + at, TEXT_BYTES - at, "      %s\n", line->valuestring);
  }
  return text;
}

/* The operation takes the case's "content" (a list of media types), JSON unless said. */
static cJSON *files_of(const cJSON *data) {
  cJSON *files = cJSON_CreateObject();
  cJSON *api = cJSON_Parse("{\"openapi\": \"3.1.0\", \"info\": {}, \"servers\": [{\"url\": \"https://a.test\"}], "
                           "\"paths\": {\"/a\": {\"get\": {\"operationId\": \"get\"}, \"post\": {\"operationId\": "
                           "\"op\", \"requestBody\": {\"content\": {}}}}}}");
  cJSON *post = cJSON_GetObjectItem(cJSON_GetObjectItem(cJSON_GetObjectItem(api, "paths"), "/a"), "post");
  cJSON *body = cJSON_GetObjectItem(post, "requestBody");
  const cJSON *types = cJSON_GetObjectItem(data, "content");
  const cJSON *type = NULL;
  cJSON_ArrayForEach(type, types) {
    cJSON_AddObjectToObject(cJSON_GetObjectItem(body, "content"), type->valuestring);
  }
  if (!types) {
    cJSON_AddObjectToObject(cJSON_GetObjectItem(body, "content"), "application/json");
  }
  cJSON_AddBoolToObject(body, "required", cJSON_IsTrue(cJSON_GetObjectItem(data, "required")));
  char *text = document_text(data);
  cJSON_AddStringToObject(files, "w.yml", text);
  cJSON_AddItemToObject(files, "api.yml", api);
  free(text);
  return files;
}

static const char *kind_name(enum media_kind kind) {
  static const char *const names[] = {"json", "form", "xml", "text", "multipart", "binary"};
  return names[kind];
}

static void accepts(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *files = files_of(c->data);
  const struct document *document = memory_document(arena, files, "w.yml");
  const struct step_body *body = document->workflows[0].steps[1].body;
  const cJSON *count = cJSON_GetObjectItem(c->data, "replacements");
  assert_non_null(body);
  assert_string_equal(kind_name(body->kind), case_text(c->data, "kind"));
  if (case_text(c->data, "type") && !sv_eq(body->content_type, sv_from(case_text(c->data, "type")))) {
    fail_msg("the type is %.*s", SV_ARG(body->content_type));
  }
  assert_int_equal(body->replacement_count, count ? count->valueint : 0);
  cJSON_Delete(files);
  arena_drop(arena);
}

static const char *code_name(enum err_code code) {
  static const char *const names[] = {"NONE",        "MEMORY",  "LIMIT", "SYNTAX",  "INVALID", "UNRESOLVED",
                                      "UNSUPPORTED", "NETWORK", "TLS",   "TIMEOUT", "INTERNAL"};
  return names[code];
}

/* Line and column of the first occurrence of `wanted` behind the lines that every case has. */
static void place_of(const char *text, const char *wanted, unsigned *line, unsigned *column) {
  const char *begin = strstr(text, "requestBody:");
  const char *at = strstr(begin + strlen("requestBody:"), wanted);
  assert_non_null(at);
  *line = *column = 1;
  for (const char *c = text; c < at; c++) {
    *line += *c == '\n';
    *column = *c == '\n' ? 1 : *column + (((unsigned char)*c & 0xC0) != 0x80);
  }
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  const struct document *document = NULL;
  struct err e = {0};
  unsigned line = 0;
  unsigned column = 0;
  cJSON *files = files_of(c->data);
  const char *where = case_text(c->data, "where");
  char path[256];
  snprintf(path, sizeof path, "workflow w / step s / requestBody%s%s", where ? " / " : "", where ? where : "");
  place_of(case_text(files, "w.yml"), case_text(c->data, "place"), &line, &column);
  assert_false(document_load(arena, SV("w.yml"), memory_files(files), &document, &e));
  if (strcmp(code_name(e.code), case_text(c->data, "code")) != 0 || !strstr(e.text, case_text(c->data, "message")) ||
      e.line != line || e.column != column || !strstr(e.where, path) || strlen(e.where) != strlen(path)) {
    fail_msg("want %s at %u:%u in '%s': %s\n  got %s at %u:%u in '%s': %s", case_text(c->data, "code"), line, column,
             path, case_text(c->data, "message"), code_name(e.code), e.line, e.column, e.where, e.text);
  }
  cJSON_Delete(files);
  arena_drop(arena);
}

static void kinds(void **state) {
  const struct case_state *c = *state;
  const cJSON *type = NULL;
  cJSON_ArrayForEach(type, cJSON_GetObjectItem(c->data, "types")) {
    if (strcmp(kind_name(media_type_kind(sv_from(type->valuestring))), c->name) != 0) {
      fail_msg("%s is %s", type->valuestring, kind_name(media_type_kind(sv_from(type->valuestring))));
    }
  }
}

static void well_formed(void **state) {
  const struct case_state *c = *state;
  assert_int_equal(media_type_is_well_formed(sv_from(case_text(c->data, "type"))),
                   cJSON_IsTrue(cJSON_GetObjectItem(c->data, "is")));
}

static void too_many_replacements_are_refused(void **state) {
  (void)state;
  for (int count = LIMIT_REPLACEMENTS; count <= LIMIT_REPLACEMENTS + 1; count++) {
    struct arena *arena = arena_new(MIB(64));
    const struct document *document = NULL;
    struct err e = {0};
    cJSON *data = cJSON_CreateObject();
    cJSON *lines = cJSON_AddArrayToObject(data, "body");
    cJSON_AddItemToArray(lines, cJSON_CreateString("replacements:"));
    for (int i = 0; i < count; i++) {
      char line[64];
      snprintf(line, sizeof line, "- {target: /a, value: %d}", i);
      cJSON_AddItemToArray(lines, cJSON_CreateString(line));
    }
    cJSON *files = files_of(data);
    bool loaded = document_load(arena, SV("w.yml"), memory_files(files), &document, &e);
    assert_int_equal(e.code, count > LIMIT_REPLACEMENTS ? ERR_LIMIT : ERR_NONE);
    assert_int_equal(loaded, count <= LIMIT_REPLACEMENTS);
    assert_true(loaded || strstr(e.text, "257 replacements; at most 256"));
    cJSON_Delete(files);
    cJSON_Delete(data);
    arena_drop(arena);
  }
}

struct visits {
  int count;
  int stop_at;
  char text[512];
};

static bool visit(void *context, const struct expression *expression) {
  struct visits *visits = context;
  size_t at = strlen(visits->text);
  snprintf(visits->text + at, sizeof visits->text - at, "%.*s ", SV_ARG(expression->text));
  return ++visits->count != visits->stop_at;
}

static void every_expression_is_visited(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *data = cJSON_Parse("{\"body\": [\"payload: {a: $inputs.a, b: {context: $inputs.b, selector: $.x, type: "
                            "jsonpath}}\", \"replacements:\", \"- {target: /a, value: $inputs.c}\", \"- {target: $.b, "
                            "targetSelectorType: jsonpath, value: {context: $steps.first.outputs.o, selector: /x, "
                            "type: jsonpointer}}\"]}");
  cJSON *files = files_of(data);
  const struct document *document = memory_document(arena, files, "w.yml");
  const struct step_body *body = document->workflows[0].steps[1].body;
  struct visits all = {0};
  assert_true(body_each(body, visit, &all));
  assert_string_equal(all.text, "$inputs.a $inputs.b $inputs.c $steps.first.outputs.o ");
  for (int i = 1; i <= 4; i++) {
    struct visits some = {.stop_at = i};
    assert_false(body_each(body, visit, &some));
    assert_int_equal(some.count, i);
  }
  cJSON_Delete(files);
  cJSON_Delete(data);
  arena_drop(arena);
}

static void every_allocation_fails(void **state) {
  (void)state;
  cJSON *data = cJSON_Parse("{\"body\": [\"payload: '{\\\"a\\\": {$inputs.a}, \\\"{$inputs.a}\\\": [\\\"{$inputs.b} "
                            "c\\\"]}'\", \"replacements:\", \"- {target: /a, value: $inputs.c}\", \"- {target: $.a, "
                            "targetSelectorType: jsonpath, value: {context: $inputs.b, selector: $..*, type: "
                            "jsonpath}}\"]}");
  cJSON *files = files_of(data);
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(64));
    const struct document *document = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = document_load(arena, SV("w.yml"), memory_files(files), &document, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 100);
  cJSON_Delete(files);
  cJSON_Delete(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(too_many_replacements_are_refused),
      cmocka_unit_test(every_expression_is_visited),
      cmocka_unit_test(every_allocation_fails),
  };
  return cases_run("body: kinds of media types", CASES, "kinds", kinds) +
         cases_run("body: well-formed media types", CASES, "well_formed", well_formed) +
         cases_run("body: accept", CASES, "accept", accepts) + cases_run("body: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("body", tests, NULL, NULL);
}
