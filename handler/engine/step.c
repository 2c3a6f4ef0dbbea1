/* One step, as the specification tells it: guard, build the request, send it, read the response, judge it, take the outputs,
 * choose the transition, move on.
 *
 * What is not in the specification: a transient failure keeps the step and waits (a throttled poll must not end a run that
 * built an image for an hour); a request that may have been applied is sent again only when that is harmless; a DELETE is
 * sent only on a transition that the author wrote and that was positively evaluated. */
#include "step.h"

#include "arena.h"
#include "aws_error.h"
#include "credentials.h"
#include "errinfo.h"
#include "limits.h"
#include "logger.h"
#include "outcome.h"
#include "response.h"
#include "sb.h"
#include "service_message.h"
#include "sigv4.h"

/* One step under way. */
struct stepping {
  const struct engine *engine;
  struct run *run;
  enum delivery delivery;
  struct arena *arena;
  struct advance *out;
  struct step_request request;
  struct exchange exchange;
  struct response_body body;
  bool unknown;        /* a malformed body decides: nothing follows from the response */
  bool is_done_before; /* a DELETE counts as done although the answer says 404 or 410 */
  bool is_assumed;     /* a DELETE counts as done, though nothing says that it was sent before */
  bool may_repeat;     /* sending the request again does no harm */
  struct err *e;
};

const char *run_status_name(enum run_status status) {
  switch (status) {
  case RUN_RUNNING:
    return "RUNNING";
  case RUN_SUCCEEDED:
    return "SUCCEEDED";
  case RUN_FAILED:
    return "FAILED";
  }
  return "FAILED";
}

const char *run_error_name(enum run_error error) {
  switch (error) {
  case RUN_STEP_FAILED:
    return "Arazzo.StepFailed";
  case RUN_GUARD_EXCEEDED:
    return "Arazzo.GuardExceeded";
  case RUN_STATE_TOO_LARGE:
    return "Arazzo.StateTooLarge";
  case RUN_AMBIGUOUS_OUTCOME:
    return "Arazzo.AmbiguousOutcome";
  case RUN_RESPONSE_TOO_LARGE:
    return "Arazzo.ResponseTooLarge";
  }
  return "Arazzo.StepFailed";
}

/* Ends the run as failed; always true, since a failed run is an answer. */
static bool __attribute__((format(printf, 3, 4)))
fail(struct stepping *s, enum run_error error, const char *format, ...) {
  struct sb text = sb_new(s->arena, KIB(256));
  va_list args;
  va_start(args, format);
  sb_formatv(&text, format, args);
  va_end(args);
  s->out->status = RUN_FAILED;
  s->out->action = "fail";
  s->out->error = error;
  s->out->message = sb_view(&text);
  return true;
}

/* Ends the run with an error that was found while working on the step, unless it is one of this program. */
static bool fail_with(struct stepping *s, enum run_error error, const struct err *why) {
  if (why->code == ERR_MEMORY || why->code == ERR_INTERNAL) {
    return err_set(s->e, why->code, "%s", why->text);
  }
  return fail(s, error, "step %.*s: %s%s%s", SV_ARG(s->run->next->id), why->where, why->where[0] ? ": " : "",
              why->text);
}

/* ---- guards ---- */

static bool guard_holds(struct stepping *s) {
  const struct engine *engine = s->engine;
  int64_t seconds = (clock_wall_ms(&engine->clock) - s->run->started_ms) / 1000;
  if (s->run->steps_done >= engine->max_steps) {
    fail(s, RUN_GUARD_EXCEEDED,
         "the run has done %u steps, which is the limit (ARAZZO_MAX_STEPS); the next one would be %.*s",
         s->run->steps_done, SV_ARG(s->run->next->id));
    return false;
  }
  if (seconds >= engine->run_timeout_seconds) {
    fail(s, RUN_GUARD_EXCEEDED,
         "the run has taken %lld seconds; the limit is %lld (ARAZZO_RUN_TIMEOUT_SECONDS); the next step would be %.*s",
         (long long)seconds, (long long)engine->run_timeout_seconds, SV_ARG(s->run->next->id));
    return false;
  }
  return true;
}

/* ---- sending ---- */

