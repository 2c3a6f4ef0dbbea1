/* Request bodies: a step's requestBody and inputs in; bytes, and what $request.body reads, out. Cases: request_body.json. In them
 * inputs and expected JSON are text, so that numbers stay as they are written. */
#include "request_body.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "world.h"

#define CASES "tests/unit/engine/request_body.json"

/* An operation that takes any body, and a step with the case's "request"; documents are of 1.1 unless the case says otherwise. */
static cJSON *files_of(const cJSON *data) {
  const char *version = case_text(data, "version");
  cJSON *files = cJSON_CreateObject();
  cJSON *api = cJSON_Parse("{\"openapi\": \"3.1.0\", \"info\": {}, \"servers\": [{\"url\": \"https://api.test\"}], "
                           "\"paths\": {\"/a\": {\"post\": {\"operationId\": \"op\"}}}}");
  cJSON *document = cJSON_Parse("{\"info\": {\"title\": \"t\", \"version\": \"1\"}, \"sourceDescriptions\": "
                                "[{\"name\": \"a\", \"url\": \"api.yml\"}], \"workflows\": [{\"workflowId\": \"w\", "
                                "\"steps\": [{\"stepId\": \"s\", \"operationId\": \"op\"}]}]}");
  cJSON *workflow = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "workflows"), 0);
  cJSON *step = cJSON_GetArrayItem(cJSON_GetObjectItem(workflow, "steps"), 0);
  cJSON_AddStringToObject(document, "arazzo", version ? version : "1.1.0");
  cJSON_AddItemToObject(step, "requestBody", cJSON_Duplicate(cJSON_GetObjectItem(data, "request"), true));
  cJSON_AddItemToObject(files, "w.yml", document);
  cJSON_AddItemToObject(files, "api.yml", api);
  return files;
}

static json *json_of(struct arena *arena, const char *text) {
  struct err e = {0};
  json *value = NULL;
  if (!json_parse(arena, sv_from(text), &value, &e)) {
    fail_msg("%s: %s", text, e.text);
  }
  return value;
}

static struct scope scope_of(struct arena *arena, const cJSON *data) {
  const char *inputs = case_text(data, "inputs");
  json *root = json_new_object(arena);
  assert_true(json_set(arena, root, SV("inputs"), json_of(arena, inputs ? inputs : "{}")));
  return (struct scope){.root = root};
}

static bool build(struct arena *arena, const cJSON *files, const cJSON *data, struct request_body *out, struct err *e) {
  const struct document *document = memory_document(arena, files, "w.yml");
  struct scope scope = scope_of(arena, data);
  return request_body_build(arena, document->workflows[0].steps[0].body, &scope, out, e);
}

static void builds(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  struct request_body built;
  struct err e = {0};
  cJSON *files = files_of(c->data);
  const char *wanted = case_text(c->data, "body");
  if (!build(arena, files, c->data, &built, &e)) {
    fail_msg("%s: %s", e.where, e.text);
  }
  assert_int_equal(built.value != NULL, wanted != NULL);
  if (wanted) {
    if (!sv_eq(built.bytes, sv_from(wanted))) {
      fail_msg("got %.*s", SV_ARG(built.bytes));
    }
    const char *type = case_text(c->data, "type");
    assert_true(!type || sv_eq(built.content_type, sv_from(type)));
    const char *reads = case_text(c->data, "reads");
    json *value = reads ? json_of(arena, reads) : json_new_string(arena, built.bytes);
    struct sb got = sb_new(arena, KIB(64));
    json_write(&got, built.value);
    if (!json_equal(built.value, value)) {
      fail_msg("$request.body reads %.*s", SV_ARG(sb_view(&got)));
    }
  } else {
    assert_null(built.value);
  }
  cJSON_Delete(files);
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  static const struct {
    const char *name;
    enum err_code code;
  } codes[] = {{"INVALID", ERR_INVALID}, {"UNRESOLVED", ERR_UNRESOLVED}, {"LIMIT", ERR_LIMIT}};
  struct arena *arena = arena_new(MIB(64));
  struct request_body built;
  struct err e = {0};
  size_t i = 0;
  cJSON *files = files_of(c->data);
  assert_false(build(arena, files, c->data, &built, &e));
  while (strcmp(codes[i].name, case_text(c->data, "code")) != 0) {
    i++;
  }
  const char *where = case_text(c->data, "where");
  if (e.code != codes[i].code || !strstr(e.text, case_text(c->data, "message")) ||
      strcmp(e.where, where ? where : "requestBody") != 0) {
    fail_msg("got %d in '%s': %s", (int)e.code, e.where, e.text);
  }
  assert_null(built.value);
  cJSON_Delete(files);
  arena_drop(arena);
}

