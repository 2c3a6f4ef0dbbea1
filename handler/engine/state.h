/* A run between two invocations: the "state" of the response. */
#ifndef ARAZZO_STATE_H
#define ARAZZO_STATE_H

#include "run.h"

/* Makes the state as JSON, as state_read takes it. ERR_LIMIT when it would be longer than `max_bytes`: the message names
 * the largest outputs. ERR_MEMORY. */
bool state_write(const struct run *run, struct arena *arena, size_t max_bytes, json **out, struct err *e);

/* What is wrong with a state. */
enum state_fault {
  STATE_GOOD,
  STATE_INVALID,         /* not what state_write wrote */
  STATE_DOCUMENT_CHANGED /* made with other documents */
};

/* Reads a state. `*fault` tells which kind of error it is when this returns false (STATE_GOOD: ERR_MEMORY). */
bool state_read(struct arena *arena, const struct document *document, const json *state, struct run *out,
                enum state_fault *fault, struct err *e);

#endif
