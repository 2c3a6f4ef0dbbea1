/* Moving a run on: within a workflow, into one that a step or an action runs, and back to what ran it (docs/adr/0006).
 *
 * moving_take does what a transition says. Where a workflow ends, finish() takes its frame away and the step below, which
 * ran it, is judged; where one fails, fail_step does the same. Both may go up several frames, as far as workflows end.
 * moving_descend goes the other way, before a request. */
#include "arena.h"
#include "durable_wait.h"
#include "errinfo.h"
#include "limits.h"
#include "logger.h"
#include "observer.h"
#include "sb.h"
#include "stepping.h"

static int64_t seconds_of(int64_t ms) {
  int64_t seconds = ms < 0 ? 0 : (ms + 999) / 1000;
  return seconds < LIMIT_WAIT_SECONDS_MAX ? seconds : LIMIT_WAIT_SECONDS_MAX;
}

static void keep_running(struct stepping *s, enum run_action action, int64_t wait_seconds) {
  s->out->status = RUN_RUNNING;
  s->out->action = action;
  s->out->wait_seconds = wait_seconds;
}

/* Where the run comes by again, it asks for something that takes its time. */
static void keep_moving(struct stepping *s, enum run_action action, bool is_poll) {
  keep_running(s, action, is_poll ? s->engine->poll_seconds : 0);
  s->out->is_poll = is_poll;
}

/* ---- the frame at the top ---- */

/* What tells this pass of the workflow that is about to be run from every other one: tokens come from it. Steps of different
 * workflows may have the same id, and one step may run the same workflow by itself, by an action, and as a dependency. */
static bool pass_of(const struct stepping *s, enum frame_kind kind, const struct workflow *workflow, sv *out) {
  struct sb text = sb_new(s->arena, KIB(64));
  sb_put(&text, s->run->id);
  for (size_t i = 0; i < s->run->depth; i++) {
    const struct frame *frame = &s->run->frames[i];
    sb_format(&text, "\n%d %zu/%.*s/%.*s", (int)frame->kind, frame->workflow->document->index,
              SV_ARG(frame->workflow->id), SV_ARG(frame->next->id));
  }
  sb_format(&text, "\n%d %zu", (int)kind, workflow->document->index);
  return sb_finish(&text, "what identifies the pass of a workflow", out, s->e);
}

/* The values that a step or action gives to a workflow. What has none is left out. */
static bool evaluate_inputs(struct stepping *s, const struct call *call, json **out, struct err *why) {
  json *inputs = json_new_object(s->arena);
  for (size_t i = 0; inputs && i < call->inputs.count; i++) {
    const struct named_value *input = &call->inputs.items[i];
    json *value = NULL;
    if (!template_eval(input->value, &s->scope, s->arena, &value, NULL, why)) {
      return err_in(why, "parameter %.*s", SV_ARG(input->name));
    }
    if (value && json_type(value) != JSON_NULL && !json_set(s->arena, inputs, input->name, value)) {
      return err_memory(why);
    }
  }
  *out = inputs;
  return inputs || err_memory(why);
}

/* Inputs that do not suit a workflow, or what it depends on, are found before anything of it is sent. */
static bool make_inputs(struct stepping *s, enum frame_kind kind, const struct call *call, json **out,
                        struct err *why) {
  const struct token_names *tokens = &s->engine->tokens;
  sv pass;
  if (!pass_of(s, kind, call->workflow, &pass)) {
    return err_set(why, s->e->code, "%s", s->e->text);
  }
  bool good = evaluate_inputs(s, call, out, why) && inputs_prepare(s->arena, tokens, call->workflow, pass, *out, why) &&
              inputs_check_dependencies(s->arena, tokens, call->workflow, pass, *out, why);
  return good || err_in(why, "inputs of workflow %.*s", SV_ARG(call->workflow->id));
}