static bool sign(void *context, struct arena *arena, struct http_request *request, struct err *e) {
  const struct stepping *s = context;
  const struct endpoint *endpoint = &s->request.endpoint;
  struct sigv4_result result;
  struct sigv4_settings settings = {
      .region = endpoint->region,
      .service = endpoint->service,
      .time_ms = clock_wall_ms(&s->engine->clock),
      .normalize_path = !sv_eq(endpoint->service, SV("s3")),
      .double_encode_path = !sv_eq(endpoint->service, SV("s3")),
      .sign_body = true,
  };
  if (endpoint->service.len == 0) {
    return true;
  }
  return credentials_from_environment(s->engine->environment, &settings.credentials, e) &&
         sigv4_sign(arena, request, &settings, &result, e);
}

/* A page of something in between is never an answer; a malformed body is one as long as nothing reads it. */
static bool is_usable(const struct stepping *s) {
  return s->body.why.code == ERR_NONE || (!s->body.is_page && !s->run->next->reads_body);
}

static bool accept(void *context, struct arena *arena, const struct http_response *response, bool *accepted,
                   struct err *e) {
  struct stepping *s = context;
  bool good = response_read(arena, s->run->next, response, &s->body, e);
  *accepted = good && (response->status >= 300 || is_usable(s));
  return good;
}

static bool send_request(struct stepping *s, int64_t deadline_ms, struct err *why) {
  struct retry_policy policy = {
      .max_attempts = s->engine->max_attempts,
      .deadline_ms = deadline_ms - LIMIT_DEADLINE_MARGIN_MS,
      .may_repeat = s->may_repeat,
      .accept = accept,
  };
  s->out->url = s->request.http.url;
  bool good = retry_send(&s->engine->transport, &policy, &s->engine->clock, &s->engine->entropy, s->arena,
                         &s->request.http, sign, s, &s->exchange, why);
  s->out->sent = s->exchange.attempts > 0;
  s->out->attempts = s->exchange.attempts;
  s->out->duration_us = s->exchange.duration_us;
  return good;
}

static bool has_response(const struct stepping *s) {
  return s->exchange.failure == NULL;
}

static void note_response(struct stepping *s) {
  static const char *const names[] = {"x-amzn-RequestId", "x-amz-request-id", "x-request-id"};
  const struct http_response *response = &s->exchange.response;
  struct err ignored;
  err_clear(&ignored);
  s->out->status_code = response->status;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (http_header_get(&response->headers, sv_from(names[i]), &s->out->request_id)) {
      break;
    }
  }
  if (response->status >= 400) {
    aws_error_type(s->arena, response, &s->out->aws_error_type, &ignored);
  }
}

/* ---- transient failures ---- */

/* A text that says what happened to the last request. */
static sv describe_exchange(struct stepping *s) {
  struct sb text = sb_new(s->arena, KIB(16));
  if (!has_response(s)) {
    err_write(s->exchange.failure, &text);
  } else if (s->unknown) {
    sb_format(&text, "status %d, but the answer can't be evaluated: %s", s->out->status_code,
              s->body.why.code ? s->body.why.text : "what the step's criteria read is not there");
  } else {
    sv message = s->request.endpoint.service.len ? service_message(s->engine->environment, s->run->scope) : SV("");
    sb_format(&text, "status %d%s%.*s%s%.*s", s->out->status_code, s->out->aws_error_type.len ? " " : "",
              SV_ARG(s->out->aws_error_type), message.len ? ": " : "", SV_ARG(message));
  }
  return sb_view(&text);
}

static bool may_be_applied(const struct stepping *s) {
  return s->exchange.ambiguous || s->unknown;
}

static bool fail_ambiguous(struct stepping *s) {
  return fail(s, RUN_AMBIGUOUS_OUTCOME,
              "step %.*s: %.*s. The request may have been carried out, and %.*s without an idempotency token can't be "
              "sent again safely; look at the resource before you start another run",
              SV_ARG(s->run->next->id), SV_ARG(describe_exchange(s)), SV_ARG(s->request.http.method));
}

static int64_t seconds_of(int64_t ms) {
  int64_t seconds = ms < 0 ? 0 : (ms + 999) / 1000;
  return seconds < LIMIT_WAIT_SECONDS_MAX ? seconds : LIMIT_WAIT_SECONDS_MAX;
}

