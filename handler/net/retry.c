/* Retries inside one invocation, as AWS's SDKs do them in standard mode ("Retry behavior", AWS SDKs and Tools Reference
 * Guide): up to max_attempts tries, before the n-th retry a random part of 2^(n-1) seconds as delay, 20 s at most.
 *
 * Whether a request may be sent again is decided by what is known about the try, never by hope:
 *   THROTTLED, NOT_SENT   it was certainly not applied: always
 *   TRANSIENT, LOST       it may have been applied: only when sending it twice has the effect of sending it once
 *   ANSWERED, FATAL       never
 * `ambiguous` remembers over all tries that one may have been applied, so that a later 404 to a DELETE can be
 * understood.
 *
 * A wait that the server asks for (x-amz-retry-after in milliseconds, Retry-After in seconds or as a date) is the least
 * that is waited. When it is longer than LIMIT_BACKOFF_MS or than the time that is left, trying ends and the wait is
 * handed up: a workflow can wait without paying for a sleeping function. No try starts so late that it would only end
 * as a timeout, because "throttled" is a better last word than "lost".
 *
 * Left out: standard mode's retry quota (a token bucket of 500, 5 for a retry). It protects a service from a client
 * that sends many requests at once; one invocation sends one, and three tries never reach the bucket's bottom. */
#include "retry.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "http_date.h"
#include "limits.h"

#define BACKOFF_BASE_MS 1000
#define BACKOFF_DOUBLINGS_MAX 20
#define NO_WAIT_ASKED (-1)
#define WAIT_ASKED_MAX_MS ((int64_t)LIMIT_WAIT_SECONDS_MAX * 1000)

/* One retry_send on its way. */
struct sending {
  const struct transport *transport;
  const struct retry_policy *policy;
  const struct clock *clock;
  const struct entropy *entropy;
  struct arena *arena;
  const struct http_request *request;
  retry_prepare *prepare;
  void *context;
  struct exchange *out;
  struct err *failure; /* made before the first try, so that reporting never lacks memory */
};

static enum attempt_class class_of_status(int status) {
  switch (status) {
  case 429:
    return ATTEMPT_THROTTLED;
  case 500:
  case 502:
  case 503:
  case 504:
    return ATTEMPT_TRANSIENT;
  default:
    return ATTEMPT_ANSWERED;
  }
}

/* 402 Payment Required and 409 Conflict are how services answer when a quota is used up: no retry betters them. */
static bool is_quota_status(int status) {
  return status == 402 || status == 409;
}

enum attempt_class retry_classify(const struct http_response *response, sv error_type) {
  if (response->status < 400) {
    return ATTEMPT_ANSWERED;
  }
  switch (aws_error_kind(error_type)) {
  case AWS_ERROR_THROTTLING:
    return is_quota_status(response->status) ? ATTEMPT_ANSWERED : ATTEMPT_THROTTLED;
  case AWS_ERROR_TRANSIENT:
    return response->status == 429 ? ATTEMPT_THROTTLED : ATTEMPT_TRANSIENT;
  case AWS_ERROR_QUOTA:
  case AWS_ERROR_EXPIRED:
    return ATTEMPT_ANSWERED;
  case AWS_ERROR_OTHER:
    break;
  }
  return class_of_status(response->status);
}

static enum attempt_class class_of_failure(const struct err *failure, enum http_progress progress) {
  if (failure->code == ERR_NETWORK || failure->code == ERR_TIMEOUT) {
    return progress == HTTP_NOT_SENT ? ATTEMPT_NOT_SENT : ATTEMPT_LOST;
  }
  return ATTEMPT_FATAL;
}

/* ---- What the server asks to wait ---- */

static bool is_number(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') {
      return false;
    }
  }
  return text.len != 0;
}

/* A count of `unit_ms`; numbers beyond every wait that is possible count as the longest one. */
static int64_t wait_of_number(sv text, int64_t unit_ms) {
  unsigned long long count = 0;
  if (!is_number(text)) {
    return NO_WAIT_ASKED;
  }
  bool fits = sv_to_uint(text, (unsigned long long)(WAIT_ASKED_MAX_MS / unit_ms), &count);
  return fits ? (int64_t)count * unit_ms : WAIT_ASKED_MAX_MS;
}

