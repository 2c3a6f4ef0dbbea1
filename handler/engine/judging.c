/* Judging: the response to a request, or the end of a workflow that a step ran, against the step's criteria; its outputs; the
 * choice of what follows. outcome.c evaluates; this file decides what an evaluation that fails, or says "unknown", comes to. */
#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "observer.h"
#include "redirect.h"
#include "sb.h"
#include "stepping.h"

static const struct step *judged(const struct stepping *s) {
  return s->run->top->next;
}

static bool is_call(const struct stepping *s) {
  return judged(s)->call != NULL;
}

/* A redirect does not go away by waiting, and says nothing that anything could follow from. */
static bool fail_redirected(struct stepping *s) {
  return failing_end(s, RUN_STEP_FAILED, "step %.*s failed: %.*s", SV_ARG(judged(s)->id), SV_ARG(sending_describe(s)));
}

/* The response can't be evaluated: it is treated as if it had not come. A workflow that has ended can't be run again for it. */
static bool after_unknown(struct stepping *s) {
  if (is_call(s)) {
    return failing_end(s, RUN_STEP_FAILED,
                       "step %.*s: the workflow that it runs has ended, but what the step's criteria, outputs and "
                       "actions read of it is not there%s%s",
                       SV_ARG(judged(s)->id), s->why_unknown.text[0] ? ": " : "", s->why_unknown.text);
  }
  if (redirect_is(s->out->status_code)) {
    return fail_redirected(s);
  }
  s->unknown = true;
  return moving_wait(s);
}

/* A workflow failed because its answers can't be evaluated: that is no reason to delete anything. */
static bool leads_from_unknown(const struct stepping *s, const struct transition *transition) {
  return s->unknown && transition->kind != TRANSITION_NONE && outcome_deletion_by(s->run, transition);
}

static bool fail_unknown(struct stepping *s) {
  return failing_end(
      s, RUN_STEP_FAILED,
      "%.*s. A failure action of step %.*s leads from it to a step that deletes; nothing is deleted because of an "
      "answer that can't be evaluated",
      SV_ARG(s->failure), SV_ARG(judged(s)->id));
}

/* ---- success ---- */

/* Puts back what the step's outputs were before it ran: nothing followed from its response. */
static bool restore_outputs(struct stepping *s, json *before, struct err *why) {
  json *steps = json_get(s->run->top->scope, SV("steps"));
  if (!before) {
    json_remove(steps, judged(s)->id);
    return true;
  }
  return json_set(s->arena, steps, judged(s)->id, before) || err_memory(why);
}

/* Actions are chosen with the step's new outputs in place: they may read them. */
static bool choose_after_success(struct stepping *s, json *outputs, struct transition *transition, bool *unknown,
                                 struct err *why) {
  const json *entry = json_get(json_get(s->run->top->scope, SV("steps")), judged(s)->id);
  json *before = json_copy(s->arena, entry);
  if ((entry && !before) || !run_set_outputs(s->run, s->arena, judged(s), outputs, s->e)) {
    return err_memory(why);
  }
  bool is_done_before = s->is_done_before && judged(s) == s->sent;
  bool sure = true;
  if (!outcome_after_success(s->run, &s->scope, s->arena, transition, unknown, why)) {
    return false;
  }
  if (!*unknown && !is_done_before &&
      !outcome_is_sure(s->run, &s->scope, s->arena, s->out->status_code, VERDICT_HOLDS, transition, &sure, why)) {
    return false;
  }
  *unknown = *unknown || !sure;
  return !*unknown || restore_outputs(s, before, why);
}

static bool after_success(struct stepping *s) {
  struct transition transition;
  json *outputs = NULL;
  bool unknown = false;
  struct err why;
  err_clear(&why);
  if (!outcome_outputs(judged(s), &s->scope, s->arena, &outputs, &unknown, &why)) {
    return failing_end_with(s, RUN_STEP_FAILED, &why);
  }
  OBSERVE(s->run, outputs, s->run, &s->scope, outputs);
  if (!unknown && !choose_after_success(s, outputs, &transition, &unknown, &why)) {
    return failing_end_with(s, RUN_STEP_FAILED, &why);
  }
  if (unknown) {
    return after_unknown(s);
  }
  s->succeeded = true;
  s->out->success = s->out->success || judged(s) == s->sent;
  return moving_take(s, &transition);
}

/* ---- deletions that were done before ---- */

static bool is_gone(const struct stepping *s) {
  return !is_call(s) && sv_eq(s->request.http.method, SV("DELETE")) &&
         (s->out->status_code == 404 || s->out->status_code == 410);
}

/* An earlier delivery, or try, may have sent this request. */
static bool is_known_repetition(const struct stepping *s) {
  return s->run->top->maybe_sent || s->delivery == DELIVERY_REPEATED || s->exchange.ambiguous;
}

/* A DELETE counts as done when what it deletes is gone because it was sent before. */
static bool assume_deleted(struct stepping *s) {
  s->scope.response_malformed = s->scope.response_is_text = false;
  s->scope.response_tree = NULL;
  s->is_done_before = true;
  s->is_assumed = !is_known_repetition(s);
  if (!s->is_assumed && !response_assume_status(s->arena, s->run, s->sent->operation, s->e)) {
    return false;
  }
  return response_assume_deleted(s->arena, s->run, s->e) && after_success(s);
}

/* ---- failure ---- */