/* Keeps the step and asks for a wait; used up, the step has failed. */
static bool wait_and_keep(struct stepping *s) {
  struct run *run = s->run;
  if (may_be_applied(s) && !s->may_repeat) {
    return fail_ambiguous(s);
  }
  if (run->waits >= LIMIT_DURABLE_RETRIES) {
    bool too_large = !has_response(s) && s->exchange.failure->code == ERR_LIMIT;
    return fail(s, too_large ? RUN_RESPONSE_TOO_LARGE : RUN_STEP_FAILED,
                "step %.*s failed, and %d waits did not mend it: %.*s", SV_ARG(run->next->id), LIMIT_DURABLE_RETRIES,
                SV_ARG(describe_exchange(s)));
  }
  int64_t asked = seconds_of(s->exchange.retry_after_ms);
  run->waits++;
  run->maybe_sent = run->maybe_sent || may_be_applied(s);
  s->out->status = RUN_RUNNING;
  s->out->action = "wait";
  s->out->wait_seconds = asked > s->engine->poll_seconds ? asked : s->engine->poll_seconds;
  LOG(s->engine->logger, LOG_WARN, "transient failure, the step is kept", log_text("runId", run->id),
      log_text("stepId", run->next->id), log_text("cause", describe_exchange(s)), log_integer("waits", run->waits));
  return true;
}

/* A run that has done something is not given up because a sandbox's credentials ran out: the next one has fresh ones. */
static bool may_get_fresh_credentials(const struct stepping *s) {
  return aws_error_kind(s->out->aws_error_type) == AWS_ERROR_EXPIRED &&
         json_first(json_get(s->run->scope, SV("steps")));
}

static bool is_transient(const struct stepping *s) {
  switch (s->exchange.outcome) {
  case ATTEMPT_ANSWERED:
    return s->unknown || may_get_fresh_credentials(s);
  case ATTEMPT_THROTTLED:
  case ATTEMPT_TRANSIENT:
  case ATTEMPT_NOT_SENT:
  case ATTEMPT_LOST:
  case ATTEMPT_FATAL:
    return true;
  }
  return true;
}

/* ---- transitions ---- */

/* The list's order alone never leads to a DELETE: not when the step's own actions were meant to decide and none of them did,
 * and not when the step's success is only assumed. */
static const struct step *fallen_into_delete(const struct stepping *s, const struct transition *transition) {
  bool is_undecided = s->run->next->on_success.count > 0 || s->is_assumed;
  return transition->kind == TRANSITION_NEXT && is_undecided ? outcome_deletion_from(transition->target) : NULL;
}

static bool count_retry(struct stepping *s, const struct action *action) {
  unsigned count = outcome_retries(s->run, action) + 1;
  return json_set(s->arena, s->run->retries, action->name, json_new_integer(s->arena, count)) || err_memory(s->e);
}

static int64_t retry_wait(const struct stepping *s, const struct action *action) {
  /* Arazzo 1.1.0, Failure Action Object: a Retry-After response header SHOULD overrule retryAfter. */
  if (s->exchange.retry_after_ms >= 0) {
    return seconds_of(s->exchange.retry_after_ms);
  }
  return action->retry_after_seconds < 0 ? s->engine->poll_seconds
                                         : seconds_of((int64_t)(action->retry_after_seconds * 1000));
}

static bool take_retry(struct stepping *s, const struct transition *transition) {
  if (may_be_applied(s) && !s->may_repeat) {
    return fail_ambiguous(s);
  }
  s->out->status = RUN_RUNNING;
  s->out->action = "retry";
  s->out->wait_seconds = retry_wait(s, transition->action);
  s->run->maybe_sent = s->run->maybe_sent || may_be_applied(s);
  return count_retry(s, transition->action);
}

static bool move_to(struct stepping *s, const struct step *target) {
  bool is_repetition = target == s->run->next && !s->out->success;
  if (is_repetition && may_be_applied(s) && !s->may_repeat) {
    return fail_ambiguous(s);
  }
  bool maybe_sent = is_repetition && (s->run->maybe_sent || may_be_applied(s));
  s->out->status = RUN_RUNNING;
  s->out->wait_seconds = run_has_run(s->run, target) ? s->engine->poll_seconds : 0;
  if (!run_go_to(s->run, s->arena, target, s->e)) {
    return false;
  }
  s->run->maybe_sent = maybe_sent;
  return true;
}

static bool take(struct stepping *s, const struct transition *transition) {
  switch (transition->kind) {
  case TRANSITION_NEXT:
  case TRANSITION_GOTO:
    s->out->action = transition->kind == TRANSITION_NEXT ? "next" : "goto";
    if (transition->target) {
      return move_to(s, transition->target);
    }
    s->out->action = "end";
    s->out->status = RUN_SUCCEEDED;
    return true;
  case TRANSITION_END:
    s->out->action = "end";
    s->out->status = RUN_SUCCEEDED;
    return true;
  case TRANSITION_RETRY:
    return take_retry(s, transition);
  case TRANSITION_NONE:
    return fail(s, RUN_STEP_FAILED, "step %.*s failed: %.*s", SV_ARG(s->run->next->id), SV_ARG(describe_exchange(s)));
  }
  return err_set(s->e, ERR_INTERNAL, "an unknown transition");
}

