/* Waits that grow, with jitter: exponential backoff across invocations.
 *
 * A service that throttles does so because many ask. Runs that were started together would ask together again after each wait of
 * the same length: of 200 runs at 5 requests a second nearly all would be refused each time, until the last of their waits was
 * used up (docs/fan-out.md has the numbers). So the waits double, and each is drawn from between the half and the whole of that
 * ("equal jitter"): the runs come apart, and ask less often the longer there is no room for them.
 *
 * The first wait is exact, because most failures are over by then, and the next poll comes when it is expected. What an answer
 * asks for (Retry-After) is a least wait; from the second on the jitter is added to it, since it asks all alike. Waits do not
 * grow beyond LIMIT_GROWN_WAIT_SECONDS, unless polls are further apart than that. */
#include "durable_wait.h"

#include "limits.h"

static int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}

static int64_t smaller(int64_t a, int64_t b) {
  return a < b ? a : b;
}

int64_t durable_wait_least(const struct durable_wait *wait) {
  return smaller(larger(wait->poll_seconds, wait->asked_seconds), LIMIT_WAIT_SECONDS_MAX);
}

static int64_t grown(const struct durable_wait *wait) {
  int64_t most = larger(wait->poll_seconds, LIMIT_GROWN_WAIT_SECONDS);
  int64_t seconds = wait->poll_seconds;
  for (unsigned i = 0; i < wait->waits && seconds < most; i++) {
    seconds *= 2;
  }
  return smaller(seconds, most);
}

int64_t durable_wait_seconds(const struct durable_wait *wait, const struct entropy *entropy) {
  int64_t least = durable_wait_least(wait);
  if (wait->waits == 0) {
    return least;
  }
  int64_t half = grown(wait) / 2;
  int64_t jitter = (int64_t)entropy_up_to(entropy, (uint64_t)half);
  return smaller(larger(least, half) + jitter, LIMIT_WAIT_SECONDS_MAX);
}
