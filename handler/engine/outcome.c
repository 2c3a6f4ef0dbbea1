/* Judging a response (Arazzo 1.1.0, Step Object: successCriteria, onSuccess, onFailure).
 *
 * Verdicts have three values, and "unknown" is contagious: as soon as a criterion decides over a transition and can't be
 * evaluated, there is no transition. Three engines delete a good image because they read "can't be evaluated" as "false" and
 * go on with the next step of the list. */
#include "outcome.h"

#include "arena.h"
#include "errinfo.h"

/* All criteria of a list: one that fails decides, else one that is unknown does. */
static bool judge_all(const struct criteria *criteria, const struct scope *scope, struct arena *arena,
                      enum verdict *out, struct err *e) {
  *out = VERDICT_HOLDS;
  for (size_t i = 0; i < criteria->count; i++) {
    enum verdict verdict = VERDICT_UNKNOWN;
    if (!criterion_eval(&criteria->items[i], scope, arena, &verdict, e)) {
      return false;
    }
    if (verdict == VERDICT_FAILS) {
      *out = VERDICT_FAILS;
      return true;
    }
    *out = verdict == VERDICT_UNKNOWN ? VERDICT_UNKNOWN : *out;
  }
  return true;
}

const struct step *step_after(const struct step *step) {
  return step->index + 1 < step->workflow->step_count ? &step->workflow->steps[step->index + 1] : NULL;
}

const struct step *outcome_deletion_from(const struct step *step) {
  while (step && !sv_eq(step->operation->method, SV("DELETE"))) {
    step = step->on_success.count ? NULL : step_after(step);
  }
  return step;
}

bool outcome_judge(const struct step *step, const struct scope *scope, struct arena *arena, int status,
                   enum verdict *out, struct err *e) {
  if (step->success_criteria.count == 0) {
    *out = status >= 200 && status < 300 ? VERDICT_HOLDS : VERDICT_FAILS;
    return true;
  }
  return judge_all(&step->success_criteria, scope, arena, out, e) || err_in(e, "successCriteria");
}

bool outcome_outputs(const struct step *step, const struct scope *scope, struct arena *arena, json **out, bool *unknown,
                     struct err *e) {
  json *object = json_new_object(arena);
  *unknown = false;
  for (size_t i = 0; i < step->outputs.count; i++) {
    const struct output *output = &step->outputs.items[i];
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
  const json *node = json_get(run->retries, action->name);
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
    if (!judge_all(&action->criteria, scope, arena, &verdict, e)) {
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
    return (struct transition){TRANSITION_RETRY, action, run->next};
  }
  return (struct transition){TRANSITION_NONE, action, NULL};
}

bool outcome_after_success(const struct run *run, const struct scope *scope, struct arena *arena,
                           struct transition *out, bool *unknown, struct err *e) {
  const struct action *action = NULL;
  if (!first_applicable(run, &run->next->on_success, scope, arena, &action, unknown, e)) {
    return false;
  }
  *out = action ? follow(run, action) : (struct transition){TRANSITION_NEXT, NULL, step_after(run->next)};
  return true;
}

bool outcome_after_failure(const struct run *run, const struct scope *scope, struct arena *arena,
                           struct transition *out, bool *unknown, struct err *e) {
  const struct action *action = NULL;
  if (!first_applicable(run, &run->next->on_failure, scope, arena, &action, unknown, e)) {
    return false;
  }
  *out = action ? follow(run, action) : (struct transition){TRANSITION_NONE, NULL, NULL};
  return true;
}

/* The DELETE that the transition leads to without another action deciding; NULL: none. */
static const struct step *deletion_by(const struct step *step, const struct transition *transition) {
  bool is_taken =
      transition->kind == TRANSITION_GOTO || (transition->kind == TRANSITION_NEXT && step->on_success.count == 0);
  return is_taken ? outcome_deletion_from(transition->target) : NULL;
}

static bool is_sure_of_verdict(const struct step *step, const struct scope *strict, struct arena *arena, int status,
                               enum verdict expected, bool *sure, struct err *e) {
  enum verdict verdict = VERDICT_UNKNOWN;
  bool good = outcome_judge(step, strict, arena, status, &verdict, e);
  *sure = verdict == expected;
  return good;
}

bool outcome_is_sure(const struct run *run, const struct scope *scope, struct arena *arena, int status,
                     enum verdict verdict, const struct transition *transition, bool *sure, struct err *e) {
  const struct step *step = run->next;
  const struct actions *actions = verdict == VERDICT_HOLDS ? &step->on_success : &step->on_failure;
  const struct action *action = NULL;
  struct scope strict = *scope;
  bool unknown = false;
  strict.absent_is_unknown = true;
  *sure = true;
  if (!deletion_by(step, transition)) {
    return true;
  }
  /* Without a response nothing was judged; an action that needs none of it may be taken. */
  if (!scope->response_missing && !is_sure_of_verdict(step, &strict, arena, status, verdict, sure, e)) {
    return false;
  }
  if (!first_applicable(run, actions, &strict, arena, &action, &unknown, e)) {
    return false;
  }
  *sure = *sure && !unknown && action == transition->action;
  return true;
}
