/* Requests: operation, step and inputs in, method, URL, headers and body out; and what can't be sent. */
#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "world.h"

#define CASES "tests/unit/engine/request.json"

static void move(const cJSON *from, const char *name, cJSON *to, const char *as) {
  const cJSON *member = cJSON_GetObjectItem(from, name);
  if (member) {
    cJSON_AddItemToObject(to, as, cJSON_Duplicate(member, true));
  }
}

/* Members of the description that the case has of its own. */
static void replace_members(const cJSON *own, cJSON *api) {
  const cJSON *member = NULL;
  cJSON_ArrayForEach(member, own) {
    cJSON_DeleteItemFromObject(api, member->string);
    cJSON_AddItemToObject(api, member->string, cJSON_Duplicate(member, true));
  }
}

/* The case's operation and a step that runs it. */
static cJSON *files_of(const cJSON *data) {
  cJSON *files = cJSON_CreateObject();
  cJSON *api =
      cJSON_Parse("{\"openapi\": \"3.0.0\", \"info\": {}, \"servers\": [{\"url\": \"https://api.test/base/\"}]}");
  cJSON *operation = cJSON_Parse("{\"operationId\": \"op\"}");
  replace_members(cJSON_GetObjectItem(data, "openapi"), api);
  move(data, "declared", operation, "parameters");
  move(data, "body", operation, "requestBody");
  const char *path = case_text(data, "path");
  const char *method = case_text(data, "method");
  cJSON *item = cJSON_AddObjectToObject(cJSON_AddObjectToObject(api, "paths"), path ? path : "/a");
  cJSON_AddItemToObject(item, method ? method : "get", operation);
  cJSON *document =
      cJSON_Parse("{\"info\": {\"title\": \"t\", \"version\": \"1\"}, \"sourceDescriptions\": "
                  "[{\"name\": \"a\", \"url\": \"api.yml\"}], \"workflows\": [{\"workflowId\": \"w\", \"steps\": "
                  "[{\"stepId\": \"s\", \"operationId\": \"op\"}]}]}");
  cJSON *workflow = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "workflows"), 0);
  cJSON *step = cJSON_GetArrayItem(cJSON_GetObjectItem(workflow, "steps"), 0);
  const char *version = case_text(data, "version");
  cJSON_AddStringToObject(document, "arazzo", version ? version : "1.0.1");
  move(data, "parameters", step, "parameters");
  move(data, "request", step, "requestBody");
  cJSON_AddItemToObject(files, "w.yml", document);
  cJSON_AddItemToObject(files, "api.yml", api);
  return files;
}

static void put_request(struct sb *out, const struct http_request *request) {
  sb_format(out, "%.*s %.*s\n", SV_ARG(request->method), SV_ARG(request->url));
  for (size_t i = 0; i < request->headers.count; i++) {
    sb_format(out, "%.*s: %.*s\n", SV_ARG(request->headers.items[i].name), SV_ARG(request->headers.items[i].value));
  }
  if (request->has_body) {
    sb_format(out, "\n%.*s", SV_ARG(request->body));
  }
}

static void join(struct sb *out, const cJSON *lines) {
  const cJSON *line = NULL;
  cJSON_ArrayForEach(line, lines) {
    sb_format(out, "%s%s", line == lines->child ? "" : "\n", line->valuestring);
  }
}

static void check_repeat(const cJSON *data, const struct step_request *request, const struct run *run) {
  const cJSON *repeat = cJSON_GetObjectItem(data, "repeat");
  if (repeat) {
    assert_int_equal(request_may_repeat(request, run->top->next->operation), cJSON_IsTrue(repeat));
  }
}

static void compare(struct arena *arena, const cJSON *data, const struct step_request *request, const struct run *run) {
  struct sb got = sb_new(arena, KIB(64));
  struct sb want = sb_new(arena, KIB(64));
  put_request(&got, &request->http);
  join(&want, cJSON_GetObjectItem(data, "expect"));
  if (!request->http.has_body) {
    sb_char(&want, '\n');
  }
  if (!sv_eq(sb_view(&got), sb_view(&want))) {
    fail_msg("\n%.*s\n---\n%.*s", SV_ARG(sb_view(&got)), SV_ARG(sb_view(&want)));
  }
  assert_int_equal(request->carries_token, cJSON_IsTrue(cJSON_GetObjectItem(data, "token")));
  check_repeat(data, request, run);
  assert_true(sv_eq(json_string(json_get(run->top->scope, SV("url"))), request->http.url));
  assert_true(sv_eq(json_string(json_get(run->top->scope, SV("method"))), request->http.method));
}

static void builds(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  struct world world;
  struct run run;
  struct step_request request;
  struct err e = {0};
  cJSON *files = files_of(c->data);
  world_open(&world);
  world.environment = cJSON_GetObjectItem(c->data, "environment");
  struct engine engine = world_engine(&world);
  const struct document *document = memory_document(arena, files, "w.yml");
  const char *inputs = case_text(c->data, "inputs");
  json *values = NULL;
  assert_true(json_parse(arena, sv_from(inputs ? inputs : "{}"), &values, &e));
  assert_true(run_start(arena, document, &document->workflows[0], SV("r"), values, 0, &run, &e));
  bool good = request_build(arena, &run, &engine.endpoints, &engine.tokens, &request, &e);
  const char *message = case_text(c->data, "message");
  if (message) {
    assert_false(good);
    assert_int_equal(e.code, strcmp(case_text(c->data, "code"), "UNRESOLVED") == 0 ? ERR_UNRESOLVED
                             : strcmp(case_text(c->data, "code"), "LIMIT") == 0    ? ERR_LIMIT
                                                                                   : ERR_INVALID);
    if (!strstr(e.text, message)) {
      fail_msg("%s", e.text);
    }
  } else {
    if (!good) {
      fail_msg("%s", e.text);
    }
    compare(arena, c->data, &request, &run);
  }
  world_close(&world);
  cJSON_Delete(files);
  arena_drop(arena);
}

int main(void) {
  return cases_run("request: build", CASES, "build", builds) + cases_run("request: refuse", CASES, "refuse", builds);
}