/* Nesting that is too deep ends the run: the documents can't be followed further. */
static bool fail_push(struct stepping *s, const struct err *why) {
  return failing_end_with(s, why->code == ERR_LIMIT ? RUN_GUARD_EXCEEDED : RUN_STEP_FAILED, why);
}

/* Puts the called workflow on top, or in place of the top (`kind` FRAME_FIRST: a transfer). False: the run ended. */
static bool enter(struct stepping *s, enum frame_kind kind, const struct call *call, int64_t wait_seconds) {
  json *inputs = NULL;
  struct err why;
  err_clear(&why);
  if (!make_inputs(s, kind, call, &inputs, &why)) {
    failing_end_with(s, RUN_STEP_FAILED, &why);
    return false;
  }
  bool good = kind == FRAME_FIRST ? run_transfer(s->run, s->arena, call->workflow, inputs, &why)
                                  : run_push(s->run, s->arena, kind, call->workflow, inputs, &why);
  if (!good) {
    fail_push(s, &why);
    return false;
  }
  s->run->top->wait_seconds = kind == FRAME_FIRST ? s->run->top->wait_seconds : wait_seconds;
  s->scope.root = s->run->top->scope;
  return true;
}

/* Every way out of a nested evaluation that ended the run is an answer, unless an error is set. */
static bool ended(const struct stepping *s) {
  return s->e->code == ERR_NONE;
}

static bool pop(struct stepping *s) {
  bool good = run_pop(s->run, s->arena, s->e);
  s->scope.root = s->run->top->scope;
  return good;
}

/* ---- the end of a workflow ---- */

/* Repeats the step at the top, after a retry's detour. */
static bool repeat(struct stepping *s, int64_t wait_seconds) {
  keep_running(s, RUN_RETRY, wait_seconds);
  return true;
}

/* Goes on below the workflow that has ended. */
static bool go_on_below(struct stepping *s, enum frame_kind kind, int64_t wait_seconds, const json *outputs) {
  switch (kind) {
  case FRAME_CALL:
    return run_set_called_outputs(s->run, s->arena, outputs, s->e) && judging_after_call(s);
  case FRAME_DEPENDENCY:
    keep_running(s, RUN_NEXT, 0);
    return true;
  case FRAME_RETRY_WORKFLOW:
  case FRAME_RETRY_STEP:
    return repeat(s, wait_seconds);
  case FRAME_FIRST:
    break;
  }
  return err_set(s->e, ERR_INTERNAL, "the first workflow has none below it");
}

static bool finish(struct stepping *s) {
  const struct frame *frame = s->run->top;
  enum frame_kind kind = frame->kind;
  int64_t wait_seconds = frame->wait_seconds;
  json *outputs = NULL;
  if (kind == FRAME_FIRST) {
    s->out->action = RUN_END;
    s->out->status = RUN_SUCCEEDED;
    return true;
  }
  if (kind != FRAME_RETRY_STEP &&
      (!frame_outputs(frame, s->arena, &outputs, s->e) || !run_note_finished(s->run, s->arena, outputs, s->e))) {
    return false;
  }
  return pop(s) && go_on_below(s, kind, wait_seconds, outputs);
}

/* The step at the top has failed, and no action of its workflow helps: the workflow fails, and with it what runs it. */
static bool fail_step(struct stepping *s) {
  while (s->run->depth > 1) {
    enum frame_kind kind = s->run->top->kind;
    if (!pop(s)) {
      return false;
    }
    if (kind == FRAME_CALL) {
      return judging_after_failure(s, VERDICT_UNKNOWN);
    }
  }
  return failing_end(s, RUN_STEP_FAILED, "%.*s", SV_ARG(s->failure));
}

/* ---- transitions ---- */

/* The list's order alone never leads to a deletion: not when the step's own actions were meant to decide and none of them did,
 * and not when the step's success is only assumed. */
