/* The five operations that scheduler mode needs: REST with JSON. The group is part of the body of what creates and updates, else of the
 * query. What Scheduler writes in its messages is not repeated, only the type of an error. */
#include "scheduler.h"

#include "arena.h"
#include "clock.h"
#include "errinfo.h"
#include "json.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"

static const struct aws_client_service service = {{"scheduler", 9}, "AWS_ENDPOINT_URL_SCHEDULER"};

/* One request, and what it may be answered with. */
struct operation_call {
  const char *permission; /* that the operation needs, and on what */
  sv method;
  sv path;
  sv body; /* empty: none */
};

/* ---- sending ---- */

static bool judge(const struct scheduler *scheduler, struct arena *arena, const struct operation_call *call,
                  const struct http_response *response, enum scheduler_answer *out, struct err *e) {
  sv type;
  *out = SCHEDULER_DONE;
  if (response->status == 200) {
    return true;
  }
  if (!aws_client_read_error(&scheduler->client, arena, response, &type, e)) {
    return false;
  }
  if (sv_eq(type, SV("ConflictException"))) {
    *out = SCHEDULER_CONFLICT;
    return true;
  }
  if (sv_eq(type, SV("ResourceNotFoundException"))) {
    *out = SCHEDULER_MISSING;
    return true;
  }
  return err_set(
      e, ERR_UNRESOLVED,
      "it answered with status %d%s%.*s; look at ARAZZO_SCHEDULER_GROUP and ARAZZO_SCHEDULER_ROLE_ARN, and allow %s",
      response->status, type.len ? " " : "", SV_ARG(type), call->permission);
}

static bool send(const struct scheduler *scheduler, struct arena *arena, const struct operation_call *call,
                 int64_t deadline_ms, struct http_response *response, enum scheduler_answer *out, struct err *e) {
  struct aws_call request = {.service = &service,
                             .region = scheduler->region,
                             .method = call->method,
                             .path = call->path,
                             .content_type = SV("application/json"),
                             .body = call->body,
                             .deadline_ms = deadline_ms};
  return (aws_client_send(&scheduler->client, arena, &request, response, e) &&
          judge(scheduler, arena, call, response, out, e)) ||
         err_in(e, "EventBridge Scheduler");
}

/* ---- creating and updating ---- */

/* "at(2026-11-22T02:00:00)". A part of a second is the next whole one: a time that has passed is refused. */
static json *at_expression(struct arena *arena, int64_t at_ms) {
  struct sb text = sb_new(arena, KIB(1));
  struct clock_utc utc = clock_utc_from((at_ms + 999) / 1000 * 1000);
  sb_format(&text, "at(%04d-%02d-%02dT%02d:%02d:%02d)", utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second);
  return json_new_string(arena, sb_view(&text));
}

static bool set_text(struct arena *arena, json *object, const char *name, sv text) {
  return text.len == 0 || json_set(arena, object, sv_from(name), json_new_string(arena, text));
}

static bool set_retries(struct arena *arena, json *target) {
  json *policy = json_new_object(arena);
  return json_set(arena, policy, SV("MaximumEventAgeInSeconds"),
                  json_new_integer(arena, LIMIT_SCHEDULE_DELIVERY_SECONDS)) &&
         json_set(arena, policy, SV("MaximumRetryAttempts"), json_new_integer(arena, LIMIT_SCHEDULE_DELIVERIES)) &&
         json_set(arena, target, SV("RetryPolicy"), policy);
}

static bool set_dead_letters(const struct scheduler *scheduler, struct arena *arena, json *target) {
  json *letters = json_new_object(arena);
  return scheduler->dead_letter_arn.len == 0 || (set_text(arena, letters, "Arn", scheduler->dead_letter_arn) &&
                                                 json_set(arena, target, SV("DeadLetterConfig"), letters));
}

static bool set_target(const struct scheduler *scheduler, struct arena *arena, const struct schedule *schedule,
                       json *root) {
  json *target = json_new_object(arena);
  return set_text(arena, target, "Arn", schedule->function_arn) &&
         set_text(arena, target, "RoleArn", scheduler->role_arn) && set_text(arena, target, "Input", schedule->input) &&
         set_retries(arena, target) && set_dead_letters(scheduler, arena, target) &&
         json_set(arena, root, SV("Target"), target);
}

