/* Whole invocations: an event in, a response or a named error out, against a scripted world. What every answer must hold
 * (the contract of the response) is checked for each of them; and every allocation, and every request, fails once. */
#include "handler.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "metrics.h"
#include "sb.h"
#include "world.h"

#define CASES "tests/unit/handler/invocation.json"
#define SHIPPED "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
#define ANSWER_BYTES 65536

static const cJSON *documents; /* name -> files of small documents */

/* A handler with its world and its folder of documents. */
struct stage {
  struct world world;
  struct arena *documents;
  struct metrics metrics;
  struct handler handler;
  char folder[64];
};

static void write_file(const char *folder, const char *name, const cJSON *content) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  char *text = cJSON_PrintUnformatted(content);
  fputs(text, file);
  fclose(file);
  free(text);
}

static void remove_file(const char *folder, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  unlink(path);
}

/* Loads the document `name` of the case file, or the shipped one. */
static void stage_open(struct stage *stage, const char *name, const cJSON *environment) {
  const cJSON *files = name ? cJSON_GetObjectItem(documents, name) : NULL;
  struct configuration configuration;
  struct err e = {0};
  char path[128];
  const char *error_name = NULL;
  world_open(&stage->world);
  stage->world.environment = environment;
  stage->documents = arena_new(MIB(256));
  snprintf(stage->folder, sizeof stage->folder, "/tmp/arazzo-test-XXXXXX");
  assert_non_null(mkdtemp(stage->folder));
  const cJSON *file = NULL;
  cJSON_ArrayForEach(file, files) {
    write_file(stage->folder, file->string, file);
  }
  snprintf(path, sizeof path, "%s/w.yml", stage->folder);
  assert_true(configuration_read(stage->documents, &stage->world.variables, &configuration, &e));
  configuration.document_path = sv_from(files ? path : SHIPPED);
  configuration.region = configuration.region.len ? configuration.region : SV("eu-central-1");
  stage->metrics = (struct metrics){.logger = &stage->world.logger, .name_space = SV("Test"), .is_cold_start = true};
  struct platform platform = {document_file_reader(),
                              &stage->world.variables,
                              &stage->world.logger,
                              world_transport(&stage->world),
                              world_clock(&stage->world),
                              world_entropy(),
                              world_credentials(&stage->world),
                              &stage->metrics,
                              NULL};
  if (!handler_open(&stage->handler, stage->documents, &configuration, &platform, &error_name, &e)) {
    fail_msg("%s: %s:%u: %s", error_name, e.file, e.line, e.text);
  }
  cJSON_ArrayForEach(file, files) {
    remove_file(stage->folder, file->string);
  }
  rmdir(stage->folder);
}

static void stage_close(struct stage *stage) {
  world_close(&stage->world);
  arena_drop(stage->documents);
}

/* ---- the contract of the response ---- */

static bool has(const cJSON *object, const char *name) {
  return cJSON_GetObjectItemCaseSensitive(object, name) != NULL;
}

static void keeps_the_contract(const cJSON *response) {
  const char *status = case_text(response, "status");
  assert_non_null(status);
  bool running = strcmp(status, "RUNNING") == 0;
  bool failed = strcmp(status, "FAILED") == 0;
  assert_true(running || failed || strcmp(status, "SUCCEEDED") == 0);
  assert_true(has(response, "runId") && has(response, "workflowId"));
  assert_int_equal(has(response, "nextStepId"), running);
  assert_int_equal(has(response, "waitSeconds"), running);
  assert_int_equal(has(response, "state"), running);
  assert_int_equal(has(response, "outputs"), !running);
  assert_int_equal(has(response, "error"), failed);
  if (failed) {
    const cJSON *error = cJSON_GetObjectItem(response, "error");
    assert_true(strncmp(case_text(error, "name"), "Arazzo.", 7) == 0);
    assert_true(strlen(case_text(error, "message")) > 0);
    assert_true(has(error, "stepId"));
  }
}

/* Every member of `want` must be in `got` and be the same; a string that begins with '~' need only occur. */
static bool agrees(const cJSON *want, const cJSON *got) {
  const cJSON *member = NULL;
  if (cJSON_IsString(want) && want->valuestring[0] == '~') {
    return cJSON_IsString(got) && strstr(got->valuestring, want->valuestring + 1);
  }
  if (!cJSON_IsObject(want)) {
    return cJSON_Compare(want, got, true);
  }
  cJSON_ArrayForEach(member, want) {
    const cJSON *other = cJSON_GetObjectItemCaseSensitive(got, member->string);
    if (!other || !agrees(member, other)) {
      return false;
    }
  }
  return cJSON_IsObject(got);
}