/* ---- judging ---- */

static bool after_success(struct stepping *s, const struct scope *scope);

/* The resource of a DELETE is not there (any more). */
static bool is_gone(const struct stepping *s) {
  return (s->out->status_code == 404 || s->out->status_code == 410) &&
         sv_eq(s->run->next->operation->method, SV("DELETE"));
}

/* An earlier delivery, or try, may have sent this request. */
static bool is_known_repetition(const struct stepping *s) {
  return s->run->maybe_sent || s->delivery == DELIVERY_REPEATED || s->exchange.ambiguous;
}

/* A DELETE counts as done when what it deletes is gone because it was sent before. */
static bool assume_deleted(struct stepping *s, const struct scope *scope) {
  struct scope assumed = *scope;
  assumed.response_malformed = assumed.response_is_text = false;
  s->is_done_before = true;
  s->is_assumed = !is_known_repetition(s);
  return response_assume_deleted(s->arena, s->run, s->e) && after_success(s, &assumed);
}

/* The response can't be evaluated: it is treated as if it had not come. */
static bool after_unknown(struct stepping *s) {
  s->unknown = true;
  return wait_and_keep(s);
}

static bool after_failure(struct stepping *s, const struct scope *scope) {
  struct transition transition;
  bool unknown = false;
  struct err why;
  err_clear(&why);
  if (!outcome_after_failure(s->run, scope, s->arena, &transition, &unknown, &why)) {
    return fail_with(s, RUN_STEP_FAILED, &why);
  }
  if ((unknown || transition.kind == TRANSITION_NONE) && is_transient(s)) {
    return wait_and_keep(s);
  }
  if (transition.kind == TRANSITION_NONE && !unknown && is_gone(s) && s->delivery == DELIVERY_UNKNOWN) {
    /* The author says nothing of this case, and nobody knows whether it is the first delivery. */
    return assume_deleted(s, scope);
  }
  bool sure = true;
  if (!unknown &&
      !outcome_is_sure(s->run, scope, s->arena, s->out->status_code, VERDICT_FAILS, &transition, &sure, &why)) {
    return fail_with(s, RUN_STEP_FAILED, &why);
  }
  if (!sure) {
    return after_unknown(s);
  }
  if (unknown) {
    return fail(s, RUN_STEP_FAILED, "step %.*s failed, and its failure actions can't be evaluated: %.*s",
                SV_ARG(s->run->next->id), SV_ARG(describe_exchange(s)));
  }
  if (!run_has_run(s->run, s->run->next) &&
      !run_set_outputs(s->run, s->arena, s->run->next, json_new_object(s->arena), s->e)) {
    return false;
  }
  return take(s, &transition);
}

/* Puts back what the step's outputs were before it ran: nothing followed from its response. */
static bool restore_outputs(struct stepping *s, json *before, struct err *why) {
  json *steps = json_get(s->run->scope, SV("steps"));
  if (!before) {
    json_remove(steps, s->run->next->id);
    return true;
  }
  return json_set(s->arena, steps, s->run->next->id, before) || err_memory(why);
}

/* Actions are chosen with the step's new outputs in place: they may read them. */
static bool choose_after_success(struct stepping *s, const struct scope *scope, json *outputs,
                                 struct transition *transition, bool *unknown, struct err *why) {
  const json *entry = json_get(json_get(s->run->scope, SV("steps")), s->run->next->id);
  json *before = json_copy(s->arena, entry);
  if ((entry && !before) || !run_set_outputs(s->run, s->arena, s->run->next, outputs, s->e)) {
    return err_memory(why);
  }
  bool sure = true;
  if (!outcome_after_success(s->run, scope, s->arena, transition, unknown, why)) {
    return false;
  }
  if (!*unknown && !s->is_done_before &&
      !outcome_is_sure(s->run, scope, s->arena, s->out->status_code, VERDICT_HOLDS, transition, &sure, why)) {
    return false;
  }
  *unknown = *unknown || !sure;
  return !*unknown || restore_outputs(s, before, why);
}

