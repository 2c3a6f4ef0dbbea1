/* Requests of the function's own, beside those of a workflow's steps: for credentials, secrets and tokens. */
#ifndef ARAZZO_INQUIRY_H
#define ARAZZO_INQUIRY_H

#include <stdbool.h>
#include <stdint.h>

#include "retry.h"

/* What they are sent by. */
struct inquiry {
  struct transport transport;
  struct clock clock;
  struct entropy entropy;
  unsigned max_attempts;
  int64_t max_ms; /* for one with its retries; 0: LIMIT_INQUIRY_MS */
  struct clock_skew
      *skew; /* learned from what refuses a signature of `prepare`, which has to sign by it; NULL: never */
};

/* Sends the request, again where that may help, within its time and until `deadline_ms` (wall clock) at most. `prepare`,
 * which may be NULL, is called with `context` before each try. The response lives in the arena and has a status that no retry
 * would better. False: ERR_NETWORK (also for 429, 500, 502-504 and AWS's throttling), ERR_TLS, ERR_TIMEOUT, ERR_LIMIT (more
 * than LIMIT_INQUIRY_BODY_BYTES), ERR_MEMORY, and errors of `prepare`. No error quotes the request or the answer. */
bool inquiry_send(const struct inquiry *inquiry, struct arena *arena, const struct http_request *request,
                  retry_prepare *prepare, void *context, int64_t deadline_ms, struct http_response *response,
                  struct err *e);

#endif