/* ---- cases ---- */

/* The text of an event; the word "previous" stands for the last response, with the case's `delivery`. */
static char *event_text(const cJSON *invocation, const char *previous) {
  const cJSON *event = cJSON_GetObjectItem(invocation, "event");
  if (cJSON_IsString(event) && strcmp(event->valuestring, "previous") != 0) {
    return strdup(event->valuestring);
  }
  cJSON *object = cJSON_IsString(event) ? cJSON_Parse(previous) : cJSON_Duplicate(event, true);
  const cJSON *delivery = cJSON_GetObjectItem(invocation, "delivery");
  if (delivery) {
    cJSON_AddItemToObject(object, "delivery", cJSON_Duplicate(delivery, true));
  }
  char *text = cJSON_PrintUnformatted(object);
  cJSON_Delete(object);
  return text;
}

static void check_error(const cJSON *want, const struct answer *answer) {
  const char *name = case_text(want, "errorName");
  if (!name) {
    fail_msg("%s: %.*s", answer->error_name, SV_ARG(answer->error_message));
  }
  assert_string_equal(answer->error_name, name);
  if (!sv_contains(answer->error_message, sv_from(case_text(want, "message")))) {
    fail_msg("%.*s", SV_ARG(answer->error_message));
  }
}

static void check_response(const cJSON *want, const struct answer *answer, char *previous) {
  snprintf(previous, ANSWER_BYTES, "%.*s", SV_ARG(answer->response));
  cJSON *response = cJSON_ParseWithOpts(previous, NULL, true);
  assert_non_null(response);
  keeps_the_contract(response);
  if (case_text(want, "errorName") || !agrees(cJSON_GetObjectItem(want, "response"), response)) {
    fail_msg("%s", previous);
  }
  cJSON_Delete(response);
}

static void invoke(struct stage *stage, const cJSON *invocation, char *previous) {
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct answer answer;
  const cJSON *want = cJSON_GetObjectItem(invocation, "expect");
  const cJSON *body = cJSON_GetObjectItem(want, "body");
  char *text = event_text(invocation, previous);
  const char *request_id = case_text(invocation, "requestId");
  stage->world.replies = cJSON_GetObjectItem(invocation, "replies");
  stage->world.played = stage->world.sent_count = 0;
  handler_invoke(&stage->handler,
                 &(struct handler_call){.event = sv_from(text),
                                        .request_id = sv_from(request_id ? request_id : "request-1"),
                                        .deadline_ms = stage->world.now_ms + 300000},
                 arena, &answer);
  assert_int_equal(stage->world.played, cJSON_GetArraySize(stage->world.replies));
  if (answer.failed) {
    check_error(want, &answer);
  } else {
    check_response(want, &answer, previous);
  }
  if (body) {
    cJSON *sent = cJSON_Parse(stage->world.sent[stage->world.sent_count - 1].body);
    if (!agrees(body, sent)) {
      fail_msg("%s", stage->world.sent[stage->world.sent_count - 1].body);
    }
    cJSON_Delete(sent);
  }
  free(text);
  arena_drop(arena);
}

static void plays(void **state) {
  const struct case_state *c = *state;
  static char previous[ANSWER_BYTES];
  struct stage stage;
  const cJSON *invocation = NULL;
  stage_open(&stage, case_text(c->data, "document"), cJSON_GetObjectItem(c->data, "environment"));
  cJSON_ArrayForEach(invocation, cJSON_GetObjectItem(c->data, "invocations")) {
    invoke(&stage, invocation, previous);
  }
  stage_close(&stage);
}

/* ---- torture ---- */

static const char start_event[] = "{\"inputs\":{\"imageRecipeArn\":\"arn:r\",\"infrastructureConfigurationArn\":\"arn:"
                                  "i\"},\"run\":{\"executionId\":\"x\"}}";

/* An answer is a named error, or a response that keeps the contract and tells of the request that was sent. */
static void is_an_answer(const struct stage *stage, const struct answer *answer) {
  if (answer->failed) {
    assert_string_equal(answer->error_name, "Arazzo.Internal");
    assert_true(answer->error_message.len > 0);
    return;
  }
  char *text = strndup(answer->response.ptr, answer->response.len);
  cJSON *response = cJSON_ParseWithOpts(text, NULL, true);
  assert_non_null(response);
  keeps_the_contract(response);
  assert_int_equal(has(response, "lastStep"), stage->world.sent_count > 0);
  cJSON_Delete(response);
  free(text);
}

