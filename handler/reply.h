/* The response of an invocation, as JSON. */
#ifndef ARAZZO_REPLY_H
#define ARAZZO_REPLY_H

#include <stdbool.h>

#include "step.h"

struct masking;

/* Writes the response. What `masking` knows is hidden in lastStep and error; the state and the outputs hold it. The state is part of the
 * response, unless `apart` asks for it (NULL then, when the run is over). A state, or outputs, of more than `max_state_bytes` turn the run
 * into a FAILED one with a name for it; `advance` is what was answered. ERR_MEMORY, ERR_LIMIT, ERR_INTERNAL. */
bool reply_write(const struct run *run, struct advance *advance, size_t max_state_bytes, const struct masking *masking,
                 struct arena *arena, json **apart, sv *out, struct err *e);

/* Writes the response of a run that ends because what its step brought could not be worked with, or handed on: FAILED, with
 * this error, all outputs null; `advance` becomes that. ERR_MEMORY, ERR_LIMIT. */
bool reply_write_failure(const struct run *run, struct advance *advance, enum run_error error, sv message,
                         const struct masking *masking, struct arena *arena, sv *out, struct err *e);

/* Writes the response to an event whose step another delivery runs: RUNNING, with "duplicate": true. ERR_MEMORY, ERR_LIMIT. */
bool reply_write_duplicate(const struct run *run, struct arena *arena, sv *out, struct err *e);

/* Writes the response to an event that concerns no run: {"ignored": why}. ERR_MEMORY. */
bool reply_write_ignored(sv why, struct arena *arena, sv *out, struct err *e);

#endif
