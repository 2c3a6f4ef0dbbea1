/* Who a run is. The same delivery twice is the same run. */
#ifndef ARAZZO_IDENTITY_H
#define ARAZZO_IDENTITY_H

#include <stdbool.h>

#include "event.h"

/* The run's id: the one that the event gives, else a UUID (RFC 9562 version 8, from SHA-256) of what identifies the run to
 * its caller: `run`, the EventBridge event's id, else `request_id`. ERR_MEMORY. */
bool identity_run_id(struct arena *arena, const struct event *event, sv request_id, sv *out, struct err *e);

#endif
