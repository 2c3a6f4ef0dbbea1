/* How long a run waits between two invocations before it repeats a step that failed for a transient reason. */
#ifndef ARAZZO_DURABLE_WAIT_H
#define ARAZZO_DURABLE_WAIT_H

#include <stdint.h>

#include "entropy.h"

/* What a wait is made of. Seconds, up to LIMIT_WAIT_SECONDS_MAX each. */
struct durable_wait {
  unsigned waits;        /* how many there were in a row before this one */
  int64_t poll_seconds;  /* the wait between two polls */
  int64_t asked_seconds; /* what the answer asked for; 0: nothing */
};

/* The least wait, in seconds: that of a poll, or what was asked for if that is longer. */
int64_t durable_wait_least(const struct durable_wait *wait);

/* The wait, in seconds: never less than the least one; the first one is that, later ones grow and are spread. At most
 * LIMIT_WAIT_SECONDS_MAX. */
int64_t durable_wait_seconds(const struct durable_wait *wait, const struct entropy *entropy);

#endif