/* The document is one thing, each of its requests another: building twice gives the same. */
static void building_changes_nothing(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *data =
      cJSON_Parse("{\"request\": {\"payload\": {\"a\": {\"b\": 1}, \"l\": [1]}, \"replacements\": [{\"target\": "
                  "\"/a/b\", \"value\": {\"c\": [2]}}, {\"target\": \"/l/-\", \"value\": {\"d\": 1}}, "
                  "{\"target\": \"/l/1/d\", \"value\": \"$inputs.o\"}]}}");
  cJSON *files = files_of(data);
  const struct document *document = memory_document(arena, files, "w.yml");
  struct scope scope = {.root = json_of(arena, "{\"inputs\": {\"o\": {\"x\": 1}}}")};
  for (int i = 0; i < 2; i++) {
    struct request_body built = {0};
    struct err e = {0};
    assert_true(request_body_build(arena, document->workflows[0].steps[0].body, &scope, &built, &e));
    assert_true(sv_eq(built.bytes, SV("{\"a\":{\"b\":{\"c\":[2]}},\"l\":[1,{\"d\":{\"x\":1}}]}")));
    assert_true(json_set(arena, json_get(built.value, SV("a")), SV("b"), json_new_null(arena)));
    json_overwrite(json_get(json_get(json_at(json_get(built.value, SV("l")), 1), SV("d")), SV("x")),
                   json_new_null(arena));
  }
  cJSON_Delete(files);
  cJSON_Delete(data);
  arena_drop(arena);
}

/* "$inputs.x" of `bytes` bytes of text, or nested as deep. */
static struct scope large_scope(struct arena *arena, size_t bytes, size_t depth) {
  struct sb text = sb_new(arena, bytes + 1);
  while (text.len < bytes) {
    sb_char(&text, 'x');
  }
  json *value = json_new_string(arena, sb_view(&text));
  for (size_t i = 0; i < depth; i++) {
    json *outer = json_new_array(arena);
    assert_true(json_append(outer, value));
    value = outer;
  }
  json *inputs = json_new_object(arena);
  json *root = json_new_object(arena);
  assert_true(json_set(arena, inputs, SV("x"), value) && json_set(arena, root, SV("inputs"), inputs));
  return (struct scope){.root = root};
}

static void sizes_and_depths_are_bounded(void **state) {
  (void)state;
  static const struct {
    const char *request;
    size_t bytes;
    size_t depth;
    enum err_code code;
  } rows[] = {
      {"{\"payload\": \"$inputs.x\"}", LIMIT_REQUEST_BODY_BYTES - 2, 0, ERR_NONE},
      {"{\"payload\": \"$inputs.x\"}", LIMIT_REQUEST_BODY_BYTES - 1, 0, ERR_LIMIT},
      {"{\"contentType\": \"text/plain\", \"payload\": \"$inputs.x\"}", LIMIT_REQUEST_BODY_BYTES, 0, ERR_NONE},
      {"{\"contentType\": \"text/plain\", \"payload\": \"{$inputs.x}!\"}", LIMIT_REQUEST_BODY_BYTES, 0, ERR_LIMIT},
      {"{\"contentType\": \"application/x-www-form-urlencoded\", \"payload\": {\"a\": \"$inputs.x\"}}",
       LIMIT_REQUEST_BODY_BYTES, 0, ERR_LIMIT},
      {"{\"payload\": \"$inputs.x\"}", 1, LIMIT_JSON_DEPTH, ERR_NONE},
      {"{\"payload\": [\"$inputs.x\"]}", 1, LIMIT_JSON_DEPTH, ERR_LIMIT},
      {"{\"payload\": \"[{$inputs.x}]\"}", 1, LIMIT_JSON_DEPTH, ERR_LIMIT},
      {"{\"payload\": \"{\\\"a\\\": \\\"{$inputs.x}\\\"}\"}", 1, LIMIT_JSON_DEPTH - 1, ERR_NONE},
      {"{\"replacements\": [{\"target\": \"/a\", \"value\": \"$inputs.x\"}]}", 1, LIMIT_JSON_DEPTH - 1, ERR_NONE},
      {"{\"replacements\": [{\"target\": \"/a\", \"value\": \"$inputs.x\"}]}", 1, LIMIT_JSON_DEPTH, ERR_LIMIT},
      {"{\"payload\": [1], \"replacements\": [{\"target\": \"$..*\", \"targetSelectorType\": \"jsonpath\", \"value\": "
       "\"$inputs.x\"}, {\"target\": \"$..*\", \"targetSelectorType\": \"jsonpath\", \"value\": \"$inputs.x\", "
       "\"x-again\": 1}]}",
       1, LIMIT_JSON_DEPTH - 1, ERR_NONE},
      {"{\"payload\": [1], \"replacements\": [{\"target\": \"$..*\", \"targetSelectorType\": \"jsonpath\", \"value\": "
       "\"$inputs.x\"}, {\"target\": \"$[0][0]\", \"targetSelectorType\": \"jsonpath\", \"value\": \"$inputs.x\"}]}",
       1, LIMIT_JSON_DEPTH - 1, ERR_LIMIT},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(256));
    cJSON *data = cJSON_CreateObject();
    struct request_body built = {0};
    struct err e = {0};
    cJSON_AddItemToObject(data, "request", cJSON_Parse(rows[i].request));
    cJSON *files = files_of(data);
    const struct document *document = memory_document(arena, files, "w.yml");
    struct scope scope = large_scope(arena, rows[i].bytes, rows[i].depth);
    bool good = request_body_build(arena, document->workflows[0].steps[0].body, &scope, &built, &e);
    if (e.code != rows[i].code || good != (rows[i].code == ERR_NONE)) {
      fail_msg("row %zu: %s", i, e.text);
    }
    cJSON_Delete(files);
    cJSON_Delete(data);
    arena_drop(arena);
  }
}

