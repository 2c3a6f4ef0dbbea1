/* What brings the next invocation of a run when no state machine does: a chain of one-time schedules (docs/adr/0012). */
#ifndef ARAZZO_CONTINUATION_H
#define ARAZZO_CONTINUATION_H

#include "schedule_input.h"
#include "scheduler.h"

/* The link of a chain that an invocation is. Plain data; what it names must live as long. */
struct chain {
  const struct scheduler *scheduler;
  struct arena *arena;
  struct logger *logger;
  const struct run *run; /* NULL: the run is over, or not known yet */
  sv run_id;
  sv key;                   /* what the names of its schedules begin with: chain_key; empty when it is not known */
  struct chain_place place; /* of the event */
  sv home;                  /* the function's ARN: runs of another one with the same id are other runs */
  sv function_arn;          /* what the next schedule invokes: a version of it */
  int64_t deadline_ms;      /* of the invocation; wall clock */
  sv client_token;          /* no other invocation's */
};

enum claim {
  CLAIM_OURS,
  CLAIM_TAKEN, /* another delivery of the event runs its step, or did a moment ago */
  CLAIM_LATE   /* the run has gone on from this event */
};

/* Claims the event's step, and sees to it that it is repeated if this invocation never ends: `state` is the event's. Must be
 * called before anything is sent. Deletes the schedules of earlier events that are still there. ERR_LIMIT when the lease fired LIMIT_LEASES times in a row, or the state is too large; errors of the scheduler.
 * When it returns false the step must not be run. */
bool chain_claim(const struct chain *chain, json *state, enum claim *out, struct err *e);

/* Hands the run on to an invocation after `wait_seconds`, with its new state; `is_poll`: events may end the wait. `*is_late`: the run has gone
 * on without this invocation, and nothing was changed. ERR_LIMIT when the state is too large; errors of the scheduler: then the claim's
 * lease repeats the step. */
bool chain_hand_on(const struct chain *chain, json *state, int64_t wait_seconds, bool is_poll, bool *is_late,
                   struct err *e);

/* Ends the chain: what is left is a schedule that holds the run's last response, for late deliveries of this event, and fires without effect
 * after LIMIT_END_SECONDS. `*is_late` as above. Errors of the scheduler: the lease repeats the step. */
bool chain_end(const struct chain *chain, sv response, bool *is_late, struct err *e);

/* The run's last response, when the step of this event was its last one and another delivery did it; else empty. ERR_NETWORK when the
 * schedule that a claim found is none; errors of the scheduler. */
bool chain_result(const struct chain *chain, sv *out, struct err *e);

/* The client token of one of the creations that this invocation makes. ERR_MEMORY. */
bool chain_token(const struct chain *chain, const char *what, sv *out, struct err *e);

/* The key of the function's run with this id: what the names of its schedules begin with. ERR_INTERNAL, ERR_MEMORY. */
bool chain_key(const struct chain *chain, sv run_id, sv *out, struct err *e);

/* The newest schedule of the run with this key; empty when there is none. Errors of the scheduler. */
bool chain_newest(const struct chain *chain, sv key, sv *name, struct err *e);

/* Deletes the schedules of a run that is over, up to its last one, which is the event's. Those of another run, which got its id later,
 * stay. Errors of the scheduler. */
bool chain_sweep(const struct chain *chain, struct err *e);

#endif
