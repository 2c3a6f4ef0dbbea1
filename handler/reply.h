/* The response of an invocation, as JSON. */
#ifndef ARAZZO_REPLY_H
#define ARAZZO_REPLY_H

#include <stdbool.h>

#include "step.h"

struct masking;

/* Writes the response. What `masking` knows is hidden in lastStep and error; the state and the outputs hold it. A state, or outputs, of more than `max_state_bytes` turn the run into a FAILED one with a name for it;
 * `advance` is what was answered. ERR_MEMORY, ERR_LIMIT, ERR_INTERNAL. */
bool reply_write(const struct run *run, struct advance *advance, size_t max_state_bytes, const struct masking *masking,
                 struct arena *arena, sv *out, struct err *e);

/* Writes the response of a run that ends because what its step brought could not be worked with: FAILED,
 * Arazzo.ResponseTooLarge, all outputs null; `advance` becomes that. ERR_MEMORY, ERR_LIMIT. */
bool reply_write_failure(const struct run *run, struct advance *advance, sv message, const struct masking *masking,
                         struct arena *arena, sv *out, struct err *e);

#endif
