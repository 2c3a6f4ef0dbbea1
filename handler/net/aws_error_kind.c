/* Which error types are worth a retry.
 *
 * Throttling and transient errors are AWS's published list ("Retry behavior", AWS SDKs and Tools Reference Guide, standard
 * mode), and Image Builder's own name for throttling. Those of the clock are what AWS's SDKs measure the clock for; whether it
 * was the clock, only the answer's date can tell (clock_skew.c): a wrong secret has the same names.
 *
 * Quotas: ServiceQuotaExceededException never goes away by waiting. LimitExceededException is on AWS's list, though some
 * services mean a quota by it; a few retries of a request that was certainly not applied do no harm there. */
#include "aws_error.h"

struct known_type {
  const char *name;
  enum aws_error_kind kind;
};

static const struct known_type KNOWN[] = {
    {"BandwidthLimitExceeded", AWS_ERROR_THROTTLING},
    {"CallRateLimitExceededException", AWS_ERROR_THROTTLING},
    {"EC2ThrottledException", AWS_ERROR_THROTTLING},
    {"LimitExceededException", AWS_ERROR_THROTTLING},
    {"PriorRequestNotComplete", AWS_ERROR_THROTTLING},
    {"ProvisionedThroughputExceededException", AWS_ERROR_THROTTLING},
    {"RequestLimitExceeded", AWS_ERROR_THROTTLING},
    {"RequestThrottled", AWS_ERROR_THROTTLING},
    {"RequestThrottledException", AWS_ERROR_THROTTLING},
    {"SlowDown", AWS_ERROR_THROTTLING},
    {"ThrottledException", AWS_ERROR_THROTTLING},
    {"Throttling", AWS_ERROR_THROTTLING},
    {"ThrottlingException", AWS_ERROR_THROTTLING},
    {"TooManyRequestsException", AWS_ERROR_THROTTLING},
    {"TransactionInProgressException", AWS_ERROR_THROTTLING},
    {"InternalError", AWS_ERROR_TRANSIENT},
    {"InternalFailure", AWS_ERROR_TRANSIENT},
    {"InternalServerError", AWS_ERROR_TRANSIENT},
    {"InternalServerException", AWS_ERROR_TRANSIENT},
    {"RequestTimeout", AWS_ERROR_TRANSIENT},
    {"RequestTimeoutException", AWS_ERROR_TRANSIENT},
    {"ExpiredToken", AWS_ERROR_EXPIRED},
    {"ExpiredTokenException", AWS_ERROR_EXPIRED},
    {"AuthFailure", AWS_ERROR_CLOCK},
    {"InvalidSignatureException", AWS_ERROR_CLOCK},
    {"RequestExpired", AWS_ERROR_CLOCK},
    {"RequestInTheFuture", AWS_ERROR_CLOCK},
    {"RequestTimeTooSkewed", AWS_ERROR_CLOCK},
    {"SignatureDoesNotMatch", AWS_ERROR_CLOCK},
    {"ServiceQuotaExceeded", AWS_ERROR_QUOTA},
    {"ServiceQuotaExceededException", AWS_ERROR_QUOTA},
};

enum aws_error_kind aws_error_kind(sv type) {
  for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
    if (sv_eq(type, sv_from(KNOWN[i].name))) {
      return KNOWN[i].kind;
    }
  }
  return AWS_ERROR_OTHER;
}

bool aws_error_may_be_expired(sv type) {
  return aws_error_kind(type) == AWS_ERROR_EXPIRED || sv_eq(type, SV("RequestExpired"));
}
