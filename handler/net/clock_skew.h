/* The difference between this machine's clock and that of the services. */
#ifndef ARAZZO_CLOCK_SKEW_H
#define ARAZZO_CLOCK_SKEW_H

#include <stdbool.h>
#include <stdint.h>

#include "http.h"

/* Zero until a service has said otherwise. It outlives an invocation. */
struct clock_skew {
  int64_t ahead_ms; /* how far the services' clock is ahead of ours */
};

/* The services' time when ours is `now_ms`. */
int64_t clock_skew_correct(const struct clock_skew *skew, int64_t now_ms);

/* For the answer to a request whose signature was refused, which came at `now_ms` (wall clock): true when its Date header
 * differs from what was taken for the services' time by more than LIMIT_CLOCK_SKEW_MS. The difference is kept then. False,
 * and nothing changes, for an answer without a date, and for one that a cache has kept. */
bool clock_skew_learn(struct clock_skew *skew, const struct http_headers *headers, int64_t now_ms);

#endif
