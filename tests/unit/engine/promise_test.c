/* The promise: a DELETE is sent only after a poll whose answer was read, whole and well-formed, as FAILED or CANCELLED.
 *
 * Thousands of runs of the shipped workflow against random answers: good ones, broken ones, pages of proxies, lost
 * connections. What was positively known is found out by plain cJSON, not by code under test. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "world.h"

#define SHIPPED "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"
#define RUNS_COUNT 4000
#define INVOCATIONS_COUNT 12

/* xorshift64*: the same runs on every machine. */
static uint64_t dice_state;

static unsigned roll(unsigned sides) {
  dice_state ^= dice_state >> 12;
  dice_state ^= dice_state << 25;
  dice_state ^= dice_state >> 27;
  return (unsigned)((dice_state * UINT64_C(2685821657736338717)) >> 33) % sides;
}

static const char *pick(const char *const *texts, size_t count) {
  return texts[roll((unsigned)count)];
}

static const char *random_state(void) {
  static const char *const texts[] = {"PENDING",  "BUILDING",   "AVAILABLE", "FAILED",  "CANCELLED",    "FAILED",
                                      "failed",   "DEPRECATED", "DELETED",   "FAILED ", "\\u0046AILED", "",
                                      "CANCELED", "FAILED\\n",  "BUILDING",  "TESTING"};
  return pick(texts, sizeof texts / sizeof *texts);
}

/* A body that is right, or has one thing wrong with it. */
static void random_body(char *room, size_t size) {
  static const char *const shapes[] = {
      "{\"image\":{\"state\":{\"status\":\"%s\"}}}",
      "{\"requestId\":\"r\",\"image\":{\"state\":{\"status\":\"%s\",\"reason\":\"FAILED\"}}}",
      "{\"image\":{\"state\":{\"status\":\"%s\"}}",
      "{\"image\":{\"state\":{\"status\":\"%s\"}}}}",
      "{\"image\":{\"state\":{\"status\":\"BUILDING\",\"status\":\"%s\"}}}",
      "{\"image\":{\"state\":{\"status\":\"%s\"}},\"image\":{}}",
      "{\"Image\":{\"state\":{\"status\":\"%s\"}}}",
      "{\"image\":{\"state\":\"%s\"}}",
      "{\"image\":[{\"state\":{\"status\":\"%s\"}}]}",
      "[{\"image\":{\"state\":{\"status\":\"%s\"}}}]",
      "{\"image\":{\"state\":{\"status\":[\"%s\"]}}}",
      "{\"image\":{\"state\":{\"status\":{\"a\":\"%s\"}}}}",
      "\"%s\"",
      "%s",
      "<html><body>%s</body></html>",
      "{\"state\":{\"status\":\"%s\"}}",
      "{}",
      "",
      "null",
      "{\"message\":\"%s\"}",
      "\xEF\xBB\xBF{\"image\":{\"state\":{\"status\":\"%s\"}}}",
      "{'image':{'state':{'status':'%s'}}}",
      "{\"image\":{\"state\":{\"status\":\"%s\"}}} // done",
      "{\"image\":{\"state\":{\"status\":null}}}",
  };
  const char *shape = roll(2) ? shapes[roll(2)] : pick(shapes, sizeof shapes / sizeof *shapes);
  const char *hole = strstr(shape, "%s");
  snprintf(room, size, "%.*s%s%s", hole ? (int)(hole - shape) : (int)strlen(shape), shape, hole ? random_state() : "",
           hole ? hole + 2 : "");
  size_t length = strlen(room);
  if (length && roll(6) == 0) {
    room[roll((unsigned)length)] = (char)(' ' + (int)roll(95));
  }
  if (length && roll(10) == 0) {
    room[roll((unsigned)length)] = '\0';
  }
}

static cJSON *random_reply(void) {
  static const int statuses[] = {200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200,
                                 200, 201, 204, 206, 302, 400, 403, 404, 410, 429, 500, 503};
  static const char *const types[] = {"application/json",
                                      "application/json",
                                      "application/json; charset=utf-8",
                                      "text/html",
                                      "application/x-amz-json-1.1",
                                      "text/plain",
                                      ""};
  static const char *const failures[] = {"network", "timeout", "tls", "limit"};
  char body[512];
  cJSON *reply = cJSON_CreateObject();
  if (roll(8) == 0) {
    cJSON_AddStringToObject(reply, "failure", pick(failures, 4));
    cJSON_AddBoolToObject(reply, "sent", roll(2) != 0);
    return reply;
  }
  const char *type = pick(types, sizeof types / sizeof *types);
  random_body(body, sizeof body);
  cJSON_AddNumberToObject(reply, "status", statuses[roll(sizeof statuses / sizeof *statuses)]);
  cJSON_AddStringToObject(reply, "body", body);
  if (*type) {
    cJSON_AddStringToObject(reply, "type", type);
  } else {
    cJSON_AddNullToObject(reply, "type");
  }
  return reply;
}