static void every_allocation_fails(void **state) {
  (void)state;
  static const char *const requests[] = {
      ("{\"payload\": \"{\\\"a\\\": {$inputs.n}, \\\"{$inputs.n}\\\": \\\"x {$inputs.n}\\\"}\", \"replacements\": "
       "[{\"target\": \"/l/0/k\", \"value\": {\"context\": \"$inputs.o\", \"selector\": \"$..*\", \"type\": "
       "\"jsonpath\"}}, {\"target\": \"$..k\", \"targetSelectorType\": \"jsonpath\", \"value\": [1]}]}"),
      "{\"contentType\": \"application/x-www-form-urlencoded\", \"payload\": {\"a b\": \"$inputs.l\"}}",
      "{\"contentType\": \"application/x-www-form-urlencoded\", \"payload\": \"a={$inputs.n}&b={$inputs.o}\"}",
      "{\"contentType\": \"text/plain\", \"payload\": 5}",
      "{\"contentType\": \"image/png\", \"payload\": {\"base64\": \"AQID\"}}",
      "{\"contentType\": \"multipart/form-data\", \"payload\": {\"a\": \"$inputs.l\", \"b\": \"$inputs.o\"}}",
      ("{\"contentType\": \"application/xml\", \"payload\": \"<r><a>{$inputs.n}</a></r>\", \"replacements\": "
       "[{\"target\": \"/r/a\", \"value\": \"$inputs.n\"}]}"),
  };
  for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
    cJSON *data = cJSON_CreateObject();
    long n = 0;
    cJSON_AddItemToObject(data, "request", cJSON_Parse(requests[i]));
    cJSON *files = files_of(data);
    for (bool passed = false; !passed; n++) {
      struct arena *arena = arena_new(MIB(64));
      struct request_body built = {0};
      struct err e = {0};
      const struct document *document = memory_document(arena, files, "w.yml");
      struct scope scope = {.root = json_of(arena, "{\"inputs\": {\"n\": 1, \"l\": [1, 2], \"o\": {\"k\": [1]}}}")};
      arena_fail_after(arena, n);
      passed = request_body_build(arena, document->workflows[0].steps[0].body, &scope, &built, &e);
      assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
      assert_int_equal(built.value != NULL, passed);
      arena_drop(arena);
    }
    assert_true(n > 4);
    cJSON_Delete(files);
    cJSON_Delete(data);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(building_changes_nothing),
      cmocka_unit_test(sizes_and_depths_are_bounded),
      cmocka_unit_test(every_allocation_fails),
  };
  return cases_run("request body: build", CASES, "build", builds) +
         cases_run("request body: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("request body", tests, NULL, NULL);
}
