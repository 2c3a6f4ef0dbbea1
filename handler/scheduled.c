/* An invocation in scheduler mode: claim, step, hand on. What fails on the way, before or behind the step, is a Lambda error, so
 * that alarms see it: Lambda repeats the event, which finds the claim, or makes it anew; and the claim's lease repeats the step. */
#include "scheduled.h"

#include "arena.h"
#include "continuation.h"
#include "entropy.h"
#include "errinfo.h"
#include "limits.h"
#include "logger.h"
#include "reply.h"
#include "sb.h"
#include "state.h"
#include "wake.h"

#define TOO_LATE_SECONDS 3600 /* a pointer outlasts its run by this */

/* ---- the function's own name ---- */

/* The ARN that it was invoked by without what qualifies it, and with the version that runs: a run ends on the code that it began with. */
static bool name_function(const struct invocation *in, sv *home, sv *out, struct err *e) {
  sv version = in->handler->configuration.function_version;
  sv arn = in->call->function_arn;
  struct sb text = sb_new(in->arena, KIB(2));
  size_t end = 0;
  for (int colons = 0; end < arn.len && colons < 7; end++) {
    colons += arn.ptr[end] == ':';
  }
  bool is_qualified = end < arn.len || (arn.len && arn.ptr[arn.len - 1] == ':');
  if (arn.len == 0) {
    return err_set(e, ERR_INVALID, "ARAZZO_CONTINUATION is 'scheduler', but Lambda did not tell the function's ARN");
  }
  *home = is_qualified ? sv_slice(arn, 0, end - 1) : arn;
  sb_put(&text, *home);
  if (version.len && !sv_eq(version, SV("$LATEST"))) {
    sb_format(&text, ":%.*s", SV_ARG(version));
  }
  return sb_finish(&text, "the function's ARN", out, e);
}

/* ---- the chain ---- */

static bool make_token(const struct invocation *in, sv *out, struct err *e) {
  struct sb token = sb_new(in->arena, KIB(1));
  entropy_put_id(&in->handler->engine.entropy, &token);
  return sb_finish(&token, "a client token", out, e);
}

/* Of the run that the event is about; with `run` NULL that is one that is over, or not known. */
static bool open_chain(const struct invocation *in, const struct run *run, struct chain *out, struct err *e) {
  *out = (struct chain){
      .scheduler = &in->handler->scheduler,
      .arena = in->arena,
      .logger = in->handler->engine.logger,
      .run = run,
      .run_id = run ? run->id : in->event.run_id,
      .place = in->event.place,
      .deadline_ms = in->call->deadline_ms,
  };
  return name_function(in, &out->home, &out->function_arn, e) && make_token(in, &out->client_token, e) &&
         (out->run_id.len == 0 || chain_key(out, out->run_id, &out->key, e));
}

static bool claim(struct invocation *in, const struct chain *chain, enum claim *out) {
  json *state = NULL;
  return state_write(&in->run, in->arena, in->handler->configuration.max_state_bytes, &state, in->e) &&
         chain_claim(chain, state, out, in->e);
}

/* If the run ended with this event, whoever waits for its result may not have got it from the delivery that did the step. */
static bool answer_duplicate(struct invocation *in, const struct chain *chain, enum claim claim, sv *response) {
  *response = SV("");
  if (claim == CLAIM_TAKEN && !chain_result(chain, response, in->e)) {
    return false;
  }
  LOG(in->handler->engine.logger, LOG_INFO, "another delivery of this event did its step",
      log_text("claim", claim == CLAIM_LATE ? SV("late") : SV("taken")));
  in->is_without_step = true;
  return response->len || reply_write_duplicate(&in->run, in->arena, response, in->e);
}

/* ---- behind the step ---- */

/* Without a pointer the run waits as long as it would. */
static void make_pointer(const struct invocation *in, struct chain *chain) {
  const struct configuration *configuration = &in->handler->configuration;
  int64_t end_ms = in->run.started_ms + (configuration->run_timeout_seconds + TOO_LATE_SECONDS) * 1000;
  struct err e;
  err_clear(&e);
  if (configuration->wakes_early && in->advance.is_poll && !wake_point(chain, in->advance.url, end_ms, &e)) {
    LOG(in->handler->engine.logger, LOG_WARN, "events can't wake this run", log_text("error", sv_from(e.text)));
  }
}

static bool hand_on(struct invocation *in, struct chain *chain, json *state, bool *is_late, sv *response) {
  make_pointer(in, chain);
  if (chain_hand_on(chain, state, in->advance.wait_seconds, in->advance.is_poll, is_late, in->e)) {
    return true;
  }
  if (in->e->code != ERR_LIMIT) {
    return false;
  }
  sv why = sv_copy(in->arena, sv_from(in->e->text));
  err_clear(in->e);
  return reply_write_failure(&in->run, &in->advance, RUN_STATE_TOO_LARGE, why, in->masking, in->arena, response, in->e);
}

