/* Steps against a scripted world. A case is a workflow and a row of invocations; each has the replies that its requests get,
 * and what must come of it. Between two invocations the run goes through its state, as it does in Lambda. */
#include "step.h"

#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "world.h"

#define CASES "tests/unit/engine/step.json"

static const cJSON *descriptions;

/* The case's document: its steps, in a workflow "w" with one of the common descriptions; or a shipped one. */
static cJSON *files_of(const cJSON *data) {
  cJSON *files = cJSON_CreateObject();
  const char *shipped = case_text(data, "document");
  if (shipped) {
    char *text = cases_read_file(shipped, NULL);
    char *api = cases_read_file("descriptions/openapi/amazon-ec2-image-builder-openapi.yaml", NULL);
    cJSON_AddStringToObject(files, "a/w.yml", text);
    cJSON_AddStringToObject(files, "openapi/amazon-ec2-image-builder-openapi.yaml", api);
    free(text);
    free(api);
    return files;
  }
  cJSON *document =
      cJSON_Parse("{\"info\": {\"title\": \"t\", \"version\": \"1\"}, \"sourceDescriptions\": "
                  "[{\"name\": \"api\", \"url\": \"api.yml\"}], \"workflows\": [{\"workflowId\": \"w\"}]}");
  cJSON *workflow = cJSON_GetArrayItem(cJSON_GetObjectItem(document, "workflows"), 0);
  const char *version = case_text(data, "version");
  cJSON_AddStringToObject(document, "arazzo", version ? version : "1.0.1");
  const char *const members[] = {"steps", "outputs", "failureActions", "successActions"};
  for (size_t i = 0; i < 4; i++) {
    const cJSON *member = cJSON_GetObjectItem(data, members[i]);
    if (member) {
      cJSON_AddItemToObject(workflow, members[i], cJSON_Duplicate(member, true));
    }
  }
  cJSON_AddItemToObject(files, "a/w.yml", document);
  const char *api = case_text(data, "description");
  const cJSON *description = cJSON_GetObjectItem(descriptions, api ? api : "api");
  cJSON_AddItemToObject(files, "a/api.yml", cJSON_Duplicate(description, true));
  return files;
}

static enum delivery delivery_of(const cJSON *data) {
  const char *text = case_text(data, "delivery");
  return !text || strcmp(text, "unknown") == 0 ? DELIVERY_UNKNOWN
         : strcmp(text, "first") == 0          ? DELIVERY_FIRST
                                               : DELIVERY_REPEATED;
}

static void is_integer(const cJSON *want, const char *name, int64_t got) {
  const cJSON *member = cJSON_GetObjectItem(want, name);
  if (member && (int64_t)cJSON_GetNumberValue(member) != got) {
    fail_msg("%s is %lld, not %lld", name, (long long)got, (long long)cJSON_GetNumberValue(member));
  }
}

static void is_flag(const cJSON *want, const char *name, bool got) {
  const cJSON *member = cJSON_GetObjectItem(want, name);
  if (member && cJSON_IsTrue(member) != got) {
    fail_msg("%s is %d", name, got);
  }
}

static void is_text(const cJSON *want, const char *name, sv got) {
  const char *text = case_text(want, name);
  if (text && !sv_eq(got, sv_from(text))) {
    fail_msg("%s is '%.*s', not '%s'", name, SV_ARG(got), text);
  }
}

/* "Name: value" */
static void has_header(const cJSON *want, const char *headers) {
  const char *line = case_text(want, "header");
  if (line && !strstr(headers, line)) {
    fail_msg("no '%s' in the headers:\n%s", line, headers);
  }
}

static void compare(const cJSON *want, const struct advance *got, const struct run *run, const struct world *world,
                    size_t sends) {
  static const char *const statuses[] = {"RUNNING", "SUCCEEDED", "FAILED"};
  const char *part = case_text(want, "message");
  is_text(want, "status", sv_from(statuses[got->status]));
  is_text(want, "action", sv_from(run_action_name(got->action)));
  is_integer(want, "sends", (int64_t)sends);
  assert_int_equal(got->sent, sends > 0);
  assert_int_equal(got->attempts, sends);
  is_integer(want, "statusCode", got->status_code);
  is_integer(want, "refused", (int64_t)world->refused_count);
  is_flag(want, "success", got->success);
  is_text(want, "awsErrorType", got->aws_error_type);
  is_text(want, "requestId", got->request_id);
  if (got->status == RUN_RUNNING) {
    is_text(want, "next", run->top->next->id);
    is_integer(want, "wait", got->wait_seconds);
  }
  if (got->status == RUN_FAILED) {
    is_text(want, "error", sv_from(run_error_name(got->error)));
    assert_true(got->message.len > 0);
    if (part && !sv_contains(got->message, sv_from(part))) {
      fail_msg("the message is '%.*s'", SV_ARG(got->message));
    }
  }
  if (sends) {
    is_text(want, "method", sv_from(world->sent[world->sent_count - 1].method));
    is_text(want, "url", sv_from(world->sent[world->sent_count - 1].url));
    is_text(want, "body", sv_from(world->sent[world->sent_count - 1].body));
    has_header(want, world->sent[world->sent_count - 1].headers);
  }
}

