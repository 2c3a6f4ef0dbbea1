/* Who a run is: its id and the idempotency tokens that follow from it. The same delivery twice is the same run. */
#ifndef ARAZZO_IDENTITY_H
#define ARAZZO_IDENTITY_H

#include <stdbool.h>

#include "event.h"

/* The run's id: the one that the event gives, else a UUID (RFC 9562 version 8, from SHA-256) of what identifies the run to
 * its caller: `run`, the EventBridge event's id, else `request_id`. ERR_MEMORY. */
bool identity_run_id(struct arena *arena, const struct event *event, sv request_id, sv *out, struct err *e);

/* A token for the input `name` of this run: a UUID, which has LIMIT_TOKEN_BYTES. ERR_MEMORY. */
bool identity_token(struct arena *arena, sv run_id, sv workflow_id, sv name, sv *out, struct err *e);

#endif