static bool make_body(const struct scheduler *scheduler, struct arena *arena, const struct schedule *schedule, sv *out,
                      struct err *e) {
  struct sb text = sb_new(arena, 2 * LIMIT_SCHEDULE_INPUT_BYTES + KIB(8));
  json *root = json_new_object(arena);
  json *window = json_new_object(arena);
  bool good = set_text(arena, root, "GroupName", scheduler->group) &&
              json_set(arena, root, SV("ScheduleExpression"), at_expression(arena, schedule->at_ms)) &&
              set_text(arena, root, "ScheduleExpressionTimezone", SV("UTC")) &&
              set_text(arena, window, "Mode", SV("OFF")) && json_set(arena, root, SV("FlexibleTimeWindow"), window) &&
              set_text(arena, root, "ActionAfterCompletion", SV("DELETE")) &&
              set_text(arena, root, "ClientToken", schedule->client_token) &&
              set_text(arena, root, "KmsKeyArn", scheduler->kms_key_arn) &&
              set_target(scheduler, arena, schedule, root);
  json_write(&text, root);
  return good ? sb_finish(&text, "a schedule", out, e) : err_memory(e);
}

static bool name_path(struct arena *arena, sv name, sv *out, struct err *e) {
  struct sb path = sb_new(arena, KIB(1));
  sb_put(&path, SV("/schedules/"));
  percent_put(&path, name, "");
  return sb_finish(&path, "the path of a schedule", out, e);
}

static bool put(const struct scheduler *scheduler, struct arena *arena, const struct schedule *schedule,
                struct operation_call *call, int64_t deadline_ms, enum scheduler_answer *out, struct err *e) {
  struct http_response response;
  if (schedule->input.len > LIMIT_SCHEDULE_INPUT_BYTES) {
    return err_set(e, ERR_LIMIT, "the run's state is too large for a schedule: %zu bytes; the limit is %zu",
                   schedule->input.len, LIMIT_SCHEDULE_INPUT_BYTES);
  }
  return name_path(arena, schedule->name, &call->path, e) && make_body(scheduler, arena, schedule, &call->body, e) &&
         send(scheduler, arena, call, deadline_ms, &response, out, e);
}

bool scheduler_create(const struct scheduler *scheduler, struct arena *arena, const struct schedule *schedule,
                      int64_t deadline_ms, enum scheduler_answer *out, struct err *e) {
  struct operation_call call = {.permission =
                                    "scheduler:CreateSchedule on the group's schedules, and iam:PassRole for that role",
                                .method = SV("POST")};
  return put(scheduler, arena, schedule, &call, deadline_ms, out, e);
}

bool scheduler_update(const struct scheduler *scheduler, struct arena *arena, const struct schedule *schedule,
                      int64_t deadline_ms, enum scheduler_answer *out, struct err *e) {
  struct operation_call call = {.permission =
                                    "scheduler:UpdateSchedule on the group's schedules, and iam:PassRole for that role",
                                .method = SV("PUT")};
  return put(scheduler, arena, schedule, &call, deadline_ms, out, e);
}

/* ---- one schedule by its name ---- */

static bool named_path(const struct scheduler *scheduler, struct arena *arena, sv name, sv *out, struct err *e) {
  struct sb path = sb_new(arena, KIB(1));
  sb_put(&path, SV("/schedules/"));
  percent_put(&path, name, "");
  sb_put(&path, SV("?groupName="));
  percent_put(&path, scheduler->group, "");
  return sb_finish(&path, "the path of a schedule", out, e);
}

bool scheduler_delete(const struct scheduler *scheduler, struct arena *arena, sv name, int64_t deadline_ms,
                      enum scheduler_answer *out, struct err *e) {
  struct operation_call call = {.permission = "scheduler:DeleteSchedule on the group's schedules",
                                .method = SV("DELETE")};
  struct http_response response;
  return named_path(scheduler, arena, name, &call.path, e) &&
         send(scheduler, arena, &call, deadline_ms, &response, out, e);
}