static const struct step *fallen_into_delete(const struct stepping *s, const struct transition *transition) {
  const struct step *step = s->run->top->next;
  bool is_undecided = step->on_success.count > 0 || s->is_assumed;
  return transition->kind == TRANSITION_NEXT && is_undecided ? outcome_deletion_from(s->run, transition->target) : NULL;
}

static sv name_of_deletion(const struct operation *operation) {
  sv by_name = operation->deletes ? operation->aws_operation : SV("a deletion");
  return sv_eq(operation->method, SV("DELETE")) ? SV("DELETE") : by_name;
}

static bool fail_fallen(struct stepping *s, const struct step *deletion) {
  return failing_end(
      s, RUN_STEP_FAILED,
      "step %.*s: %s, and the list of steps leads from it to %.*s, which sends %.*s. Nothing is deleted by "
      "default: write a 'goto' action for the case in which it is meant",
      SV_ARG(s->run->top->next->id),
      s->is_assumed ? "its resource is not there" : "none of its success actions applies", SV_ARG(deletion->id),
      SV_ARG(name_of_deletion(deletion->operation)));
}

static bool count_retry(struct stepping *s, const struct action *action) {
  unsigned count = outcome_retries(s->run, action) + 1;
  return json_set(s->arena, s->run->top->retries, action->name, json_new_integer(s->arena, count)) || err_memory(s->e);
}

static int64_t retry_wait(const struct stepping *s, const struct action *action) {
  /* Arazzo 1.1.0, Failure Action Object: a Retry-After response header SHOULD overrule retryAfter. */
  if (s->exchange.retry_after_ms >= 0) {
    return seconds_of(s->exchange.retry_after_ms);
  }
  return action->retry_after_seconds < 0 ? s->engine->poll_seconds
                                         : seconds_of((int64_t)(action->retry_after_seconds * 1000));
}

/* A request that must not be sent twice may have been carried out. */
static bool fail_ambiguous(struct stepping *s) {
  return failing_end(s, RUN_AMBIGUOUS_OUTCOME,
                     "step %.*s: %.*s. The request may have been carried out, and %.*s without an idempotency token "
                     "can't be sent again safely; look at the resource before you start another run",
                     SV_ARG(s->sent->id), SV_ARG(sending_describe(s)), SV_ARG(s->request.http.method));
}

/* Arazzo 1.1.0, Failure Action Object: "the reference is executed and the context is returned, after which the current step is
 * retried". */
static bool detour(struct stepping *s, const struct action *action, int64_t wait_seconds) {
  struct err why;
  err_clear(&why);
  keep_running(s, RUN_RETRY, 0);
  if (action->call) {
    return enter(s, FRAME_RETRY_WORKFLOW, action->call, wait_seconds) || ended(s);
  }
  if (!run_push_step(s->run, s->arena, action->target, &why)) {
    return fail_push(s, &why);
  }
  s->run->top->wait_seconds = wait_seconds;
  return true;
}

static bool take_retry(struct stepping *s, const struct transition *transition) {
  const struct action *action = transition->action;
  struct frame *frame = s->run->top;
  if (sending_may_be_applied(s) && !s->may_repeat) {
    return fail_ambiguous(s);
  }
  if (!count_retry(s, action)) {
    return false;
  }
  frame->maybe_sent = frame->maybe_sent || (frame->next == s->sent && sending_may_be_applied(s));
  frame->step_started_ms = 0;
  if (action->call || action->target) {
    return detour(s, action, retry_wait(s, action));
  }
  keep_running(s, RUN_RETRY, retry_wait(s, action));
  return true;
}

static bool move_to(struct stepping *s, const struct step *target, enum run_action action) {
  struct frame *frame = s->run->top;
  bool is_repetition = target == frame->next && !s->succeeded;
  if (is_repetition && sending_may_be_applied(s) && !s->may_repeat) {
    return fail_ambiguous(s);
  }
  bool maybe_sent = is_repetition && target == s->sent && (frame->maybe_sent || sending_may_be_applied(s));
  keep_moving(s, action, frame_has_run(frame, target));
  if (!run_go_to(s->run, s->arena, target, s->e)) {
    return false;
  }
  s->run->top->maybe_sent = maybe_sent;
  return true;
}