/* One invocation at a fixed time whose n-th allocation fails (negative: none does). True when memory lasted to the end. */
static bool invoke_with_memory(struct stage *stage, const char *event, const cJSON *replies, long n, char *response) {
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct answer answer;
  stage->world.replies = replies;
  stage->world.played = stage->world.sent_count = 0;
  stage->world.now_ms = WORLD_START_MS;
  stage->handler.memory = (struct engine_memory){.quota = {0}};
  arena_fail_after(arena, n);
  handler_invoke(&stage->handler,
                 &(struct handler_call){
                     .event = sv_from(event), .request_id = SV("request"), .deadline_ms = WORLD_START_MS + 300000},
                 arena, &answer);
  is_an_answer(stage, &answer);
  bool lasted = arena_alloc(arena, 1) != NULL;
  assert_false(lasted && answer.failed);
  snprintf(response, ANSWER_BYTES, "%.*s", answer.failed ? 0 : (int)answer.response.len, answer.response.ptr);
  arena_drop(arena);
  return lasted;
}

/* Fails each allocation of an invocation: where a response comes all the same, it is the right one. `response` becomes it. */
static void fail_each_allocation(struct stage *stage, const char *event, const cJSON *replies, char *response) {
  static char other[ANSWER_BYTES];
  long n = 0;
  assert_true(invoke_with_memory(stage, event, replies, -1, response));
  while (!invoke_with_memory(stage, event, replies, n, other)) {
    if (other[0] && strcmp(other, response) != 0) {
      fail_msg("allocation %ld is lost silently:\n%s\nin place of\n%s", n, other, response);
    }
    n++;
  }
  assert_string_equal(other, response);
  assert_true(n > 50);
}

static void every_allocation_of_a_run_fails(void **state) {
  (void)state;
  static char response[ANSWER_BYTES];
  static char next[ANSWER_BYTES];
  static const char *const replies[] = {
      "[{\"status\":200,\"body\":{\"imageBuildVersionArn\":\"arn:x\"}}]",
      "[{\"status\":200,\"body\":{\"image\":{\"state\":{\"status\":\"FAILED\"}}}}]",
      "[{\"failure\":\"timeout\",\"sent\":true},{\"status\":503,\"body\":\"x\",\"type\":\"text/"
      "plain\"},{\"status\":200,"
      "\"body\":{\"imageBuildVersionArn\":\"arn:x\"}}]",
  };
  struct stage stage;
  stage_open(&stage, NULL, NULL);
  snprintf(next, sizeof next, "%s", start_event);
  for (size_t i = 0; i < 3; i++) {
    cJSON *parsed = cJSON_Parse(replies[i]);
    fail_each_allocation(&stage, next, parsed, response);
    memcpy(next, response, sizeof next);
    cJSON_Delete(parsed);
  }
  assert_non_null(strstr(response, "\"SUCCEEDED\""));
  stage_close(&stage);
}

/* A run that is prepared, and not run: each failing allocation is an error, and nothing is sent. */
static void every_allocation_of_preparing_fails(void **state) {
  (void)state;
  struct stage stage;
  bool lasted = false;
  stage_open(&stage, NULL, NULL);
  for (long n = 0; !lasted; n++) {
    struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
    struct answer answer;
    struct run run;
    arena_fail_after(arena, n);
    bool good = handler_prepare(&stage.handler,
                                &(struct handler_call){.event = sv_from(start_event), .request_id = SV("request")},
                                arena, &run, &answer);
    lasted = arena_alloc(arena, 1) != NULL;
    assert_true(good != answer.failed);
    assert_true(!lasted || good);
    assert_true(!good || sv_eq(run.top->next->id, SV("createImage")));
    assert_true(good || sv_eq(sv_from(answer.error_name), SV("Arazzo.Internal")));
    arena_drop(arena);
  }
  assert_int_equal(stage.world.sent_count, 0);
  stage_close(&stage);
}

/* Errors on the way out, too: a failed run's answer with each allocation failing. */
static void every_allocation_of_a_failed_run_fails(void **state) {
  (void)state;
  static char response[ANSWER_BYTES];
  struct stage stage;
  cJSON *replies = cJSON_Parse("[{\"status\":400,\"body\":{\"__type\":\"InvalidParameterException\"}}]");
  stage_open(&stage, NULL, NULL);
  fail_each_allocation(&stage, start_event, replies, response);
  assert_non_null(strstr(response, "\"Arazzo.StepFailed\""));
  cJSON_Delete(replies);
  stage_close(&stage);
}