/* A step that was done again, as nobody could know that this delivery came late, decides nothing. */
static bool go_on(struct invocation *in, struct chain *chain, json *state, sv *response) {
  bool is_late = false;
  if ((in->advance.status == RUN_RUNNING && !hand_on(in, chain, state, &is_late, response)) ||
      (in->advance.status != RUN_RUNNING && !chain_end(chain, *response, &is_late, in->e))) {
    return false;
  }
  return !is_late || answer_duplicate(in, chain, CLAIM_LATE, response);
}

bool scheduled_step(struct invocation *in, sv *response) {
  enum claim claimed = CLAIM_TAKEN;
  struct chain chain;
  json *state = NULL;
  in->error_name = "Arazzo.ContinuationFailed";
  if (!open_chain(in, &in->run, &chain, in->e) || !claim(in, &chain, &claimed)) {
    return false;
  }
  if (claimed != CLAIM_OURS) {
    return answer_duplicate(in, &chain, claimed, response);
  }
  return invocation_step(in, &state, response) && go_on(in, &chain, state, response);
}

/* ---- events without a step ---- */

/* What is left of it: pointers, and what an invocation could not delete. */
static void sweep(const struct invocation *in) {
  struct chain chain;
  struct err e;
  err_clear(&e);
  if (!open_chain(in, NULL, &chain, &e) || !wake_forget(&chain, &e) || !chain_sweep(&chain, &e)) {
    LOG(in->handler->engine.logger, LOG_WARN, "a schedule of a run that is over could not be deleted",
        log_text("error", sv_from(e.text)));
  }
}

bool scheduled_over(struct invocation *in, bool is_woken, sv *response) {
  struct sb text = sb_new(in->arena, LIMIT_RESPONSE_BYTES);
  in->is_without_step = true;
  if (is_woken && in->event.result) {
    json_write(&text, in->event.result);
    return sb_finish(&text, "the run's result", response, in->e);
  }
  bool is_pointer = in->event.place.sequence == 0;
  if (!is_woken && !is_pointer) {
    sweep(in);
  }
  return reply_write_ignored(SV("the run is over"), in->arena, response, in->e);
}

bool scheduled_wake(struct invocation *in, bool *is_woken) {
  const json *resources = in->event.resources;
  struct chain chain;
  sv input;
  *is_woken = false;
  in->error_name = "Arazzo.ContinuationFailed";
  if (!resources) {
    return true;
  }
  if (!open_chain(in, NULL, &chain, in->e) || !wake_find(&chain, resources, &input, in->e)) {
    return false;
  }
  *is_woken = input.len > 0;
  return !*is_woken || event_read(in->arena, input, false, &in->event, in->e);
}

/* ---- settings ---- */

static bool is_arn_of(sv text, sv part) {
  return sv_starts(text, SV("arn:")) && sv_contains(text, part);
}

static bool check_arn(const char *name, sv value, sv part, const char *what, struct err *e) {
  return is_arn_of(value, part) ||
         err_set(e, ERR_INVALID, "%s is '%.*s'; it must be the ARN of %s", name, SV_ARG(sv_slice(value, 0, 200)), what);
}

bool scheduled_check(const struct configuration *configuration, struct err *e) {
  const struct scheduler_settings *settings = &configuration->scheduler;
  if (settings->role_arn.len == 0) {
    return err_set(
        e, ERR_INVALID,
        "ARAZZO_SCHEDULER_ROLE_ARN is not set; with ARAZZO_CONTINUATION=scheduler it must be the ARN of the role "
        "that EventBridge Scheduler invokes this function with");
  }
  if (configuration->region.len == 0) {
    return err_set(e, ERR_INVALID, "AWS_REGION is not set, but ARAZZO_CONTINUATION is 'scheduler'");
  }
  if (configuration->max_state_bytes > LIMIT_SCHEDULE_STATE_BYTES) {
    return err_set(e, ERR_INVALID,
                   "ARAZZO_MAX_STATE_BYTES is %zu; with ARAZZO_CONTINUATION=scheduler it is at most %zu",
                   configuration->max_state_bytes, LIMIT_SCHEDULE_STATE_BYTES);
  }
  return check_arn("ARAZZO_SCHEDULER_ROLE_ARN", settings->role_arn, SV(":role/"), "a role", e) &&
         (settings->dead_letter_arn.len == 0 ||
          check_arn("ARAZZO_SCHEDULER_DEAD_LETTER_ARN", settings->dead_letter_arn, SV(":sqs:"), "an SQS queue", e)) &&
         (settings->kms_key_arn.len == 0 ||
          check_arn("ARAZZO_SCHEDULER_KMS_KEY_ARN", settings->kms_key_arn, SV(":kms:"), "a KMS key", e));
}
