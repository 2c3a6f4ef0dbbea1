/* The input of a schedule: the event that it brings, and where that stands in its run's chain (docs/adr/0012). */
#ifndef ARAZZO_SCHEDULE_INPUT_H
#define ARAZZO_SCHEDULE_INPUT_H

#include "run.h"

/* Where an event stands. All zero for one that starts a run. */
struct chain_place {
  int64_t sequence;
  int64_t started_ms; /* of the run: another one with its id began at another time */
  unsigned repeats;   /* leases of its state that fired, in a row */
  bool is_lease;
  bool is_poll;         /* it waits for something to change: an event may end the wait */
  const json *pointers; /* keys of the ARNs that lead to the run: an array of text; NULL: none */
};

/* The text of an event that goes on from `state`, which becomes part of it. It holds no '<', as Scheduler replaces
 * "<aws.scheduler.…>". ERR_MEMORY, ERR_LIMIT. */
bool schedule_input_write(struct arena *arena, const struct run *run, json *state, const struct chain_place *place,
                          sv *out, struct err *e);

/* The text of an event that asks for nothing: of the run's end, with its place and its last response, `result` (NULL: too long), which
 * becomes part of it; or, with the place all zero, of a pointer. ERR_MEMORY, ERR_LIMIT. */
bool schedule_input_write_over(struct arena *arena, sv run_id, const struct chain_place *place, json *result, sv *out,
                               struct err *e);

/* Reads the member "continuation" of an event, which may be NULL. `*is_over`: the event asks for nothing. ERR_INVALID. */
bool schedule_input_read(const json *continuation, struct chain_place *out, bool *is_over, struct err *e);

#endif