/* Of a step that a retry runs first, a plain retry is the only action that counts. */
static void keep_to_detour(const struct stepping *s, struct transition *transition) {
  bool is_plain_retry =
      transition->kind == TRANSITION_RETRY && !transition->action->call && !transition->action->target;
  if (s->run->top->kind == FRAME_RETRY_STEP && !is_plain_retry) {
    *transition = (struct transition){TRANSITION_NONE, NULL, NULL};
  }
}

static void note_failure(struct stepping *s) {
  struct sb text = sb_new(s->arena, KIB(32));
  if (s->failure.len) {
    return;
  }
  sb_format(&text, "step %.*s failed: %.*s", SV_ARG(judged(s)->id), SV_ARG(sending_describe(s)));
  s->failure = sb_view(&text);
}

static bool is_kept(const struct stepping *s, const struct transition *transition, bool unknown) {
  return !is_call(s) && (unknown || transition->kind == TRANSITION_NONE) && sending_is_transient(s);
}

static bool take_after_failure(struct stepping *s, const struct transition *transition) {
  if (!frame_has_run(s->run->top, judged(s)) &&
      !run_set_outputs(s->run, s->arena, judged(s), json_new_object(s->arena), s->e)) {
    return false;
  }
  note_failure(s);
  return moving_take(s, transition);
}

bool judging_after_failure(struct stepping *s, enum verdict verdict) {
  struct transition transition;
  bool unknown = false;
  bool sure = true;
  struct err why;
  err_clear(&why);
  s->succeeded = false;
  if (!outcome_after_failure(s->run, &s->scope, s->arena, &transition, &unknown, &why)) {
    return failing_end_with(s, RUN_STEP_FAILED, &why);
  }
  keep_to_detour(s, &transition);
  if (is_kept(s, &transition, unknown)) {
    return moving_wait(s);
  }
  if (transition.kind == TRANSITION_NONE && !unknown && is_gone(s) && s->delivery == DELIVERY_UNKNOWN) {
    /* The author says nothing of this case, and nobody knows whether it is the first delivery. */
    return assume_deleted(s);
  }
  if (!unknown && leads_from_unknown(s, &transition)) {
    return fail_unknown(s);
  }
  if (!unknown &&
      !outcome_is_sure(s->run, &s->scope, s->arena, s->out->status_code, verdict, &transition, &sure, &why)) {
    return failing_end_with(s, RUN_STEP_FAILED, &why);
  }
  if (!sure) {
    return after_unknown(s);
  }
  if (unknown) {
    return failing_end(s, RUN_STEP_FAILED, "step %.*s failed, and its failure actions can't be evaluated: %.*s",
                       SV_ARG(judged(s)->id), SV_ARG(sending_describe(s)));
  }
  return take_after_failure(s, &transition);
}

/* ---- verdicts ---- */

static bool judge_criteria(struct stepping *s) {
  enum verdict verdict = VERDICT_UNKNOWN;
  struct err why;
  err_clear(&why);
  if (!outcome_judge(s->run, &s->scope, s->arena, s->out->status_code, &verdict, &why)) {
    return failing_end_with(s, RUN_STEP_FAILED, &why);
  }
  switch (verdict) {
  case VERDICT_HOLDS:
    return after_success(s);
  case VERDICT_FAILS:
    return judging_after_failure(s, VERDICT_FAILS);
  case VERDICT_UNKNOWN:
    return after_unknown(s);
  }
  return err_set(s->e, ERR_INTERNAL, "an unknown verdict");
}

bool judging_after_call(struct stepping *s) {
  struct sb text = sb_new(s->arena, KIB(4));
  s->succeeded = true;
  sb_format(&text, "step %.*s failed: its success criteria do not hold after the workflow '%.*s'",
            SV_ARG(judged(s)->id), SV_ARG(judged(s)->call->workflow->id));
  s->failure = sb_view(&text);
  return judge_criteria(s);
}

/* The response as the scope of all that is evaluated; without one, nothing can be said of it. */
static bool describe_response(struct stepping *s) {
  err_clear(&s->why_unknown);
  s->scope = (struct scope){
      .root = s->run->top->scope, .response_missing = !sending_has_response(s), .why_unknown = &s->why_unknown};
  if (!sending_has_response(s)) {
    return true;
  }
  /* Answers below 400 were read when they were accepted. */
  bool is_read = s->out->status_code < 400;
  if ((!is_read && !response_read(s->arena, s->sent, &s->exchange.response, &s->body, s->e)) ||
      !response_describe(s->arena, s->run, &s->exchange.response, &s->body, s->e)) {
    return false;
  }
  s->scope.response_malformed = s->body.why.code != ERR_NONE;
  s->scope.response_is_text = s->body.is_text;
  s->scope.response_tree = s->body.tree;
  return true;
}

bool judging_run(struct stepping *s) {
  if (!describe_response(s)) {
    return false;
  }
  if (s->exchange.attempts == 0) {
    return moving_wait(s); /* nothing was sent: there is no failure of the service to decide about */
  }
  if (!sending_has_response(s)) {
    return judging_after_failure(s, VERDICT_UNKNOWN);
  }
  if (is_gone(s) && is_known_repetition(s)) {
    return assume_deleted(s);
  }
  if (s->out->status_code < 300 && !sending_is_usable(s)) {
    return after_unknown(s);
  }
  return judge_criteria(s);
}