static bool after_success(struct stepping *s, const struct scope *scope) {
  struct transition transition;
  json *outputs = NULL;
  bool unknown = false;
  struct err why;
  err_clear(&why);
  if (!outcome_outputs(s->run->next, scope, s->arena, &outputs, &unknown, &why)) {
    return fail_with(s, RUN_STEP_FAILED, &why);
  }
  if (!unknown && !choose_after_success(s, scope, outputs, &transition, &unknown, &why)) {
    return fail_with(s, RUN_STEP_FAILED, &why);
  }
  if (unknown) {
    return after_unknown(s);
  }
  s->out->success = true;
  const struct step *deletion = fallen_into_delete(s, &transition);
  if (deletion) {
    return fail(s, RUN_STEP_FAILED,
                "step %.*s: %s, and the list of steps leads from it to %.*s, which sends DELETE. Nothing is deleted by "
                "default: write a 'goto' action for the case in which it is meant",
                SV_ARG(s->run->next->id),
                s->is_assumed ? "its resource is not there" : "none of its success actions applies",
                SV_ARG(deletion->id));
  }
  return take(s, &transition);
}

/* The response as the scope of all that is evaluated; without one, nothing can be said of it. */
static bool describe_response(struct stepping *s, struct scope *scope) {
  *scope = (struct scope){.root = s->run->scope, .response_missing = !has_response(s)};
  if (!has_response(s)) {
    return true;
  }
  /* Answers below 400 were read by accept(). */
  bool is_read = s->out->status_code < 400;
  if ((!is_read && !response_read(s->arena, s->run->next, &s->exchange.response, &s->body, s->e)) ||
      !response_describe(s->arena, s->run, &s->exchange.response, &s->body, s->e)) {
    return false;
  }
  scope->response_malformed = s->body.why.code != ERR_NONE;
  scope->response_is_text = s->body.is_text;
  return true;
}

static bool judge_response(struct stepping *s, const struct scope *scope) {
  enum verdict verdict = VERDICT_UNKNOWN;
  struct err why;
  err_clear(&why);
  if (s->out->status_code < 300 && !is_usable(s)) {
    return after_unknown(s);
  }
  if (!outcome_judge(s->run->next, scope, s->arena, s->out->status_code, &verdict, &why)) {
    return fail_with(s, RUN_STEP_FAILED, &why);
  }
  switch (verdict) {
  case VERDICT_HOLDS:
    return after_success(s, scope);
  case VERDICT_FAILS:
    return after_failure(s, scope);
  case VERDICT_UNKNOWN:
    return after_unknown(s);
  }
  return err_set(s->e, ERR_INTERNAL, "an unknown verdict");
}

static bool judge(struct stepping *s) {
  struct scope scope;
  if (!describe_response(s, &scope)) {
    return false;
  }
  if (s->exchange.attempts == 0) {
    return wait_and_keep(s); /* nothing was sent: there is no failure of the service to decide about */
  }
  if (!has_response(s)) {
    return after_failure(s, &scope);
  }
  if (is_gone(s) && is_known_repetition(s)) {
    return assume_deleted(s, &scope);
  }
  return judge_response(s, &scope);
}

/* A repeated delivery of a request that can't be sent twice: what the first one did is not known. */
static bool is_unsafe_repetition(const struct stepping *s) {
  return s->delivery == DELIVERY_REPEATED && !s->may_repeat;
}

bool step_run(const struct engine *engine, struct run *run, enum delivery delivery, int64_t deadline_ms,
              struct arena *arena, struct advance *out, struct err *e) {
  struct stepping s = {.engine = engine, .run = run, .delivery = delivery, .arena = arena, .out = out, .e = e};
  struct err why;
  err_clear(&why);
  *out = (struct advance){.step = run->next};
  s.exchange.retry_after_ms = -1;
  if (!guard_holds(&s)) {
    return true;
  }
  run->steps_done++;
  if (!request_build(arena, run, &engine->endpoints, &engine->tokens, &s.request, &why)) {
    return fail_with(&s, RUN_STEP_FAILED, &why);
  }
  s.may_repeat = s.request.carries_token || http_method_is_idempotent(s.request.http.method);
  if (is_unsafe_repetition(&s)) {
    return fail(&s, RUN_AMBIGUOUS_OUTCOME,
                "step %.*s: this event was delivered before, and %.*s without an idempotency token can't be sent again "
                "safely; look at the resource before you start another run",
                SV_ARG(run->next->id), SV_ARG(s.request.http.method));
  }
  if (!send_request(&s, deadline_ms, &why)) {
    return fail_with(&s, RUN_STEP_FAILED, &why);
  }
  if (has_response(&s)) {
    note_response(&s);
  }
  return judge(&s);
}
