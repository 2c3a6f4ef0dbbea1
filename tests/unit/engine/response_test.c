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

static void reads(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct http_header room[HEADERS_MAX];
  struct err e = {0};
  json *responses = memory_json(arena, cJSON_GetObjectItem(c->data, "responses"));
  struct source source = {.name = SV("api"), .root = json_new_object(arena)};
  struct openapi openapi = {.source = &source};
  struct operation operation = {.responses = responses, .description = &openapi};
  struct step step = {.operation = &operation};
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
  struct sb got = sb_new(arena, KIB(64));
  json_write(&got, frame.scope);
  char *want = cJSON_PrintUnformatted(cJSON_GetObjectItem(c->data, "scope"));
  if (!sv_eq(sb_view(&got), sv_from(want)) || malformed != cJSON_IsTrue(cJSON_GetObjectItem(c->data, "malformed"))) {
    fail_msg("malformed: %d, %.*s", malformed, SV_ARG(sb_view(&got)));
  }
  free(want);
  arena_drop(arena);
}

int main(void) {
  return cases_run("response", CASES, NULL, reads);
}
