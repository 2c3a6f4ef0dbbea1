/* Retries inside one invocation, as AWS's SDKs do them in standard mode ("Retry behavior", AWS SDKs and Tools Reference
 * Guide): up to max_attempts tries, before the n-th retry a random part of 2^(n-1) seconds as delay, 20 s at most.
 *
 * Whether a request may be sent again is decided by what is known about the try, never by hope:
 *   THROTTLED, NOT_SENT   it was certainly not applied: always
 *   TRANSIENT, LOST       it may have been applied: only when sending it twice has the effect of sending it once
 *   MENDED                it was certainly not applied: once for each of both causes
 *   ANSWERED, FATAL       never
 * `ambiguous` remembers over all tries that one may have been applied, so that a later 404 to a DELETE can be
 * understood.
 *
 * A wait that the server asks for (x-amz-retry-after in milliseconds, Retry-After in seconds or as a date) is the least
 * that is waited. When it is longer than LIMIT_BACKOFF_MS or than the time that is left, trying ends and the wait is
 * handed up: a workflow can wait without paying for a sleeping function. No try starts so late that it would only end
 * as a timeout, because "throttled" is a better last word than "lost". The time counts when the try is ready to be sent:
 * fetching credentials for it may have taken some.
 *
 * Retries take from the quota of standard mode (retry_quota.c), which outlives an invocation.
 *
 * A signature that is refused because the clock is wrong (clock_skew.c) is no failure of the service: the request is signed
 * by its time and sent once more, at once and whatever its method, since it was not applied. Without time for that, a later
 * invocation does it. When the second one is refused, too, it was not the clock. Credentials that have expired are treated
 * alike, where there are others.
 *
 * A success of a signed request whose body is an error of S3 counts as status 500, as in AWS's SDKs: otherwise a document
 * that asks for 200 would go on. How much of it was applied is not known. */
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
  struct err *failure;  /* made before the first try, so that reporting never lacks memory */
  unsigned tokens;      /* that the last retry took from the quota */
  bool is_clock_mended; /* a try was refused because of the clock, which is corrected */
  bool is_renewed;      /* a try was refused because of credentials that are replaced */
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
    return ATTEMPT_ANSWERED;
  case AWS_ERROR_EXPIRED:
  case AWS_ERROR_CLOCK:
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

static bool read_error(struct sending *s, struct err *e) {
  struct exchange *out = s->out;
  if (out->response.status < 300 && !s->policy->is_signed) {
    out->error = (struct aws_error){.request_id = aws_error_request_id(&out->response.headers)};
    return true;
  }
  return aws_error_read(s->arena, &out->response, &out->error, e);
}

/* A refused HEAD has no body, and S3 tells its error types there only. */
static bool may_be_the_clock(const struct sending *s) {
  const struct exchange *out = s->out;
  return aws_error_kind(out->error.type) == AWS_ERROR_CLOCK ||
         (out->response.status == 403 && out->error.type.len == 0 && sv_eq(s->request->method, SV("HEAD")));
}

/* RFC 9110 15.5: a client error. What a server's error says of the signature does not tell that nothing was applied. */
static bool is_refusal(const struct sending *s) {
  return s->out->response.status >= 400 && s->out->response.status < 500;
}

/* True when the request was refused because of the clock, which is corrected now. */
static bool mend_clock(struct sending *s) {
  if (!s->policy->skew || s->is_clock_mended || !is_refusal(s) || !may_be_the_clock(s)) {
    return false;
  }
  s->is_clock_mended = clock_skew_learn(s->policy->skew, &s->out->response.headers, clock_wall_ms(s->clock));
  return s->is_clock_mended;
}

static bool renew_credentials(struct sending *s) {
  if (!s->policy->renew || s->is_renewed || !is_refusal(s) || !aws_error_may_be_expired(s->out->error.type)) {
    return false;
  }
  s->is_renewed = s->policy->renew(s->context, s->arena);
  return s->is_renewed;
}

static enum attempt_class class_of_response(struct sending *s) {
  if (s->out->error.in_success) {
    s->out->response.status = 500;
    return ATTEMPT_TRANSIENT;
  }
  return mend_clock(s) || renew_credentials(s) ? ATTEMPT_MENDED : retry_classify(&s->out->response, s->out->error.type);
}

/* When the services' clock is known to differ from ours, dates of theirs are read by it. */
static int64_t service_now_ms(const struct sending *s) {
  int64_t now_ms = clock_wall_ms(s->clock);
  return s->policy->skew ? clock_skew_correct(s->policy->skew, now_ms) : now_ms;
}