/* A one-way transfer to another workflow; back to one that may have run before, it is a poll. */
static bool transfer(struct stepping *s, const struct action *action) {
  bool is_repetition = frame_has_been_in(s->run->top, action->call->workflow);
  if (is_repetition && !s->succeeded && sending_may_be_applied(s) && !s->may_repeat) {
    return fail_ambiguous(s);
  }
  keep_moving(s, RUN_GOTO, is_repetition);
  return enter(s, FRAME_FIRST, action->call, 0) || ended(s);
}

/* Of a step that a retry runs first, the outputs count; where it would lead is of no matter. */
static bool is_detour_step(const struct stepping *s) {
  return s->run->top->kind == FRAME_RETRY_STEP;
}

bool moving_take(struct stepping *s, const struct transition *transition) {
  const struct step *deletion = s->succeeded ? fallen_into_delete(s, transition) : NULL;
  OBSERVE(s->run, transition, s->run, transition, s->succeeded);
  if (s->succeeded && is_detour_step(s)) {
    return finish(s);
  }
  if (deletion) {
    return fail_fallen(s, deletion);
  }
  switch (transition->kind) {
  case TRANSITION_NEXT:
    return transition->target ? move_to(s, transition->target, RUN_NEXT) : finish(s);
  case TRANSITION_GOTO:
    return transition->target ? move_to(s, transition->target, RUN_GOTO) : transfer(s, transition->action);
  case TRANSITION_END:
    return finish(s);
  case TRANSITION_RETRY:
    return take_retry(s, transition);
  case TRANSITION_NONE:
    return fail_step(s);
  }
  return err_set(s->e, ERR_INTERNAL, "an unknown transition");
}

/* ---- waiting ---- */

static bool fail_waited(struct stepping *s) {
  struct sb text = sb_new(s->arena, KIB(32));
  bool too_large = !sending_has_response(s) && s->exchange.failure->code == ERR_LIMIT;
  sb_format(&text, "step %.*s failed, and %d waits did not mend it: %.*s", SV_ARG(s->sent->id), LIMIT_DURABLE_RETRIES,
            SV_ARG(sending_describe(s)));
  if (too_large) {
    return failing_end(s, RUN_RESPONSE_TOO_LARGE, "%.*s", SV_ARG(sb_view(&text)));
  }
  s->failure = sb_view(&text);
  return fail_step(s);
}

/* A step with a timeout does not wait beyond it. */
static bool is_too_late(const struct stepping *s, int64_t wait_seconds) {
  const struct frame *frame = s->run->top;
  int64_t then_ms = clock_wall_ms(&s->engine->clock) + wait_seconds * 1000;
  return s->sent->timeout_ms && then_ms >= frame->step_started_ms + s->sent->timeout_ms;
}

static bool fail_late(struct stepping *s) {
  struct sb text = sb_new(s->arena, KIB(32));
  sb_format(&text, "step %.*s was not completed within its timeout of %lld ms: %.*s", SV_ARG(s->sent->id),
            (long long)s->sent->timeout_ms, SV_ARG(sending_describe(s)));
  s->failure = sb_view(&text);
  return fail_step(s);
}

