/* Judging a response (Arazzo 1.1.0, Step Object: successCriteria, onSuccess, onFailure).
 *
 * Verdicts have three values, and "unknown" is contagious: as soon as a criterion decides over a transition and can't be
 * evaluated, there is no transition. Three engines delete a good image because they read "can't be evaluated" as "false" and
 * go on with the next step of the list. */
#include "outcome.h"

#include "arena.h"
#include "errinfo.h"
#include "observer.h"

/* What is judged a second time, to be sure, is told once. */
static void tell(const struct run *run, struct criteria_place place, const struct criterion *criterion,
                 const struct scope *scope, enum verdict verdict) {
  if (!scope->absent_is_unknown) {
    OBSERVE(run, criterion, run, place, criterion, scope, verdict);
  }
}

/* All criteria of a list, of `action` or the step: one that fails decides, else one that is unknown does. */
static bool judge_all(const struct run *run, const struct action *action, const struct scope *scope,
                      struct arena *arena, enum verdict *out, struct err *e) {
  const struct criteria *criteria = action ? &action->criteria : &run->top->next->success_criteria;
  *out = VERDICT_HOLDS;
  for (size_t i = 0; i < criteria->count; i++) {
    enum verdict verdict = VERDICT_UNKNOWN;
    if (!criterion_eval(&criteria->items[i], scope, arena, &verdict, e)) {
      return false;
    }
    tell(run, (struct criteria_place){action, i}, &criteria->items[i], scope, verdict);
    if (verdict == VERDICT_FAILS) {
      *out = VERDICT_FAILS;
      return true;
    }
    *out = verdict == VERDICT_UNKNOWN ? VERDICT_UNKNOWN : *out;
  }
  return true;
}

static bool is_delete(const struct step *step) {
  return step->deletes;
}

/* What follows a workflow that was depended upon: others that are depended upon, as far as they lead to a DELETE, and the one
 * that depends on them. */
static const struct step *behind_dependency(const struct run *run, const struct frame *frame) {
  const struct frame *below = frame - 1;
  for (size_t i = 0; i < below->workflow->depends_on_count; i++) {
    const struct workflow *other = below->workflow->depends_on[i];
    if (other != frame->origin && other->deletion && !run_has_finished(run, other)) {
      return other->deletion;
    }
  }
  return below->next;
}

/* Where control goes when the workflow of the frame ends: behind the step that runs it; NULL when somebody decides there, or when
 * nothing follows. The step of a retry is repeated by decision of its author, and one that a retry runs first leads nowhere. */
static const struct step *behind(const struct run *run, size_t *level) {
  const struct frame *frame = &run->frames[*level];
  while (*level > 0 && frame->kind == FRAME_CALL) {
    frame = &run->frames[--*level];
    if (frame->kind == FRAME_RETRY_STEP) {
      return NULL;
    }
    if (frame->next->on_success.count || frame->next->after) {
      return frame->next->on_success.count ? NULL : frame->next->after;
    }
  }
  if (*level == 0 || frame->kind != FRAME_DEPENDENCY) {
    return NULL;
  }
  (*level)--;
  return behind_dependency(run, frame);
}

/* The DELETE that the step leads to by itself: its own, or one that the workflow which it runs leads to. */
static const struct step *deletion_at(const struct step *step) {
  return step->call ? step->call->workflow->deletion : is_delete(step) ? step : NULL;
}

/* Looks at the steps from this one on until a DELETE or an action decides; false when neither does. */
static bool deletion_among(const struct step *step, const struct step **found) {
  for (; step; step = step->after) {
    *found = deletion_at(step);
    if (*found || step->on_success.count) {
      return true;
    }
  }
  return false;
}

/* As outcome_deletion_from, for the frame at this level. */
static const struct step *deletion_from(const struct run *run, size_t level, const struct step *step) {
  const struct step *found = NULL;
  if (!step) {
    step = behind(run, &level);
  }
  for (; step; step = behind(run, &level)) {
    if (deletion_among(step, &found)) {
      return found;
    }
  }
  return NULL;
}

