/* The two services, the way to them, Lambda's queue, and time. A death is a request that is lost, before or behind its effect, and all
 * that come after it. */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "timestamp.h"

#define SHIPPED "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"

const char play_state_event[] =
    "{\"id\":\"e\",\"detail-type\":\"EC2 Image Builder Image State Change\",\"source\":\"aws."
    "imagebuilder\",\"resources\":[\"" ARN "\"],\"detail\":{}}";
const char play_start_event[] = "{\"inputs\":{\"imageRecipeArn\":\"arn:r\",\"infrastructureConfigurationArn\":\"arn:"
                                "i\"},\"run\":{\"executionId\":\"x\"}}";

/* ---- Scheduler ---- */

static long find_schedule(const struct play *play, const char *name) {
  for (size_t i = 0; i < play->schedule_count; i++) {
    if (strcmp(play->schedules[i].name, name) == 0) {
      return (long)i;
    }
  }
  return -1;
}

void play_remove_schedule(struct play *play, size_t index) {
  free(play->schedules[index].input);
  play->schedules[index] = play->schedules[--play->schedule_count];
}

/* False: its time has passed. */
static bool set_schedule(struct play *play, const char *name, const char *body) {
  cJSON *root = cJSON_Parse(body);
  assert_non_null(root);
  const char *expression = case_text(root, "ScheduleExpression");
  char time[32];
  int64_t at_ms = 0;
  snprintf(time, sizeof time, "%.19sZ", expression + 3); /* "at(2026-11-22T02:00:00)" */
  assert_true(strncmp(expression, "at(", 3) == 0 && timestamp_parse(sv_from(time), &at_ms));
  assert_string_equal(case_text(root, "ActionAfterCompletion"), "DELETE");
  const cJSON *target = cJSON_GetObjectItem(root, "Target");
  char version[128];
  snprintf(version, sizeof version, "%s:7", play->function);
  assert_string_equal(case_text(target, "Arn"), version);
  if (at_ms <= play->world.now_ms) {
    cJSON_Delete(root);
    return false;
  }
  long index = find_schedule(play, name);
  if (index < 0) {
    assert_true(play->schedule_count < SCHEDULES);
    index = (long)play->schedule_count++;
    snprintf(play->schedules[index].name, sizeof play->schedules[index].name, "%s", name);
  } else {
    free(play->schedules[index].input);
  }
  play->schedules[index].at_ms = at_ms;
  play->schedules[index].input = strdup(case_text(target, "Input"));
  assert_null(strchr(play->schedules[index].input, '<'));
  cJSON_Delete(root);
  return true;
}

static void list_schedules(const struct play *play, const char *prefix, char *out, size_t size) {
  size_t length = strcspn(prefix, "&");
  size_t used = (size_t)snprintf(out, size, "{\"Schedules\":[");
  const char *separator = "";
  for (size_t i = 0; i < play->schedule_count; i++) {
    if (strncmp(play->schedules[i].name, prefix, length) == 0) {
      used += (size_t)snprintf(out + used, size - used, "%s{\"Name\":\"%s\"}", separator, play->schedules[i].name);
      separator = ",";
    }
  }
  snprintf(out + used, size - used, "]}");
}

/* The answer's status; its body in `out`. */
static int schedule(struct play *play, const char *method, const char *path, const char *body, char *out, size_t size) {
  char name[80] = "";
  snprintf(out, size, "{}");
  if (strncmp(path, "/schedules?NamePrefix=", 22) == 0) {
    list_schedules(play, path + 22, out, size);
    return 200;
  }
  snprintf(name, sizeof name, "%.*s", (int)strcspn(path + 11, "?"), path + 11);
  long index = find_schedule(play, name);
  bool is_new = strcmp(method, "POST") == 0;
  if (is_new ? index >= 0 : index < 0) {
    snprintf(out, size, "{\"__type\":\"%s\"}", is_new ? "ConflictException" : "ResourceNotFoundException");
    return is_new ? 409 : 404;
  }
  if (strcmp(method, "DELETE") == 0) {
    play_remove_schedule(play, (size_t)index);
  } else if (strcmp(method, "GET") == 0) {
    cJSON *root = cJSON_CreateObject();
    cJSON_AddStringToObject(cJSON_AddObjectToObject(root, "Target"), "Input", play->schedules[index].input);
    assert_true(cJSON_PrintPreallocated(root, out, (int)size, false));
    cJSON_Delete(root);
  } else if (!set_schedule(play, name, body)) {
    snprintf(out, size, "{\"__type\":\"ValidationException\"}");
    return 400;
  }
  return 200;
}