bool moving_wait(struct stepping *s) {
  struct frame *frame = s->run->top;
  struct durable_wait wait = {.waits = frame->waits,
                              .poll_seconds = s->engine->poll_seconds,
                              .asked_seconds = seconds_of(s->exchange.retry_after_ms)};
  int64_t wait_seconds = durable_wait_seconds(&wait, &s->engine->entropy);
  if (sending_may_be_applied(s) && !s->may_repeat) {
    return fail_ambiguous(s);
  }
  if (is_too_late(s, wait_seconds)) {
    wait_seconds = durable_wait_least(&wait);
  }
  if (is_too_late(s, wait_seconds)) {
    return fail_late(s);
  }
  if (frame->waits >= LIMIT_DURABLE_RETRIES) {
    return fail_waited(s);
  }
  frame->waits++;
  frame->maybe_sent = frame->maybe_sent || sending_may_be_applied(s);
  keep_running(s, RUN_WAIT, wait_seconds);
  OBSERVE(s->run, wait, s->run, sending_describe(s), wait_seconds);
  LOG(s->engine->logger, LOG_WARN, "transient failure, the step is kept", log_text("stepId", frame->next->id),
      log_text("cause", sending_describe(s)), log_integer("waits", frame->waits));
  return true;
}

/* ---- going down ---- */

/* The first workflow that the one at the top depends on, and that was not completed yet. */
static const struct workflow *missing_dependency(const struct stepping *s) {
  const struct workflow *workflow = s->run->top->workflow;
  for (size_t i = 0; i < workflow->depends_on_count; i++) {
    if (!run_has_finished(s->run, workflow->depends_on[i])) {
      return workflow->depends_on[i];
    }
  }
  return NULL;
}

static bool enter_dependency(struct stepping *s, const struct workflow *workflow) {
  json *inputs = NULL;
  sv pass;
  struct err why;
  err_clear(&why);
  if (!pass_of(s, FRAME_DEPENDENCY, workflow, &pass)) {
    return false;
  }
  if (!inputs_of_dependency(s->arena, &s->engine->tokens, workflow, pass, json_get(s->run->top->scope, SV("inputs")),
                            &inputs, &why)) {
    failing_end_with(s, RUN_STEP_FAILED, &why);
    return false;
  }
  if (!run_push(s->run, s->arena, FRAME_DEPENDENCY, workflow, inputs, &why)) {
    fail_push(s, &why);
    return false;
  }
  s->scope.root = s->run->top->scope;
  return true;
}

static const struct step *missing_step(const struct stepping *s) {
  const struct step_list *list = &s->run->top->next->depends_on;
  for (size_t i = 0; i < list->count; i++) {
    if (!run_has_run(s->run, list->items[i])) {
      return list->items[i];
    }
  }
  return NULL;
}

/* Notes when a step with a timeout begins. */
static void start_timer(struct stepping *s) {
  struct frame *frame = s->run->top;
  if (frame->next->timeout_ms && !frame->step_started_ms) {
    frame->step_started_ms = clock_wall_ms(&s->engine->clock);
  }
}

/* Goes one workflow down from the step at the top. `*ready`: there is nothing to go down to. False: the run ended. */
static bool descend_once(struct stepping *s, bool *ready) {
  const struct workflow *dependency = missing_dependency(s);
  const struct step *missing = missing_step(s);
  const struct step *step = s->run->top->next;
  if (dependency && run_is_under_way(s->run, dependency)) {
    failing_end(s, RUN_STEP_FAILED, "workflow %.*s depends on workflow %.*s, which is under way and runs it",
                SV_ARG(step->workflow->id), SV_ARG(dependency->id));
    return false;
  }
  if (dependency) {
    return enter_dependency(s, dependency);
  }
  if (missing) {
    failing_end(s, RUN_STEP_FAILED, "step %.*s depends on step %.*s of workflow %.*s, which has not run",
                SV_ARG(step->id), SV_ARG(missing->id), SV_ARG(missing->workflow->id));
    return false;
  }
  start_timer(s);
  *ready = !step->call;
  return *ready || enter(s, FRAME_CALL, step->call, 0);
}

bool moving_descend(struct stepping *s, bool *ready) {
  *ready = false;
  while (!*ready) {
    if (!descend_once(s, ready)) {
      return ended(s);
    }
  }
  return true;
}
