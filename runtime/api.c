/* The Lambda Runtime API, version 2018-06-01 (docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
 *
 * Each call is an exchange, sent again only as far as that is safe, then judged by a table: which status lets the loop go
 * on, and which one means that this sandbox must end.
 *
 * Sending again. A connection that could not be made, or was lost while waiting for `next`, is made again after 10, 20,
 * 40, 80 and 160 ms. An answer whose connection was lost after bytes had gone out is sent once more: a 400 or 403 then
 * says that the first one had arrived.
 *
 * Statuses of an answer. 202: taken. 413: the platform has already told the caller that the answer is too large, so
 * nothing more is posted for this invocation. 400, 403, 410: this invocation is over (stale id, timed out); the sandbox is
 * fine. 5xx: the platform asks the process to end.
 *
 * Nothing of an event, a response or an error message is logged. */
#include "api.h"

#include <stdio.h>

#include "arena.h"
#include "clock.h"
#include "errinfo.h"
#include "error_report.h"
#include "logger.h"
#include "sb.h"
#include "signals.h"

#define VERSION_PATH "/2018-06-01/runtime"

static char content_type[] = "Content-Type: application/json";
static char no_expect[] = "Expect:"; /* libcurl would wait a second for "100 Continue" before a large body */

bool api_address_usable(sv address) {
  const sv punctuation = SV("-._:[]");
  for (size_t i = 0; i < address.len; i++) {
    char c = address.ptr[i];
    bool alphanumeric = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!alphanumeric && sv_find(punctuation, c) == punctuation.len) {
      return false;
    }
  }
  return address.len > 0 && address.len <= LIMIT_RUNTIME_ADDRESS_BYTES;
}

bool api_open(struct api *api, sv address, struct logger *logger, struct signals *signals, struct err *e) {
  *api = (struct api){.logger = logger, .signals = signals, .address = address};
  api->arena = arena_new(LIMIT_RUNTIME_ARENA_BYTES);
  return api->arena ? exchange_open(&api->exchange, e) : err_memory(e);
}

void api_close(struct api *api) {
  if (api->exchange.easy) {
    exchange_close(&api->exchange);
  }
  arena_drop(api->arena);
  api->arena = NULL;
}

/* The URL of a call: "/invocation/" and "/response" around the request id, or the whole path in `before`. */
static const char *url_of(struct api *api, const char *before, sv request_id, const char *after) {
  /* The parts are bounded by api_address_usable and delivery_id_usable, so it always fits. */
  snprintf(api->url, sizeof api->url, "http://%.*s" VERSION_PATH "%s%.*s%s", SV_ARG(api->address), before,
           SV_ARG(request_id), after);
  return api->url;
}

static void log_reconnect(struct api *api, enum exchange_end end, long delay_ms) {
  LOG(api->logger, LOG_WARN,
      end == EXCHANGE_LOST ? "the connection to the Runtime API was lost; connecting again"
                           : "no connection to the Runtime API; trying again",
      log_text("reason", sv_from(api->exchange.reason)), log_integer("delayMs", delay_ms));
}

/* Sends until there is an answer; `resends` is how often a request that may have arrived is sent again. Sets *resent. */
static enum exchange_end send_again(struct api *api, const struct exchange_request *request, int resends,
                                    bool *resent) {
  int lost_count = 0;
  for (int failed_count = 0;; failed_count++) {
    enum exchange_end end = exchange_run(&api->exchange, request);
    *resent = lost_count > 0;
    lost_count += end == EXCHANGE_LOST ? 1 : 0;
    if (end == EXCHANGE_ANSWERED || end == EXCHANGE_STOPPED || failed_count == LIMIT_RUNTIME_RECONNECTS ||
        lost_count > resends) {
      return end;
    }
    long delay_ms = (long)LIMIT_RUNTIME_RECONNECT_MS << failed_count;
    log_reconnect(api, end, delay_ms);
    clock_sleep_ms(&api->logger->clock, delay_ms);
    if (request->stop_fd != EXCHANGE_NOT_WATCHED && signals_stopped(api->signals)) {
      return EXCHANGE_STOPPED;
    }
  }
}