const struct step *outcome_deletion_from(const struct run *run, const struct step *step) {
  return deletion_from(run, run->depth - 1, step);
}

bool outcome_judge(const struct run *run, const struct scope *scope, struct arena *arena, int status, enum verdict *out,
                   struct err *e) {
  const struct step *step = run->top->next;
  if (step->success_criteria.count == 0 && step->call) {
    *out = VERDICT_HOLDS; /* the workflow that it runs has ended by its own rules */
    return true;
  }
  if (step->success_criteria.count == 0) {
    *out = status >= 200 && status < 300 ? VERDICT_HOLDS : VERDICT_FAILS;
    return true;
  }
  return judge_all(run, NULL, scope, arena, out, e) || err_in(e, "successCriteria");
}

bool outcome_outputs(const struct step *step, const struct scope *scope, struct arena *arena, json **out, bool *unknown,
                     struct err *e) {
  json *object = json_new_object(arena);
  *unknown = false;
  for (size_t i = 0; i < step->outputs.count; i++) {
    const struct named_value *output = &step->outputs.items[i];
    const struct expression *missing = NULL;
    const json *ignored = NULL;
    json *value = NULL;
    if (!template_eval(output->value, scope, arena, &value, &missing, e)) {
      return err_in(e, "output %.*s", SV_ARG(output->name));
    }
    *unknown = *unknown || (missing && expression_eval(missing, scope, &ignored) == EXPRESSION_MALFORMED);
    if (value && json_type(value) != JSON_NULL && !json_set(arena, object, output->name, value)) {
      return err_memory(e);
    }
  }
  *out = object;
  return object || err_memory(e);
}

unsigned outcome_retries(const struct run *run, const struct action *action) {
  int64_t count = 0;
  const json *node = json_get(run->top->retries, action->name);
  return node && json_to_int(node, &count) && count > 0 && count <= UINT32_MAX ? (unsigned)count : 0;
}

static bool is_used_up(const struct run *run, const struct action *action) {
  return action->type == ACTION_RETRY && outcome_retries(run, action) >= action->retry_limit;
}

/* Arazzo 1.1.0, Step Object: actions are evaluated in order, and the first whose criteria hold is taken. */
static bool first_applicable(const struct run *run, const struct actions *actions, const struct scope *scope,
                             struct arena *arena, const struct action **out, bool *unknown, struct err *e) {
  *out = NULL;
  *unknown = false;
  for (size_t i = 0; i < actions->count; i++) {
    const struct action *action = &actions->items[i];
    enum verdict verdict = VERDICT_UNKNOWN;
    if (is_used_up(run, action)) {
      continue;
    }
    if (!judge_all(run, action, scope, arena, &verdict, e)) {
      return err_in(e, "action %.*s", SV_ARG(action->name));
    }
    if (verdict != VERDICT_FAILS) {
      *unknown = verdict == VERDICT_UNKNOWN;
      *out = verdict == VERDICT_HOLDS ? action : NULL;
      return true;
    }
  }
  return true;
}

static struct transition follow(const struct run *run, const struct action *action) {
  switch (action->type) {
  case ACTION_END:
    return (struct transition){TRANSITION_END, action, NULL};
  case ACTION_GOTO:
    return (struct transition){TRANSITION_GOTO, action, action->target};
  case ACTION_RETRY:
    return (struct transition){TRANSITION_RETRY, action, run->top->next};
  }
  return (struct transition){TRANSITION_NONE, action, NULL};
}

bool outcome_after_success(const struct run *run, const struct scope *scope, struct arena *arena,
                           struct transition *out, bool *unknown, struct err *e) {
  const struct action *action = NULL;
  if (!first_applicable(run, &run->top->next->on_success, scope, arena, &action, unknown, e)) {
    return false;
  }
  *out = action ? follow(run, action) : (struct transition){TRANSITION_NEXT, NULL, run->top->next->after};
  return true;
}