/* ---- Image Builder ---- */

static int build(struct play *play, const char *method, const char *body, char *out, size_t size) {
  static const char *const states[] = {"PENDING", "BUILDING"};
  if (strcmp(method, "PUT") == 0) {
    cJSON *root = cJSON_Parse(body);
    const char *token = case_text(root, "clientToken");
    assert_true(play->token[0] == '\0' || strcmp(play->token, token) == 0);
    snprintf(play->token, sizeof play->token, "%s", token);
    play->creations = 1;
    play->sends++;
    cJSON_Delete(root);
    snprintf(out, size, "{\"imageBuildVersionArn\":\"" ARN "\"}");
    return 200;
  }
  if (play->is_deleted) {
    snprintf(out, size, "{\"__type\":\"ResourceNotFoundException\"}");
    return 404;
  }
  if (strcmp(method, "DELETE") == 0) {
    play->is_deleted = true;
    play->deletions++;
    snprintf(out, size, "{\"imageBuildVersionArn\":\"" ARN "\"}");
    return 200;
  }
  snprintf(out, size, "{\"image\":{\"state\":{\"status\":\"%s\"}}}", play->gets < 2 ? states[play->gets] : play->final);
  play->gets++;
  return 200;
}

/* ---- the way there ---- */

static bool die(struct play *play, enum http_progress *progress, struct err *e) {
  play->is_dead = true;
  *progress = HTTP_NOT_SENT;
  return err_set(e, ERR_NETWORK, "the function is dead");
}

static int serve(struct play *play, const struct http_request *request, char *out, size_t size) {
  char method[16];
  char url[4096];
  static char body[1048576];
  snprintf(method, sizeof method, "%.*s", SV_ARG(request->method));
  snprintf(url, sizeof url, "%.*s", SV_ARG(request->url));
  snprintf(body, sizeof body, "%.*s", SV_ARG(request->body));
  const char *path = strchr(strstr(url, "://") + 3, '/');
  if (!strstr(url, "scheduler.")) {
    return build(play, method, body, out, size);
  }
  if (play->late_updates > 0 && strcmp(method, "PUT") == 0) {
    play->late_updates--;
    play->world.now_ms += 20000;
    snprintf(out, size, "{\"__type\":\"ThrottlingException\"}");
    return 429;
  }
  if (play->list && strncmp(path, "/schedules?", 11) == 0) {
    snprintf(out, size, "%s", play->list);
    return 200;
  }
  if (play->refuses) {
    snprintf(out, size, "{\"__type\":\"%s\"}", play->refuses);
    return 402;
  }
  return schedule(play, method, path, body, out, size);
}

/* Another instance of the function takes an event, from its begin to its end, between two requests of this one. */
void play_happen_meanwhile(struct play *play) {
  struct one_delivery delivery = {play->world.now_ms, play->meanwhile, 2, true};
  play->meanwhile = NULL;
  play_invoke(play, &delivery);
  free(delivery.event);
}

static bool is_now(const struct play *play, long request, bool is_behind) {
  return play->meanwhile && play->meanwhile_at == request && play->meanwhile_behind == is_behind;
}

static bool carry(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                  struct http_response *response, enum http_progress *progress, struct err *e) {
  static char text[1048576];
  struct play *play = context;
  (void)timeout_ms;
  long request_number = play->requests++;
  bool is_the_one = request_number == play->dies_at;
  if (is_now(play, request_number, false)) {
    play_happen_meanwhile(play);
  }
  if (play->is_dead || (is_the_one && !play->dies_behind)) {
    return die(play, progress, e);
  }
  play->world.now_ms += 5;
  int status = serve(play, request, text, sizeof text);
  if (is_the_one) {
    return die(play, progress, e);
  }
  *response = (struct http_response){.status = status, .body = sv_copy(arena, sv_from(text))};
  if (is_now(play, request_number, true)) {
    play_happen_meanwhile(play);
  }
  *progress = HTTP_MAYBE_SENT;
  return http_header_add(arena, &response->headers, SV("Content-Type"), SV("application/json"), e);
}

/* ---- Lambda ---- */

static void deliver_at(struct play *play, int64_t at_ms, const char *event, int retries, bool is_copy) {
  assert_true(play->delivery_count < DELIVERIES);
  play->deliveries[play->delivery_count++] = (struct one_delivery){at_ms, strdup(event), retries, is_copy};
}