static int64_t wait_until(sv date, int64_t now_ms) {
  int64_t wall_ms = 0;
  if (!http_date_parse(date, now_ms, &wall_ms)) {
    return NO_WAIT_ASKED;
  }
  int64_t wait = wall_ms > now_ms ? wall_ms - now_ms : 0;
  return wait < WAIT_ASKED_MAX_MS ? wait : WAIT_ASKED_MAX_MS;
}

/* RFC 9110 10.2.3: Retry-After = HTTP-date / delay-seconds. What can't be read is as if it were not there. */
static int64_t wait_asked(const struct http_headers *headers, int64_t now_ms) {
  sv text;
  int64_t wait = NO_WAIT_ASKED;
  if (http_header_get(headers, SV("x-amz-retry-after"), &text)) {
    wait = wait_of_number(sv_trim(text), 1);
  }
  if (wait == NO_WAIT_ASKED && http_header_get(headers, SV("Retry-After"), &text)) {
    text = sv_trim(text);
    wait = is_number(text) ? wait_of_number(text, 1000) : wait_until(text, now_ms);
  }
  return wait;
}

/* ---- One try ---- */

static int64_t time_left_ms(const struct sending *s) {
  return s->policy->deadline_ms - clock_wall_ms(s->clock);
}

/* The same, with the caller's own limit in view, which may be short, but is meant. */
static int64_t time_for_try_ms(const struct sending *s) {
  int64_t left = time_left_ms(s);
  int64_t until_end = s->policy->tries_end_ms - clock_wall_ms(s->clock);
  return s->policy->tries_end_ms && until_end < left ? until_end : left;
}

/* A copy whose header list is its own, so that what `prepare` sets does not reach the next try. */
static bool copy_request(const struct sending *s, struct http_request *copy, struct err *e) {
  const struct http_headers *headers = &s->request->headers;
  *copy = *s->request;
  if (headers->count == 0) {
    return true;
  }
  copy->headers.items = arena_array(s->arena, headers->count, sizeof *headers->items);
  if (!copy->headers.items) {
    return err_memory(e);
  }
  memcpy(copy->headers.items, headers->items, headers->count * sizeof *headers->items);
  return true;
}

static bool prepare_try(const struct sending *s, struct http_request *request, struct err *e) {
  return copy_request(s, request, e) && (!s->prepare || s->prepare(s->context, s->arena, request, e));
}

/* Answers of something in front of the service, which may have passed the request on: 408, and 5xx that no service means as
 * "not done". */
static bool may_hide_success(const struct exchange *out) {
  int status = out->response.status;
  return out->outcome == ATTEMPT_ANSWERED && (status == 408 || (status > 501 && status <= 599));
}

static bool judge_response(struct sending *s, struct err *e) {
  sv error_type = SV("");
  struct exchange *out = s->out;
  out->failure = NULL;
  out->retry_after_ms = wait_asked(&out->response.headers, clock_wall_ms(s->clock));
  bool ok = out->response.status < 400 || aws_error_type(s->arena, &out->response, &error_type, e);
  out->outcome = retry_classify(&out->response, error_type);
  if (ok && out->outcome == ATTEMPT_ANSWERED && out->response.status < 400 && s->policy->accept) {
    bool accepted = true;
    ok = s->policy->accept(s->context, s->arena, &out->response, &accepted, e);
    out->outcome = accepted ? ATTEMPT_ANSWERED : ATTEMPT_TRANSIENT;
  }
  out->ambiguous = out->ambiguous || out->outcome == ATTEMPT_TRANSIENT || may_hide_success(out);
  return ok;
}

static void judge_failure(struct sending *s, enum http_progress progress) {
  struct exchange *out = s->out;
  out->failure = s->failure;
  out->response = (struct http_response){0};
  out->retry_after_ms = NO_WAIT_ASKED;
  out->outcome = class_of_failure(s->failure, progress);
  out->ambiguous = out->ambiguous || progress == HTTP_MAYBE_SENT;
}

