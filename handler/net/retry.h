/* Retries inside one invocation: AWS standard mode (exponential backoff, full jitter), within the time that is left. */
#ifndef ARAZZO_RETRY_H
#define ARAZZO_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "aws_error.h"
#include "clock.h"
#include "clock_skew.h"
#include "entropy.h"
#include "http.h"
#include "retry_quota.h"

struct exchange;

/* What a try came to. */
enum attempt_class {
  ATTEMPT_ANSWERED,  /* a response that no retry would better, whatever its status */
  ATTEMPT_THROTTLED, /* refused for now: certainly not applied */
  ATTEMPT_MENDED,    /* its signature was refused, and the next one will be better: certainly not applied */
  ATTEMPT_TRANSIENT, /* 500, 502-504: may have been applied */
  ATTEMPT_NOT_SENT,  /* no connection: certainly not applied */
  ATTEMPT_LOST,      /* the connection failed, or time ran out, after the request may have been sent */
  ATTEMPT_FATAL      /* the server can't be verified, the answer exceeds a limit, no memory: trying again won't help */
};

/* Whether an answer below 400 is one that can be worked with; else it counts as ATTEMPT_TRANSIENT. ERR_MEMORY. */
typedef bool retry_accept(void *context, struct arena *arena, const struct http_response *response, bool *accepted,
                          struct err *e);

/* The credentials have expired: true when `prepare` signs with others from now on. */
typedef bool retry_renew(void *context, struct arena *arena);

/* Tells, after each try, what it came to, and how long is waited for the next one; -1: there is none. */
typedef void retry_watch(void *context, const struct exchange *exchange, int64_t wait_ms);

/* How many tries and how long: AWS_MAX_ATTEMPTS, and the deadline less a margin. */
struct retry_policy {
  unsigned max_attempts;     /* the first included; 0 is taken as 1 */
  int64_t deadline_ms;       /* wall clock; nothing is sent or slept beyond it */
  int64_t tries_end_ms;      /* wall clock; a try that takes longer is given up; 0: as long as the deadline allows */
  bool may_repeat;           /* the request is idempotent or carries an idempotency token */
  bool is_signed;            /* for an AWS service: a success that holds an error of S3 is a failure */
  struct clock_skew *skew;   /* learned from what refuses a signature; `prepare` has to sign by it; NULL: never */
  retry_renew *renew;        /* called with `context` when a service says so, once; NULL: never */
  struct retry_quota *quota; /* what retries take from; NULL: nothing */
  retry_watch *watch;        /* called with `context`; NULL: nobody wants to know */
  retry_accept *accept;      /* called with `context`; NULL: every answer below 400 can be worked with */
};

/* All that came of sending a request. */
struct exchange {
  enum attempt_class outcome;    /* of the last try */
  struct http_response response; /* valid unless outcome is NOT_SENT, LOST or FATAL; 500 for an error in a success */
  struct aws_error error;        /* what that response says */
  unsigned attempts;             /* 0: the deadline had passed before the first try (outcome NOT_SENT) */
  bool ambiguous;         /* some try, maybe not the last, may have been applied without an answer that says so */
  int64_t retry_after_ms; /* what the last response asked for (Retry-After, x-amz-retry-after); -1: nothing */
  int64_t duration_us;    /* of all tries and the waits between them */
  struct err *failure;    /* why there is no response; NULL when there is one */
};

/* Classifies a response by its status and AWS error type. */
enum attempt_class retry_classify(const struct http_response *response, sv error_type);

/* What is prepared anew for each try: the signature's time, fresh credentials. The request is a copy with a header list
 * of its own. */
typedef bool retry_prepare(void *context, struct arena *arena, struct http_request *request, struct err *e);

/* Sends the request, trying again by the policy; a try whose signature was refused because of the clock, or of credentials that
 * were renewed, does not count to max_attempts. False only when no try could be prepared, or memory ran out. `prepare`
 * may be NULL. When a later try can't be prepared, what the try before came to stands. */
bool retry_send(const struct transport *transport, const struct retry_policy *policy, const struct clock *clock,
                const struct entropy *entropy, struct arena *arena, const struct http_request *request,
                retry_prepare *prepare, void *context, struct exchange *out, struct err *e);

#endif