/* An event that came to the function; asynchronous, and so with two retries. */
void play_arrive(struct play *play, const char *event) {
  deliver_at(play, play->world.now_ms, event, 2, false);
  if (play->doubling == TWICE_AT_ONCE) {
    deliver_at(play, play->world.now_ms, event, 2, true);
  } else if (play->doubling == TWICE_LATE) {
    deliver_at(play, play->world.now_ms + 100000, event, 2, true);
  }
}

/* However often the end is told, it is the same one. (With two faults, a claim that was not made and a late delivery just then, the
 * second answer to a deletion may be 404: docs/adr/0012, Consequences.) */
static void note_end(struct play *play, sv response) {
  bool is_same = play->ends == 0 || sv_eq(response, sv_from(play->result));
  if (!is_same &&
      ((play->doubling != TWICE_LATE && !play->is_race) || !sv_starts(response, SV("{\"status\":\"SUCCEEDED\"")))) {
    fail_msg("two ends: %s and %.*s", play->result, SV_ARG(response));
  }
  play->ends++;
  play->ended_ms = play->world.now_ms;
  snprintf(play->result, sizeof play->result, "%.*s", SV_ARG(response));
}

/* Lambda's retries come after 1 and 2 minutes. */
static void retry(struct play *play, const struct one_delivery *delivery) {
  int64_t wait_ms = delivery->retries == 2 ? 60000 : 120000;
  if (delivery->retries > 0) {
    deliver_at(play, play->world.now_ms + wait_ms, delivery->event, delivery->retries - 1, delivery->is_copy);
  }
}

void play_invoke(struct play *play, const struct one_delivery *delivery) {
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct answer answer;
  char function[128];
  snprintf(function, sizeof function, "%s:live", play->function);
  struct handler_call call = {.event = sv_from(delivery->event),
                              .request_id = SV("request"),
                              .function_arn = sv_from(function),
                              .deadline_ms = play->world.now_ms + TIMEOUT_MS};
  play->is_dead = false;
  handler_invoke(&play->handler, &call, arena, &answer);
  play->last_failed = play->is_dead || answer.failed;
  snprintf(play->last, sizeof play->last, "%.*s", SV_ARG(answer.failed ? answer.error_message : answer.response));
  if (play->is_dead || answer.failed) {
    retry(play, delivery);
  } else if (sv_contains(answer.response, SV("\"outputs\""))) {
    note_end(play, answer.response);
  } else if (play->wakes && sv_contains(answer.response, SV("\"action\":\"goto\""))) {
    deliver_at(play, play->world.now_ms + 20000, play_state_event, 2, true);
  }
  play->is_dead = false;
  arena_drop(arena);
}

/* ---- time ---- */

static bool next_delivery(struct play *play, struct one_delivery *out) {
  size_t first = 0;
  for (size_t i = 1; i < play->delivery_count; i++) {
    first = play->deliveries[i].at_ms < play->deliveries[first].at_ms ? i : first;
  }
  if (play->delivery_count == 0) {
    return false;
  }
  *out = play->deliveries[first];
  return true;
}

void play_drop_delivery(struct play *play, const char *event) {
  for (size_t i = 0; i < play->delivery_count; i++) {
    if (play->deliveries[i].event == event) {
      play->deliveries[i] = play->deliveries[--play->delivery_count];
      return;
    }
  }
}

/* Fires the schedule that is due first; it is deleted. */
void play_fire(struct play *play, size_t index) {
  struct one_schedule *due = &play->schedules[index];
  char *input = due->input;
  play->world.now_ms = due->at_ms > play->world.now_ms ? due->at_ms : play->world.now_ms;
  due->input = NULL;
  play_remove_schedule(play, index);
  play_arrive(play, input);
  free(input);
}

/* One thing happens: whatever is due first. False when nothing is left. */
bool play_happen(struct play *play) {
  struct one_delivery delivery;
  bool has_delivery = next_delivery(play, &delivery);
  size_t first = 0;
  for (size_t i = 1; i < play->schedule_count; i++) {
    first = play->schedules[i].at_ms < play->schedules[first].at_ms ? i : first;
  }
  if (play->schedule_count > 0 && (!has_delivery || play->schedules[first].at_ms < delivery.at_ms)) {
    play_fire(play, first);
    return true;
  }
  if (!has_delivery) {
    return false;
  }
  play_drop_delivery(play, delivery.event);
  play->world.now_ms = delivery.at_ms > play->world.now_ms ? delivery.at_ms : play->world.now_ms;
  play_invoke(play, &delivery);
  free(delivery.event);
  return true;
}