/* Through the state, as text, and back. */
static struct run handed_on(struct arena *arena, const struct run *run) {
  struct err e = {0};
  struct run again;
  json *state = NULL;
  json *parsed = NULL;
  enum state_fault fault = STATE_GOOD;
  struct sb text = sb_new(arena, MIB(1));
  assert_true(state_write(run, arena, LIMIT_STATE_BYTES_DEFAULT, &state, &e));
  json_write(&text, state);
  assert_true(json_parse(arena, sb_view(&text), &parsed, &e));
  if (!state_read(arena, run->document, parsed, &again, &fault, &e)) {
    fail_msg("%s", e.text);
  }
  return again;
}

static void compare_outputs(const cJSON *data, const struct run *run, struct arena *arena) {
  struct err e = {0};
  json *outputs = NULL;
  const cJSON *want = cJSON_GetObjectItem(data, "finally");
  if (want) {
    assert_true(frame_outputs(&run->frames[0], arena, &outputs, &e));
    if (!cJSON_Compare(outputs, want, true)) {
      struct sb text = sb_new(arena, KIB(64));
      json_write(&text, outputs);
      fail_msg("outputs are %.*s", SV_ARG(sb_view(&text)));
    }
  }
}

/* `waits` has the wait of each repetition; the last one stays. */
static void compare_wait(const cJSON *waits, int repetition, int64_t got) {
  int last = cJSON_GetArraySize(waits) - 1;
  if (last >= 0) {
    const cJSON *want = cJSON_GetArrayItem(waits, repetition < last ? repetition : last);
    assert_int_equal((int64_t)cJSON_GetNumberValue(want), got);
  }
}

static void invoke(const struct engine *engine, struct world *world, struct run *run, const cJSON *data,
                   struct arena *arena) {
  struct err e = {0};
  struct advance advance;
  const cJSON *sleep = cJSON_GetObjectItem(data, "later");
  const cJSON *deadline = cJSON_GetObjectItem(data, "deadlineMs");
  const char *lacking = case_text(data, "noCredentials");
  int times = cJSON_GetObjectItem(data, "times") ? (int)cJSON_GetNumberValue(cJSON_GetObjectItem(data, "times")) : 1;
  world->no_credentials = !lacking                          ? ERR_NONE
                          : strcmp(lacking, "network") == 0 ? ERR_NETWORK
                          : strcmp(lacking, "timeout") == 0 ? ERR_TIMEOUT
                                                            : ERR_INVALID;
  for (int i = 0; i < times; i++) {
    world->sent_count = 0;
    world->replies = cJSON_GetObjectItem(data, "replies");
    world->played = 0;
    world->now_ms += sleep ? (int64_t)cJSON_GetNumberValue(sleep) * 1000 : 0;
    int64_t until = world->now_ms + (deadline ? (int64_t)cJSON_GetNumberValue(deadline) : 300000);
    if (!step_run(engine, run, delivery_of(data), until, arena, &advance, &e)) {
      fail_msg("%s", e.text);
    }
    assert_int_equal(world->played, cJSON_GetArraySize(world->replies));
    compare(cJSON_GetObjectItem(data, "expect"), &advance, run, world, world->sent_count);
    compare_wait(cJSON_GetObjectItem(data, "waits"), i, advance.wait_seconds);
    if (advance.status == RUN_RUNNING) {
      *run = handed_on(arena, run);
    }
  }
}

static void plays(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(512));
  struct world world;
  struct run run;
  struct err e = {0};
  const cJSON *invocation = NULL;
  cJSON *files = files_of(c->data);
  world_open(&world);
  struct engine engine = world_engine(&world);
  const cJSON *steps = cJSON_GetObjectItem(c->data, "maxSteps");
  engine.max_steps = steps ? (unsigned)cJSON_GetNumberValue(steps) : engine.max_steps;
  const cJSON *spent = cJSON_GetObjectItem(c->data, "quotaSpent");
  world.memory.quota.spent = spent ? (unsigned)cJSON_GetNumberValue(spent) : 0;
  world.has_others = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "otherCredentials"));
  world.environment = cJSON_GetObjectItem(c->data, "environment");
  const struct document *document = memory_document(arena, files, "a/w.yml");
  json *inputs = memory_json(arena, cJSON_GetObjectItem(c->data, "inputs"));
  assert_true(run_start(arena, document, &document->workflows[0], SV("run-1"), inputs ? inputs : json_new_object(arena),
                        world.now_ms, &run, &e));
  cJSON_ArrayForEach(invocation, cJSON_GetObjectItem(c->data, "invocations")) {
    invoke(&engine, &world, &run, invocation, arena);
  }
  compare_outputs(c->data, &run, arena);
  world_close(&world);
  cJSON_Delete(files);
  arena_drop(arena);
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  if (!root) {
    return 1;
  }
  descriptions = cJSON_GetObjectItem(root, "descriptions");
  int failed = cases_run_array("step: the shipped workflow", cJSON_GetObjectItem(root, "shipped"), plays) +
               cases_run_array("step: rules", cJSON_GetObjectItem(root, "rules"), plays);
  cJSON_Delete(root);
  return failed;
}