static bool judge_response(struct sending *s, struct err *e) {
  struct exchange *out = s->out;
  out->failure = NULL;
  bool ok = read_error(s, e);
  out->outcome = class_of_response(s);
  out->retry_after_ms = wait_asked(&out->response.headers, service_now_ms(s));
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
  out->error = (struct aws_error){.in_success = false};
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

/* Tries that count: those that mended something do not. */
static unsigned tries(const struct sending *s) {
  return s->out->attempts - (s->is_clock_mended ? 1 : 0) - (s->is_renewed ? 1 : 0);
}

static bool may_try_again(const struct sending *s) {
  if (tries(s) >= s->policy->max_attempts) {
    return false;
  }
  switch (s->out->outcome) {
  case ATTEMPT_THROTTLED:
  case ATTEMPT_NOT_SENT:
    return true;
  case ATTEMPT_TRANSIENT:
  case ATTEMPT_LOST:
    return s->policy->may_repeat;
  case ATTEMPT_MENDED:
  case ATTEMPT_ANSWERED:
  case ATTEMPT_FATAL:
    break;
  }
  return false;
}

static void tell(const struct sending *s, int64_t wait_ms) {
  if (s->policy->watch) {
    s->policy->watch(s->context, s->out, wait_ms);
  }
}

static int64_t backoff_ms(const struct sending *s) {
  unsigned doublings = tries(s) - 1;
  doublings = doublings < BACKOFF_DOUBLINGS_MAX ? doublings : BACKOFF_DOUBLINGS_MAX;
  int64_t delay = (int64_t)entropy_up_to(s->entropy, (uint64_t)BACKOFF_BASE_MS << doublings);
  return delay < LIMIT_BACKOFF_MS ? delay : LIMIT_BACKOFF_MS;
}

/* What a try needs; one that must not be sent twice needs more, so that its answer is not missed. */
static int64_t time_needed_ms(const struct sending *s) {
  return s->policy->may_repeat ? LIMIT_RETRY_MS : LIMIT_ONCE_MS;
}

static bool take_tokens(struct sending *s) {
  bool timed_out = s->out->failure && s->out->failure->code == ERR_TIMEOUT;
  enum retry_cost cost = timed_out ? RETRY_COST_TIMEOUT : RETRY_COST_ERROR;
  s->tokens = (unsigned)cost;
  return !s->policy->quota || retry_quota_take(s->policy->quota, cost);
}

/* How long to sleep before the next try; -1 when there is none. */
static int64_t wait_before_next(struct sending *s) {
  if (s->out->outcome == ATTEMPT_MENDED) {
    return time_for_try_ms(s) >= time_needed_ms(s) ? 0 : -1;
  }
  int64_t asked = s->out->retry_after_ms;
  if (!may_try_again(s) || asked > LIMIT_BACKOFF_MS) {
    return -1;
  }
  int64_t delay = backoff_ms(s);
  delay = delay > asked ? delay : asked;
  return delay + time_needed_ms(s) > time_for_try_ms(s) || !take_tokens(s) ? -1 : delay;
}

/* Sleeps before the next try; false when there is none. */
static bool wait_for_next(struct sending *s) {
  if (s->out->attempts == 0) {
    return false;
  }
  int64_t wait_ms = wait_before_next(s);
  tell(s, wait_ms);
  clock_sleep_ms(s->clock, wait_ms);
  return wait_ms >= 0;
}

static bool put_off(struct sending *s) {
  err_set(s->failure, ERR_TIMEOUT,
          "too little time was left to send the request and read its answer: give the function a longer timeout");
  s->out->failure = s->failure;
  return true;
}

/* The first try. Without time for it nothing is prepared or sent. Preparing may take long, too: it fetches credentials. */
static bool first_try(struct sending *s, struct err *e) {
  struct http_request request;
  if (time_left_ms(s) < time_needed_ms(s)) {
    return put_off(s);
  }
  if (!prepare_try(s, &request, e)) {
    return false;
  }
  return time_left_ms(s) < time_needed_ms(s) ? put_off(s) : send_once(s, &request, e);
}

static bool try_again(struct sending *s, struct err *e) {
  while (wait_for_next(s)) {
    struct http_request request;
    struct err unprepared = {0};
    if (time_for_try_ms(s) <= 0 || !prepare_try(s, &request, &unprepared) || time_for_try_ms(s) < time_needed_ms(s)) {
      return true;
    }
    if (!send_once(s, &request, e)) {
      return false;
    }
  }
  return true;
}

static void give_tokens(const struct sending *s) {
  int status = s->out->response.status;
  if (s->policy->quota && s->out->outcome == ATTEMPT_ANSWERED && status >= 200 && status < 300) {
    retry_quota_give(s->policy->quota, s->tokens);
  }
}

/* NOLINTNEXTLINE(readability-function-size): each collaborator is an argument, so that a test can replace it */
bool retry_send(const struct transport *transport, const struct retry_policy *policy, const struct clock *clock,
                const struct entropy *entropy, struct arena *arena, const struct http_request *request,
                retry_prepare *prepare, void *context, struct exchange *out, struct err *e) {
  struct sending s = {.transport = transport,
                      .policy = policy,
                      .clock = clock,
                      .entropy = entropy,
                      .arena = arena,
                      .request = request,
                      .prepare = prepare,
                      .context = context,
                      .out = out};
  int64_t started_us = clock_monotonic_us(clock);
  *out = (struct exchange){.outcome = ATTEMPT_NOT_SENT, .retry_after_ms = NO_WAIT_ASKED};
  s.failure = arena_alloc(arena, sizeof *s.failure);
  if (!s.failure) {
    return err_memory(e);
  }
  bool ok = first_try(&s, e) && try_again(&s, e);
  give_tokens(&s);
  out->duration_us = clock_monotonic_us(clock) - started_us;
  return ok;
}