/* ---- plays ---- */

/* With early wakes there is a poll each hour. */
static cJSON *make_environment(bool wakes) {
  cJSON *environment =
      cJSON_Parse("{\"AWS_REGION\":\"eu-west-1\",\"ARAZZO_CONTINUATION\":\"scheduler\",\"AWS_LAMBDA_FUNCTION_"
                  "VERSION\":\"7\",\"ARAZZO_SCHEDULER_ROLE_ARN\":\"arn:aws:iam::123456789012:role/s\","
                  "\"AWS_MAX_ATTEMPTS\":\"1\",\"ARAZZO_MAX_STATE_BYTES\":\"245760\"}");
  if (wakes) {
    cJSON_AddStringToObject(environment, "ARAZZO_EARLY_WAKE", "true");
    cJSON_AddStringToObject(environment, "ARAZZO_POLL_SECONDS", "3600");
  }
  return environment;
}

void play_open(struct play *play, const char *final, bool wakes) {
  struct configuration configuration;
  struct err e = {0};
  const char *error_name = NULL;
  *play = (struct play){.final = final, .dies_at = -1, .wakes = wakes, .function = FUNCTION};
  world_open(&play->world);
  play->environment = make_environment(wakes);
  play->world.environment = play->environment;
  play->documents = arena_new(MIB(256));
  assert_true(configuration_read(play->documents, &play->world.variables, &configuration, &e));
  configuration.document_path = SV(SHIPPED);
  struct platform platform = {.reader = document_file_reader(),
                              .environment = &play->world.variables,
                              .logger = &play->world.logger,
                              .transport = {.send = carry, .context = play},
                              .clock = world_clock(&play->world),
                              .entropy = world_entropy(),
                              .credentials = world_credentials(&play->world)};
  if (!handler_open(&play->handler, play->documents, &configuration, &platform, &error_name, &e)) {
    fail_msg("%s: %s", error_name, e.text);
  }
}

void play_close(struct play *play) {
  handler_close(&play->handler);
  cJSON_Delete(play->environment);
  world_close(&play->world);
  arena_drop(play->documents);
}

/* From a start event on, with the services as they were at first. */
void play_begin(struct play *play, long dies_at, bool dies_behind, enum doubling doubling) {
  play->dies_at = dies_at;
  play->dies_behind = dies_behind;
  play->doubling = doubling;
  play->requests = 0;
  play->creations = play->sends = play->gets = play->deletions = play->ends = 0;
  play->is_deleted = false;
  play->token[0] = '\0';
  play->world.now_ms = WORLD_START_MS;
  play->handler.memory = (struct engine_memory){.quota = {0}};
  play_arrive(play, play_start_event);
}

void play_go_to_the_end(struct play *play) {
  int count = 0;
  while (play_happen(play)) {
    assert_true(count++ < MOST_INVOCATIONS);
  }
}

void play_run(struct play *play, long dies_at, bool dies_behind, enum doubling doubling) {
  play_begin(play, dies_at, dies_behind, doubling);
  play_go_to_the_end(play);
}

void play_is_well(const struct play *play, long dies_at, bool behind, enum doubling doubling) {
  bool is_failed = strcmp(play->final, "FAILED") == 0;
  bool good = play->creations == 1 && play->deletions == is_failed && play->schedule_count == 0 && play->ends >= 1 &&
              strstr(play->result, "\"SUCCEEDED\"") && strstr(play->result, play->final);
  if (!good) {
    fail_msg("%s, dead at request %ld (%s), doubled %d: %d images, %d deletions, %zu schedules left, %d ends: %s",
             play->final, dies_at, behind ? "behind" : "before", doubling, play->creations, play->deletions,
             play->schedule_count, play->ends, play->result);
  }
}

/* An event comes once, without a retry. */
void play_deliver(struct play *play, const char *event) {
  struct one_delivery delivery = {play->world.now_ms, strdup(event), 0, true};
  play_invoke(play, &delivery);
  free(delivery.event);
}

void play_go_until_it_polls(struct play *play) {
  int count = 0;
  while (play->gets == 0 && play_happen(play)) {
    assert_true(count++ < MOST_INVOCATIONS);
  }
}

void play_clear(struct play *play) {
  while (play->schedule_count > 0) {
    play_remove_schedule(play, 0);
  }
}
