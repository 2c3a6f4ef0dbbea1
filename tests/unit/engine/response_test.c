/* Responses: what a status, headers and bytes become for expressions, and which bodies are malformed. */
#include "response.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "world.h"

#define CASES "tests/unit/engine/response.json"
#define HEADERS_MAX 8

/* Text with \xNN escapes, which JSON text has not. */
static sv bytes_of(struct arena *arena, const char *text) {
  struct sb out = sb_new(arena, KIB(64));
  for (const char *c = text ? text : ""; *c; c++) {
    if (c[0] == '\\' && c[1] == 'x') {
      char pair[3] = {c[2], c[3], '\0'};
      sb_char(&out, (char)strtoul(pair, NULL, 16));
      c += 3;
    } else {
      sb_char(&out, *c);
    }
  }
  return sb_view(&out);
}

static struct http_headers headers_of(struct arena *arena, const cJSON *pairs, struct http_header *room) {
  struct http_headers headers = {.items = room};
  const cJSON *pair = NULL;
  cJSON_ArrayForEach(pair, pairs) {
    assert_true(headers.count < HEADERS_MAX);
    room[headers.count].name = sv_from(cJSON_GetArrayItem(pair, 0)->valuestring);
    room[headers.count++].value = bytes_of(arena, cJSON_GetArrayItem(pair, 1)->valuestring);
  }
  return headers;
}

/* An operation with the case's responses. */
static const struct operation *operation_of(struct arena *arena, const cJSON *data) {
  cJSON *files = cJSON_CreateObject();
  cJSON *api = cJSON_Parse("{\"openapi\": \"3.1.0\", \"paths\": {\"/a\": {}}}");
  cJSON *item = cJSON_GetObjectItem(cJSON_GetObjectItem(api, "paths"), "/a");
  const char *method = case_text(data, "method");
  cJSON *operation = cJSON_AddObjectToObject(item, method ? method : "get");
  cJSON_AddStringToObject(operation, "operationId", "op");
  cJSON_AddItemToObject(operation, "responses", cJSON_Duplicate(cJSON_GetObjectItem(data, "responses"), true));
  cJSON_AddItemToObject(files, "api.json", api);
  struct err e = {0};
  const struct operation *made = memory_operation(arena, files, "api.json", "op", &e);
  assert_non_null(made);
  cJSON_Delete(files);
  return made;
}

static void check_tree(struct arena *arena, const cJSON *wanted, const json *tree) {
  struct sb got = sb_new(arena, KIB(64));
  char *text = cJSON_PrintUnformatted(wanted);
  json_write(&got, tree);
  assert_true(sv_eq(sb_view(&got), wanted ? sv_from(text) : SV("null")));
  free(text);
}

static void reads(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct http_header room[HEADERS_MAX];
  struct err e = {0};
  struct step step = {.operation = operation_of(arena, c->data)};
  struct frame frame = {.next = &step, .scope = json_new_object(arena)};
  struct run run = {.frames = &frame, .top = &frame, .depth = 1};
  struct http_response response = {.status = (int)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "status")),
                                   .headers = headers_of(arena, cJSON_GetObjectItem(c->data, "headers"), room),
                                   .body = bytes_of(arena, case_text(c->data, "body"))};
  struct response_body body;
  assert_true(response_read(arena, &step, &response, &body, &e));
  assert_true(response_describe(arena, &run, &response, &body, &e));
  bool malformed = body.why.code != ERR_NONE;
  assert_true(!malformed || (body.why.text[0] && !body.value));
  check_tree(arena, cJSON_GetObjectItem(c->data, "tree"), body.tree);
  struct sb got = sb_new(arena, KIB(64));
  json_write(&got, frame.scope);
  char *want = cJSON_PrintUnformatted(cJSON_GetObjectItem(c->data, "scope"));
  if (!sv_eq(sb_view(&got), sv_from(want)) || malformed != cJSON_IsTrue(cJSON_GetObjectItem(c->data, "malformed"))) {
    fail_msg("malformed: %d, %.*s", malformed, SV_ARG(sb_view(&got)));
  }
  free(want);
  arena_drop(arena);
}

static void every_allocation_fails(void **state) {
  (void)state;
  static const char *const types[] = {"image/png", "text/plain; charset=latin1", "application/xml; charset=utf-16le"};
  cJSON *data = cJSON_Parse("{\"responses\": {}}");
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    bool passed = false;
    for (long n = 0; !passed; n++) {
      struct arena *arena = arena_new(MIB(16));
      struct err e = {0};
      struct http_header type = {SV("Content-Type"), sv_from(types[i])};
      struct step step = {.operation = operation_of(arena, data)};
      struct http_response response = {.status = 200, .headers = {&type, 1}, .body = SV("<\0a\0/\0>\0")};
      struct response_body body;
      arena_fail_after(arena, n);
      passed = response_read(arena, &step, &response, &body, &e);
      assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
      assert_true(!passed || body.value);
      arena_drop(arena);
    }
  }
  cJSON_Delete(data);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails)};
  return cases_run("response", CASES, NULL, reads) + cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
