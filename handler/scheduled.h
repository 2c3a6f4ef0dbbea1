/* Scheduler mode: what is around a step when one-time schedules bring the invocations (docs/adr/0012). */
#ifndef ARAZZO_SCHEDULED_H
#define ARAZZO_SCHEDULED_H

#include "invocation.h"

/* Checks the settings, at the start: errors are those of the configuration. ERR_INVALID names the variable. */
bool scheduled_check(const struct configuration *configuration, struct err *e);

/* Replaces an event that may wake a run by the event that the run waits for, or by its end (`*is_woken`). */
bool scheduled_wake(struct invocation *in, bool *is_woken);

/* Claims the step of the event, runs it, and hands the run on, or ends its chain. */
bool scheduled_step(struct invocation *in, sv *response);

/* Answers an event of a run that is over. If another event led to it, that one's first delivery may have brought the end about, and the
 * answer is the run's last response; else it is the last that there is of the run, and what is left of it in Scheduler is deleted. */
bool scheduled_over(struct invocation *in, bool is_woken, sv *response);

#endif
