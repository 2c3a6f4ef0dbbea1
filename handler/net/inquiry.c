/* Each such request may be sent twice: asking for credentials, a secret or a token changes nothing. They are retried as a step's
 * request is (retry.h), but have less time, so that an invocation whose time they use up can still say so. */
#include "inquiry.h"

#include "errinfo.h"
#include "limits.h"

static bool has_answer(const struct exchange *exchange, struct err *e) {
  switch (exchange->outcome) {
  case ATTEMPT_ANSWERED:
    return true;
  case ATTEMPT_THROTTLED:
  case ATTEMPT_MENDED:
  case ATTEMPT_TRANSIENT:
    return err_set(e, ERR_NETWORK, "it answered with status %d, which may pass", exchange->response.status);
  case ATTEMPT_NOT_SENT:
  case ATTEMPT_LOST:
  case ATTEMPT_FATAL:
    break;
  }
  return err_set(e, exchange->failure->code, "%s", exchange->failure->text);
}

bool inquiry_send(const struct inquiry *inquiry, struct arena *arena, const struct http_request *request,
                  retry_prepare *prepare, void *context, int64_t deadline_ms, struct http_response *response,
                  struct err *e) {
  int64_t end_ms = clock_wall_ms(&inquiry->clock) + (inquiry->max_ms ? inquiry->max_ms : LIMIT_INQUIRY_MS);
  struct retry_policy policy = {
      .max_attempts = inquiry->max_attempts,
      .deadline_ms = deadline_ms < end_ms ? deadline_ms : end_ms,
      .may_repeat = true,
      .skew = prepare ? inquiry->skew : NULL,
  };
  struct exchange exchange;
  if (!retry_send(&inquiry->transport, &policy, &inquiry->clock, &inquiry->entropy, arena, request, prepare, context,
                  &exchange, e) ||
      !has_answer(&exchange, e)) {
    return false;
  }
  *response = exchange.response;
  return response->body.len <= LIMIT_INQUIRY_BODY_BYTES ||
         err_set(e, ERR_LIMIT, "it answered with more than %zu bytes", LIMIT_INQUIRY_BODY_BYTES);
}