bool outcome_after_failure(const struct run *run, const struct scope *scope, struct arena *arena,
                           struct transition *out, bool *unknown, struct err *e) {
  const struct action *action = NULL;
  if (!first_applicable(run, &run->top->next->on_failure, scope, arena, &action, unknown, e)) {
    return false;
  }
  *out = action ? follow(run, action) : (struct transition){TRANSITION_NONE, NULL, NULL};
  return true;
}

static const struct step *called_deletion(const struct run *run, size_t level) {
  const struct step *step = run->frames[level].next;
  return step->call ? deletion_at(step) : NULL;
}

/* The DELETE that an action of the step at this level leads to without another action deciding; NULL: none. */
static const struct step *deletion_by_action(const struct run *run, size_t level, const struct action *action) {
  const struct step *deletion = action->call ? action->call->workflow->deletion : NULL;
  switch (action->type) {
  case ACTION_GOTO:
    /* Where a workflow that was gone to ends, the one that it replaced ends. */
    return deletion ? deletion : deletion_from(run, level, action->target);
  case ACTION_END:
    return deletion_from(run, level, NULL);
  case ACTION_RETRY:
    /* A request that is repeated was decided upon before; a workflow that is run again is not over with its first one. */
    deletion = action->target ? deletion_at(action->target) : deletion;
    return deletion ? deletion : called_deletion(run, level);
  }
  return NULL;
}

/* The DELETE that the failure of the workflow at the top may lead to: by the failure actions of the steps that run it. */
static const struct step *deletion_by_failure(const struct run *run) {
  const struct step *found = NULL;
  for (size_t level = run->depth - 1; !found && level > 0; level--) {
    const struct frame *below = &run->frames[level - 1];
    bool decides = run->frames[level].kind == FRAME_CALL && below->kind != FRAME_RETRY_STEP;
    for (size_t i = 0; decides && !found && i < below->next->on_failure.count; i++) {
      found = deletion_by_action(run, level - 1, &below->next->on_failure.items[i]);
    }
  }
  return found;
}

const struct step *outcome_deletion_by(const struct run *run, const struct transition *transition) {
  const struct frame *top = run->top;
  if (transition->kind == TRANSITION_NONE) {
    return deletion_by_failure(run);
  }
  if (top->kind == FRAME_RETRY_STEP) {
    return NULL;
  }
  if (transition->action) {
    return deletion_by_action(run, run->depth - 1, transition->action);
  }
  return top->next->on_success.count ? NULL : outcome_deletion_from(run, transition->target);
}

static bool is_sure_of_verdict(const struct run *run, const struct scope *strict, struct arena *arena, int status,
                               enum verdict expected, bool *sure, struct err *e) {
  enum verdict verdict = VERDICT_UNKNOWN;
  bool good = outcome_judge(run, strict, arena, status, &verdict, e);
  *sure = verdict == expected;
  return good;
}

bool outcome_is_sure(const struct run *run, const struct scope *scope, struct arena *arena, int status,
                     enum verdict verdict, const struct transition *transition, bool *sure, struct err *e) {
  const struct step *step = run->top->next;
  const struct actions *actions = verdict == VERDICT_HOLDS ? &step->on_success : &step->on_failure;
  const struct action *action = NULL;
  struct scope strict = *scope;
  bool unknown = false;
  strict.absent_is_unknown = true;
  *sure = true;
  if (!outcome_deletion_by(run, transition)) {
    return true;
  }
  /* Where nothing was judged, an action that needs nothing of a response may be taken. */
  if (verdict != VERDICT_UNKNOWN && !is_sure_of_verdict(run, &strict, arena, status, verdict, sure, e)) {
    return false;
  }
  if (!first_applicable(run, actions, &strict, arena, &action, &unknown, e)) {
    return false;
  }
  /* Of a step that a retry runs first, no action was taken, whichever applied. */
  bool is_ignored = run->top->kind == FRAME_RETRY_STEP && transition->kind == TRANSITION_NONE;
  *sure = *sure && (is_ignored || (!unknown && action == transition->action));
  return true;
}