static void every_request_fails(void **state) {
  (void)state;
  static char previous[ANSWER_BYTES];
  cJSON *replies =
      cJSON_Parse("[{\"status\":200,\"body\":{\"imageBuildVersionArn\":\"arn:x\",\"image\":{\"state\":{\"status\":"
                  "\"FAILED\"}}}}]");
  for (long n = 0; n < 6; n++) {
    struct stage stage;
    stage_open(&stage, NULL, NULL);
    snprintf(previous, sizeof previous, "%s", start_event);
    size_t sent = 0;
    bool over = false;
    for (int i = 0; i < 6 && !over; i++) {
      struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
      struct answer answer;
      stage.world.replies = replies;
      stage.world.repeat_last = true;
      stage.world.sent_count = 0;
      stage.world.fail_send_at = n - (long)sent;
      handler_invoke(&stage.handler,
                     &(struct handler_call){.event = sv_from(previous),
                                            .request_id = SV("request"),
                                            .deadline_ms = stage.world.now_ms + 300000},
                     arena, &answer);
      is_an_answer(&stage, &answer);
      assert_false(answer.failed);
      sent += stage.world.sent_count;
      snprintf(previous, sizeof previous, "%.*s", SV_ARG(answer.response));
      over = strstr(previous, "\"RUNNING\"") == NULL;
      arena_drop(arena);
    }
    assert_true(over);
    assert_non_null(strstr(previous, "\"deletedArn\":\"arn:x\""));
    stage_close(&stage);
  }
  cJSON_Delete(replies);
}

static void a_region_is_needed_for_aws(void **state) {
  (void)state;
  struct world world;
  struct arena *arena = arena_new(MIB(256));
  struct handler handler;
  struct configuration configuration;
  struct err e = {0};
  const char *error_name = NULL;
  world_open(&world);
  assert_true(configuration_read(arena, &world.variables, &configuration, &e));
  struct platform platform = {document_file_reader(),
                              &world.variables,
                              &world.logger,
                              world_transport(&world),
                              world_clock(&world),
                              world_entropy(),
                              world_credentials(&world),
                              NULL,
                              NULL};
  assert_false(handler_open(&handler, arena, &configuration, &platform, &error_name, &e));
  assert_string_equal(error_name, "Arazzo.InvalidConfiguration");
  assert_non_null(strstr(e.text, "AWS_REGION is not set"));
  err_clear(&e);
  configuration.document_path = SV("no/such.yml");
  assert_false(handler_open(&handler, arena, &configuration, &platform, &error_name, &e));
  assert_string_equal(error_name, "Arazzo.InvalidDocument");
  world_close(&world);
  arena_drop(arena);
}

/* More names than are looked for one by one: refused before anything is done with them. */
static void too_many_inputs_are_refused(void **state) {
  (void)state;
  struct stage stage;
  struct answer answer;
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct sb event = sb_new(arena, KIB(64));
  stage_open(&stage, NULL, NULL);
  sb_format(&event, "{\"inputs\":{");
  for (int i = 0; i <= LIMIT_INPUTS; i++) {
    sb_format(&event, "%s\"n%d\":1", i ? "," : "", i);
  }
  sb_format(&event, "}}");
  handler_invoke(&stage.handler,
                 &(struct handler_call){
                     .event = sb_view(&event), .request_id = SV("request"), .deadline_ms = WORLD_START_MS + 300000},
                 arena, &answer);
  assert_true(answer.failed);
  assert_string_equal(answer.error_name, "Arazzo.InvalidInput");
  assert_true(sv_eq(answer.error_message, SV("the event has 2001 inputs; at most 2000 are allowed")));
  assert_int_equal(stage.world.sent_count, 0);
  stage_close(&stage);
  arena_drop(arena);
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  if (!root) {
    return 1;
  }
  documents = cJSON_GetObjectItem(root, "documents");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_region_is_needed_for_aws),          cmocka_unit_test(too_many_inputs_are_refused),
      cmocka_unit_test(every_allocation_of_a_run_fails),     cmocka_unit_test(every_allocation_of_a_failed_run_fails),
      cmocka_unit_test(every_allocation_of_preparing_fails), cmocka_unit_test(every_request_fails),
  };
  int failed = cases_run_array("invocation", cJSON_GetObjectItem(root, "cases"), plays) +
               cmocka_run_group_tests_name("invocation: torture", tests, NULL, NULL);
  cJSON_Delete(root);
  return failed;
}