/* True when the reply says, beyond doubt, that the image is to be deleted. */
static bool says_delete(const cJSON *reply) {
  const char *body = case_text(reply, "body");
  cJSON *root = body ? cJSON_ParseWithOpts(body, NULL, true) : NULL;
  const char *status =
      case_text(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(root, "image"), "state"), "status");
  bool says = status && (strcmp(status, "FAILED") == 0 || strcmp(status, "CANCELLED") == 0) &&
              (int)cJSON_GetNumberValue(cJSON_GetObjectItem(reply, "status")) == 200;
  cJSON_Delete(root);
  return says;
}

/* A run that has created its image. */
static struct run started(struct arena *arena, const struct document *document) {
  struct run run;
  struct err e = {0};
  json *inputs = json_new_object(arena);
  json *outputs = json_new_object(arena);
  json_set(arena, inputs, SV("imageRecipeArn"), json_new_string(arena, SV("arn:r")));
  json_set(arena, inputs, SV("infrastructureConfigurationArn"), json_new_string(arena, SV("arn:i")));
  json_set(arena, inputs, SV("clientToken"), json_new_string(arena, SV("t")));
  json_set(arena, outputs, SV("imageBuildVersionArn"), json_new_string(arena, SV("arn:x")));
  const struct workflow *workflow = &document->workflows[0];
  assert_true(run_start(arena, document, workflow, SV("r"), inputs, WORLD_START_MS, &run, &e));
  assert_true(run_set_outputs(&run, arena, &workflow->steps[0], outputs, &e));
  assert_true(run_go_to(&run, arena, &workflow->steps[1], &e));
  return run;
}

struct tally {
  unsigned polls, deletes;
};

/* One run; `known` becomes what the last poll said beyond doubt. */
static void play_run(const struct document *document, unsigned number, struct tally *tally) {
  struct arena *arena = arena_new(MIB(32));
  struct world world;
  struct err e = {0};
  bool known = false;
  world_open(&world);
  struct engine engine = world_engine(&world);
  engine.max_attempts = 1 + roll(3);
  world.repeat_last = true;
  struct run run = started(arena, document);
  for (int i = 0; i < INVOCATIONS_COUNT; i++) {
    struct advance advance;
    cJSON *replies = cJSON_CreateArray();
    cJSON_AddItemToArray(replies, random_reply());
    world.replies = replies;
    world.played = world.sent_count = 0;
    assert_true(step_run(&engine, &run, (enum delivery)roll(3), world.now_ms + 300000, arena, &advance, &e));
    bool is_delete = world.sent_count && strcmp(world.sent[0].method, "DELETE") == 0;
    if (is_delete && !known) {
      fail_msg("run %u: a DELETE was sent without a reason", number);
    }
    tally->deletes += is_delete;
    tally->polls += world.sent_count && strcmp(world.sent[0].method, "GET") == 0;
    known = is_delete || says_delete(cJSON_GetArrayItem(replies, 0));
    cJSON_Delete(replies);
    if (advance.status != RUN_RUNNING) {
      break;
    }
  }
  world_close(&world);
  arena_drop(arena);
}

static void nothing_is_deleted_without_a_reason(void **state) {
  (void)state;
  struct arena *documents = arena_new(MIB(256));
  const struct document *document = NULL;
  struct err e = {0};
  struct tally tally = {0, 0};
  assert_true(document_load(documents, SV(SHIPPED), document_file_reader(), &document, &e));
  for (unsigned run = 0; run < RUNS_COUNT; run++) {
    dice_state = UINT64_C(0x9E3779B97F4A7C15) * (run + 1);
    play_run(document, run, &tally);
  }
  /* The test has looked at something: many polls, and deletions that were meant. */
  assert_true(tally.polls > RUNS_COUNT);
  assert_true(tally.deletes > RUNS_COUNT / 50);
  arena_drop(documents);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_deleted_without_a_reason)};
  return cmocka_run_group_tests_name("promise", tests, NULL, NULL);
}
