/* The event that a run of the command line begins with. */
#ifndef ARAZZO_RUN_EVENT_H
#define ARAZZO_RUN_EVENT_H

#include "session.h"

struct replay;

/* Makes it of --workflow, --inputs and --input, or of --resume; of the trace when there is a `replay` (else NULL). Lives in the
 * session's arena for invocations. ERR_SYNTAX, ERR_INVALID, ERR_LIMIT, ERR_MEMORY. */
bool run_event_make(struct session *session, const struct arguments *arguments, const struct replay *replay, sv *out,
                    struct err *e);

/* The event as text. */
bool run_event_write(struct session *session, const json *event, sv *out, struct err *e);

/* Marks an event as delivered for the first time. False without memory. */
bool run_event_mark_first(struct session *session, json *event);

#endif
