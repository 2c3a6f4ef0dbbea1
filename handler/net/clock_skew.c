/* Clock skew. A sandbox that was frozen, or a machine without time service, may have a clock that is minutes off; services refuse
 * signatures then (most beyond 5 minutes, S3 beyond 15), with error types that a wrong secret has, too. The answer's Date
 * header (RFC 9110 6.6.1) tells which of both it is. AWS's SDKs believe it from a difference of 4 minutes on; so does this.
 *
 * The date counts from when the answer was made; until it is here seconds pass, LIMIT_REQUEST_MS at most, which is well within
 * what services allow. A difference that was learned is measured anew when a signature is refused again: after a thaw the
 * system may have set the clock right, and the correction is what is wrong then.
 *
 * An answer with an Age header (RFC 9111 5.1) is a cache's: its date is old. */
#include "clock_skew.h"

#include "http_date.h"
#include "limits.h"

int64_t clock_skew_correct(const struct clock_skew *skew, int64_t now_ms) {
  return now_ms + skew->ahead_ms;
}

bool clock_skew_learn(struct clock_skew *skew, const struct http_headers *headers, int64_t now_ms) {
  sv text;
  int64_t date_ms = 0;
  if (http_header_get(headers, SV("Age"), &text) || !http_header_get(headers, SV("Date"), &text) ||
      !http_date_parse(sv_trim(text), now_ms, &date_ms)) {
    return false;
  }
  int64_t difference = date_ms - clock_skew_correct(skew, now_ms);
  if (difference <= LIMIT_CLOCK_SKEW_MS && difference >= -LIMIT_CLOCK_SKEW_MS) {
    return false;
  }
  skew->ahead_ms = date_ms - now_ms;
  return true;
}