static bool send_once(struct sending *s, const struct http_request *request, struct err *e) {
  enum http_progress progress = HTTP_MAYBE_SENT;
  int64_t left = time_for_try_ms(s);
  int64_t timeout = left < LIMIT_REQUEST_MS ? left : LIMIT_REQUEST_MS;
  timeout = timeout < 1 ? 1 : timeout;
  s->out->attempts++;
  s->out->response = (struct http_response){0};
  err_clear(s->failure);
  if (s->transport->send(s->transport->context, request, timeout, s->arena, &s->out->response, &progress, s->failure)) {
    return judge_response(s, e);
  }
  judge_failure(s, progress);
  return true;
}

/* ---- Between tries ---- */

static bool may_try_again(const struct sending *s) {
  if (s->out->attempts >= s->policy->max_attempts) {
    return false;
  }
  switch (s->out->outcome) {
  case ATTEMPT_THROTTLED:
  case ATTEMPT_NOT_SENT:
    return true;
  case ATTEMPT_TRANSIENT:
  case ATTEMPT_LOST:
    return s->policy->may_repeat;
  case ATTEMPT_ANSWERED:
  case ATTEMPT_FATAL:
    break;
  }
  return false;
}

static int64_t backoff_ms(const struct sending *s) {
  unsigned doublings = s->out->attempts - 1;
  doublings = doublings < BACKOFF_DOUBLINGS_MAX ? doublings : BACKOFF_DOUBLINGS_MAX;
  int64_t delay = (int64_t)entropy_up_to(s->entropy, (uint64_t)BACKOFF_BASE_MS << doublings);
  return delay < LIMIT_BACKOFF_MS ? delay : LIMIT_BACKOFF_MS;
}

/* Sleeps before the next try; false when there is none. */
static bool wait_for_next(const struct sending *s) {
  int64_t asked = s->out->retry_after_ms;
  if (!may_try_again(s) || asked > LIMIT_BACKOFF_MS) {
    return false;
  }
  int64_t delay = backoff_ms(s);
  delay = delay > asked ? delay : asked;
  if (delay + LIMIT_RETRY_MS > time_for_try_ms(s)) {
    return false;
  }
  clock_sleep_ms(s->clock, delay);
  return true;
}

/* The first try. Without time for it nothing is prepared or sent. */
static bool first_try(struct sending *s, struct err *e) {
  struct http_request request;
  int64_t needed = s->policy->may_repeat ? LIMIT_RETRY_MS : LIMIT_ONCE_MS;
  if (time_left_ms(s) < needed) {
    err_set(s->failure, ERR_TIMEOUT,
            "too little time was left to send the request and read its answer: give the function a longer timeout");
    s->out->failure = s->failure;
    return true;
  }
  return prepare_try(s, &request, e) && send_once(s, &request, e);
}

static bool try_again(struct sending *s, struct err *e) {
  while (wait_for_next(s)) {
    struct http_request request;
    struct err unprepared = {0};
    if (time_for_try_ms(s) <= 0 || !prepare_try(s, &request, &unprepared)) {
      return true;
    }
    if (!send_once(s, &request, e)) {
      return false;
    }
  }
  return true;
}

/* NOLINTNEXTLINE(readability-function-size): each collaborator is an argument, so that a test can replace it */
bool retry_send(const struct transport *transport, const struct retry_policy *policy, const struct clock *clock,
                const struct entropy *entropy, struct arena *arena, const struct http_request *request,
                retry_prepare *prepare, void *context, struct exchange *out, struct err *e) {
  struct sending s = {transport, policy, clock, entropy, arena, request, prepare, context, out, NULL};
  int64_t started_us = clock_monotonic_us(clock);
  *out = (struct exchange){.outcome = ATTEMPT_NOT_SENT, .retry_after_ms = NO_WAIT_ASKED};
  s.failure = arena_alloc(arena, sizeof *s.failure);
  if (!s.failure) {
    return err_memory(e);
  }
  bool ok = first_try(&s, e) && try_again(&s, e);
  out->duration_us = clock_monotonic_us(clock) - started_us;
  return ok;
}