static enum api_outcome get(struct api *api, const char *path, const struct exchange_sink *sink) {
  bool resent = false;
  struct exchange_request request = {.url = url_of(api, path, SV(""), ""), .sink = sink, .stop_fd = api->signals->fd};
  enum exchange_end end = send_again(api, &request, LIMIT_RUNTIME_RECONNECTS, &resent);
  if (end == EXCHANGE_STOPPED) {
    return API_STOPPED;
  }
  if (end != EXCHANGE_ANSWERED) {
    LOG(api->logger, LOG_FATAL, "the Runtime API can't be reached; ending",
        log_text("reason", sv_from(api->exchange.reason)), log_text("path", sv_from(path)));
    return API_FAILED;
  }
  if (api->exchange.status != 200) {
    LOG(api->logger, LOG_FATAL, "the Runtime API refuses to go on; ending", log_integer("status", api->exchange.status),
        log_text("path", sv_from(path)));
    return API_FAILED;
  }
  return API_DONE;
}

enum api_outcome api_next(struct api *api, struct delivery *delivery) {
  struct exchange_sink sink = delivery_sink(delivery);
  if (signals_stopped(api->signals)) {
    return API_STOPPED; /* before asking: an invocation that was asked for and not handled would be lost */
  }
  enum api_outcome outcome = get(api, "/invocation/next", &sink);
  if (outcome != API_DONE) {
    return outcome;
  }
  bool usable = delivery_finish(delivery, clock_wall_ms(&api->logger->clock));
  if (delivery->refused_header) {
    LOG(api->logger, LOG_WARN, "a header of the invocation was ignored: too long, or with control characters",
        log_text("header", sv_from(delivery->refused_header)));
  }
  if (!usable) {
    LOG(api->logger, LOG_ERROR, "an invocation has no usable Lambda-Runtime-Aws-Request-Id and can't be answered",
        log_text("function_request_id", delivery->invocation.request_id));
    return API_SKIPPED;
  }
  return API_DONE;
}

struct verdict {
  int status;
  enum log_level level;
  const char *text;
};

/* What a status says about an answer that was posted; the last row is for all others below 500. */
static const struct verdict verdicts[] = {
    {400, LOG_ERROR, "the Runtime API refused the answer (400): the invocation is over, or the answer has a defect"},
    {403, LOG_ERROR, "the Runtime API refused the answer (403): another answer was sent before"},
    {410, LOG_WARN, "the answer came too late (410): the invocation had ended"},
    {413, LOG_ERROR, "the answer is larger than Lambda takes (413); the caller was told so by Lambda"},
    {0, LOG_ERROR, "the Runtime API refused the answer"},
};

static const struct verdict *verdict_of(int status) {
  const struct verdict *verdict = verdicts;
  while (verdict->status && verdict->status != status) {
    verdict++;
  }
  return verdict;
}

static enum api_outcome judge(struct api *api, const char *after, bool resent) {
  int status = api->exchange.status;
  if (status >= 200 && status < 300) {
    return API_DONE;
  }
  if (status >= 500) {
    LOG(api->logger, LOG_FATAL, "the Runtime API failed; ending", log_integer("status", status),
        log_text("call", sv_from(after)));
    return API_FAILED;
  }
  if (resent && (status == 400 || status == 403)) {
    LOG(api->logger, LOG_INFO, "the answer had arrived before its connection was lost", log_integer("status", status),
        log_text("call", sv_from(after)));
    return API_DONE;
  }
  const struct verdict *verdict = verdict_of(status);
  LOG(api->logger, verdict->level, verdict->text, log_integer("status", status), log_text("call", sv_from(after)));
  return API_DONE;
}

static enum api_outcome post(struct api *api, const struct exchange_request *request, const char *call) {
  bool resent = false;
  enum exchange_end end = send_again(api, request, LIMIT_RUNTIME_RESENDS, &resent);
  if (end == EXCHANGE_ANSWERED) {
    return judge(api, call, resent);
  }
  LOG(api->logger, LOG_ERROR, "it is not known whether the answer arrived: the connection to the Runtime API is lost",
      log_text("reason", sv_from(api->exchange.reason)), log_text("call", sv_from(call)));
  return API_DONE; /* whether the API is gone for good, `next` finds out */
}

