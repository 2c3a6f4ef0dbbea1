/* Waking a run before its wait is over: an event names an ARN, and a pointer leads from that to the run (docs/adr/0012). */
#ifndef ARAZZO_WAKE_H
#define ARAZZO_WAKE_H

#include "continuation.h"

/* Makes a pointer to the run for the first ARN that the URL has as a path segment or as the value of a query parameter, and adds its key to
 * the chain's `place.pointers`. Nothing happens without an ARN, for one that has a pointer, and beyond LIMIT_WAKE_POINTERS. The pointer fires,
 * without effect, at `end_ms` (wall clock) at the latest. Errors of the scheduler: the run is not woken early, and no worse for it. */
bool wake_point(struct chain *chain, sv url, int64_t end_ms, struct err *e);

/* Deletes the pointers to the run, those of the event's place. Errors of the scheduler: they fire later, without effect. */
bool wake_forget(const struct chain *chain, struct err *e);

/* What a run of this function waits for, or its end, that one of the ARNs in `resources` leads to: the input of its schedule. One that waits
 * comes before those that are over. Empty when no run waits for any of them. Errors of the scheduler. */
bool wake_find(const struct chain *chain, const json *resources, sv *input, struct err *e);

#endif
