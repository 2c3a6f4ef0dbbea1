/* From a response to a transition: criteria, outputs, actions. No I/O. */
#ifndef ARAZZO_OUTCOME_H
#define ARAZZO_OUTCOME_H

#include <stdbool.h>

#include "run.h"

/* What follows a step. */
enum transition_kind {
  TRANSITION_NEXT, /* the next step of the list; the end when there is none */
  TRANSITION_GOTO,
  TRANSITION_END,   /* an action ends the workflow */
  TRANSITION_RETRY, /* a failure action repeats the step */
  TRANSITION_NONE   /* the step failed and no action applies */
};

struct transition {
  enum transition_kind kind;
  const struct action *action; /* NULL: none was needed */
  const struct step *target;   /* NEXT, GOTO, RETRY; NULL: the workflow is at its end, or the action names a workflow */
};

/* A verdict over all success criteria of the step at the top; without any, over the status: 2xx holds; a workflow that a step ran has succeeded then. VERDICT_UNKNOWN: it can't be said. */
bool outcome_judge(const struct run *run, const struct scope *scope, struct arena *arena, int status, enum verdict *out,
                   struct err *e);

/* The step's outputs, without those that have no value or are null: for expressions, absent and null are the same, and what
 * is absent is never sent. `*unknown` tells that one can't be known, because the response is
 * malformed. */
bool outcome_outputs(const struct step *step, const struct scope *scope, struct arena *arena, json **out, bool *unknown,
                     struct err *e);

/* The first success action that applies, else the next step of the list. `*unknown`: an action comes first of which it can't
 * be said whether it applies; then nothing follows. */
bool outcome_after_success(const struct run *run, const struct scope *scope, struct arena *arena,
                           struct transition *out, bool *unknown, struct err *e);

/* The first failure action that applies and, for a retry, is not used up; else TRANSITION_NONE. */
bool outcome_after_failure(const struct run *run, const struct scope *scope, struct arena *arena,
                           struct transition *out, bool *unknown, struct err *e);

/* Whether the decision may lead to a DELETE, if it does: taken a second time with absent values as unknown ("state != 'AVAILABLE'"
 * also holds for an answer without a state), verdict and action must come out the same (VERDICT_UNKNOWN: nothing was judged; the step has failed). `*sure` is true for every
 * decision that leads to no DELETE. */
bool outcome_is_sure(const struct run *run, const struct scope *scope, struct arena *arena, int status,
                     enum verdict verdict, const struct transition *transition, bool *sure, struct err *e);

/* The DELETE that the list of steps leads to from `step` on (itself included) without any action deciding in between, into the
 * workflows that steps run, and over the ends of those that are under way; NULL when there is none. A `step` of NULL is the end
 * of the workflow at the top. */
const struct step *outcome_deletion_from(const struct run *run, const struct step *step);

/* The DELETE that the transition leads to without another action deciding; for TRANSITION_NONE the one that a failure action of
 * a step below may lead to, since the workflow at the top fails. NULL: none; NULL also for the list's order behind success
 * actions of which none applied, which never leads to one. */
const struct step *outcome_deletion_by(const struct run *run, const struct transition *transition);

/* How often the failure action was taken for the step at the top. */
unsigned outcome_retries(const struct run *run, const struct action *action);

#endif