/* "name: value" as a header line in the arena; NULL when there is no memory. */
static char *header_line(struct arena *arena, const char *name, sv value) {
  struct sb line = sb_new(arena, LIMIT_XRAY_CAUSE_BYTES + KIB(1));
  sb_format(&line, "%s: ", name);
  sb_put(&line, value);
  sb_char(&line, '\0');
  return line.state == SB_OK ? line.data : NULL;
}

/* Completes a request with a report of the error: body and headers. */
static bool put_report(struct api *api, const struct lambda_result *result, struct exchange_request *request,
                       struct err *e) {
  sv type;
  sv cause;
  if (!error_report_type(api->arena, result->error_type, &type, e) ||
      !error_report_cause(api->arena, result->error_type, result->error_message, &cause, e) ||
      !error_report_body(api->arena, result->error_type, result->error_message, &request->body, e)) {
    return false;
  }
  request->headers[2] = header_line(api->arena, "Lambda-Runtime-Function-Error-Type", type);
  request->headers[3] = header_line(api->arena, "Lambda-Runtime-Function-XRay-Error-Cause", cause);
  return request->headers[2] && request->headers[3] ? true : err_memory(e);
}

static struct exchange_request post_request(const char *url) {
  return (struct exchange_request){
      .url = url, .is_post = true, .headers = {content_type, no_expect}, .stop_fd = EXCHANGE_NOT_WATCHED};
}

static enum api_outcome post_report(struct api *api, const struct lambda_result *result,
                                    struct exchange_request *request, const char *call) {
  struct err e = {0};
  if (!put_report(api, result, request, &e)) {
    LOG(api->logger, LOG_FATAL, "an error can't be reported; ending", log_text("reason", sv_from(e.text)));
    return API_FAILED;
  }
  return post(api, request, call);
}

static enum api_outcome answer_error(struct api *api, const struct delivery *delivery,
                                     const struct lambda_result *result) {
  struct exchange_request request =
      post_request(url_of(api, "/invocation/", delivery->invocation.request_id, "/error"));
  if (delivery->invocation_id.len) {
    request.headers[4] = header_line(api->arena, "Lambda-Runtime-Invocation-Id", delivery->invocation_id);
  }
  return post_report(api, result, &request, "/error");
}

static enum api_outcome answer_too_large(struct api *api, const struct delivery *delivery, size_t payload_bytes) {
  struct sb message = sb_new(api->arena, KIB(1));
  sb_format(&message,
            "the response has %zu bytes, and Lambda takes at most %zu: answer with less, or store the data (in S3, for "
            "example) and answer where it is",
            payload_bytes, LIMIT_RESPONSE_BYTES);
  struct lambda_result result = {
      .failed = true, .error_type = SV("Runtime.ResponseTooLarge"), .error_message = sb_view(&message)};
  LOG(api->logger, LOG_ERROR, "the response is larger than Lambda takes",
      log_integer("responseBytes", (int64_t)payload_bytes), log_integer("limitBytes", (int64_t)LIMIT_RESPONSE_BYTES));
  return answer_error(api, delivery, &result);
}

enum api_outcome api_answer(struct api *api, const struct delivery *delivery, const struct lambda_result *result) {
  if (result->failed) {
    return answer_error(api, delivery, result);
  }
  if (result->payload.len > LIMIT_RESPONSE_BYTES) {
    return answer_too_large(api, delivery, result->payload.len);
  }
  struct exchange_request request =
      post_request(url_of(api, "/invocation/", delivery->invocation.request_id, "/response"));
  request.body = result->payload;
  if (delivery->invocation_id.len) {
    request.headers[2] = header_line(api->arena, "Lambda-Runtime-Invocation-Id", delivery->invocation_id);
  }
  return post(api, &request, "/response");
}

void api_init_error(struct api *api, const struct lambda_result *result) {
  struct exchange_request request = post_request(url_of(api, "/init/error", SV(""), ""));
  post_report(api, result, &request, "/init/error");
}

void api_restore_error(struct api *api, const struct lambda_result *result) {
  struct exchange_request request = post_request(url_of(api, "/restore/error", SV(""), ""));
  post_report(api, result, &request, "/restore/error");
}

enum api_outcome api_restore_next(struct api *api) {
  return get(api, "/restore/next", NULL);
}