static bool read_body(struct arena *arena, sv body, json **out, struct err *e) {
  struct err why;
  err_clear(&why);
  if (json_parse(arena, body, out, &why)) {
    return true;
  }
  return why.code == ERR_MEMORY ? err_memory(e) : err_set(e, ERR_NETWORK, "EventBridge Scheduler's answer is not JSON");
}

bool scheduler_get(const struct scheduler *scheduler, struct arena *arena, sv name, int64_t deadline_ms, sv *input,
                   enum scheduler_answer *out, struct err *e) {
  struct operation_call call = {.permission = "scheduler:GetSchedule on the group's schedules", .method = SV("GET")};
  struct http_response response;
  json *root = NULL;
  if (!named_path(scheduler, arena, name, &call.path, e) ||
      !send(scheduler, arena, &call, deadline_ms, &response, out, e)) {
    return false;
  }
  if (*out != SCHEDULER_DONE) {
    return true;
  }
  if (!read_body(arena, response.body, &root, e)) {
    return false;
  }
  *input = json_string(json_get(json_get(root, SV("Target")), SV("Input")));
  return input->len || err_set(e, ERR_INVALID, "the schedule %.*s has no input", SV_ARG(name));
}

/* ---- listing ---- */

static bool list_path(const struct scheduler *scheduler, struct arena *arena, sv prefix, sv token, sv *out,
                      struct err *e) {
  struct sb path = sb_new(arena, KIB(8));
  sb_put(&path, SV("/schedules?NamePrefix="));
  percent_put(&path, prefix, "");
  if (token.len) {
    sb_put(&path, SV("&NextToken="));
    percent_put(&path, token, "");
  }
  sb_put(&path, SV("&ScheduleGroup="));
  percent_put(&path, scheduler->group, "");
  return sb_finish(&path, "the path of a list of schedules", out, e);
}

/* As many as there is room for. */
static bool take_names(const json *root, struct schedule_names *out, struct err *e) {
  const json *schedules = json_get(root, SV("Schedules"));
  if (!schedules || json_type(schedules) != JSON_ARRAY) {
    return err_set(e, ERR_NETWORK, "EventBridge Scheduler's answer is no list of schedules");
  }
  for (const json *item = json_first(schedules); item && out->is_all; item = item->next) {
    out->is_all = out->count < LIMIT_SCHEDULE_NAMES;
    if (out->is_all) {
      out->items[out->count++] = json_string(json_get(item, SV("Name")));
    }
  }
  return true;
}

/* One page; its names, and the token of the next one. */
static bool list_page(const struct scheduler *scheduler, struct arena *arena, sv prefix, int64_t deadline_ms, sv *token,
                      json **root, struct err *e) {
  struct operation_call call = {.permission = "scheduler:ListSchedules on all resources ('*')", .method = SV("GET")};
  struct http_response response;
  enum scheduler_answer answer = SCHEDULER_DONE;
  if (!list_path(scheduler, arena, prefix, *token, &call.path, e) ||
      !send(scheduler, arena, &call, deadline_ms, &response, &answer, e)) {
    return false;
  }
  if (answer != SCHEDULER_DONE) {
    return err_set(e, ERR_UNRESOLVED, "there is no schedule group '%.*s' (ARAZZO_SCHEDULER_GROUP)",
                   SV_ARG(scheduler->group));
  }
  if (!read_body(arena, response.body, root, e)) {
    return false;
  }
  *token = json_string(json_get(*root, SV("NextToken")));
  return true;
}

bool scheduler_list(const struct scheduler *scheduler, struct arena *arena, sv prefix, int64_t deadline_ms,
                    struct schedule_names *out, struct err *e) {
  sv token = SV("");
  *out = (struct schedule_names){.is_all = true};
  for (int page = 0; page < LIMIT_SCHEDULE_PAGES; page++) {
    json *root = NULL;
    if (!list_page(scheduler, arena, prefix, deadline_ms, &token, &root, e) || !take_names(root, out, e)) {
      return false;
    }
    if (token.len == 0 || !out->is_all) {
      return true;
    }
  }
  return err_set(e, ERR_UNRESOLVED, "the list of schedules with one prefix has more than %d pages",
                 LIMIT_SCHEDULE_PAGES);
}
