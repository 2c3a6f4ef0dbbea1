/* Sending a step's request: signed anew for each try, retried inside the invocation, bounded by the deadline and by the step's
 * own timeout; and what can be said of what came of it. */
#include "arena.h"
#include "aws_error.h"
#include "credentials.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "service_message.h"
#include "sigv4.h"
#include "stepping.h"

static bool sign(void *context, struct arena *arena, struct http_request *request, struct err *e) {
  const struct stepping *s = context;
  const struct endpoint *endpoint = &s->request.endpoint;
  struct sigv4_result result;
  struct sigv4_settings settings = {
      .region = endpoint->region,
      .service = endpoint->service,
      .time_ms = clock_wall_ms(&s->engine->clock),
      .normalize_path = !sv_eq(endpoint->service, SV("s3")),
      .double_encode_path = !sv_eq(endpoint->service, SV("s3")),
      .sign_body = true,
  };
  if (endpoint->service.len == 0) {
    return true;
  }
  return credentials_from_environment(s->engine->environment, &settings.credentials, e) &&
         sigv4_sign(arena, request, &settings, &result, e);
}

bool sending_is_usable(const struct stepping *s) {
  return s->body.why.code == ERR_NONE || (!s->body.is_page && !s->sent->reads_body);
}

bool sending_has_response(const struct stepping *s) {
  return s->exchange.failure == NULL;
}

static bool accept(void *context, struct arena *arena, const struct http_response *response, bool *accepted,
                   struct err *e) {
  struct stepping *s = context;
  bool good = response_read(arena, s->sent, response, &s->body, e);
  *accepted = good && (response->status >= 300 || sending_is_usable(s));
  return good;
}

static void note_response(struct stepping *s) {
  static const char *const names[] = {"x-amzn-RequestId", "x-amz-request-id", "x-request-id"};
  const struct http_response *response = &s->exchange.response;
  struct err ignored;
  err_clear(&ignored);
  s->out->status_code = response->status;
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (http_header_get(&response->headers, sv_from(names[i]), &s->out->request_id)) {
      break;
    }
  }
  if (response->status >= 400) {
    aws_error_type(s->arena, response, &s->out->aws_error_type, &ignored);
  }
}

/* Arazzo 1.1.0, Step Object: `timeout` is how long to wait for the step to complete. */
static int64_t tries_end_ms(const struct stepping *s) {
  const struct frame *frame = s->run->top;
  return s->sent->timeout_ms ? frame->step_started_ms + s->sent->timeout_ms : 0;
}

bool sending_run(struct stepping *s, int64_t deadline_ms, struct err *why) {
  struct retry_policy policy = {
      .max_attempts = s->engine->max_attempts,
      .deadline_ms = deadline_ms - LIMIT_DEADLINE_MARGIN_MS,
      .tries_end_ms = tries_end_ms(s),
      .may_repeat = s->may_repeat,
      .accept = accept,
  };
  s->out->url = s->request.http.url;
  bool good = retry_send(&s->engine->transport, &policy, &s->engine->clock, &s->engine->entropy, s->arena,
                         &s->request.http, sign, s, &s->exchange, why);
  s->out->sent = s->exchange.attempts > 0;
  s->out->attempts = s->exchange.attempts;
  s->out->duration_us = s->exchange.duration_us;
  if (good && sending_has_response(s)) {
    note_response(s);
  }
  return good;
}

static const char *why_unknown(const struct stepping *s) {
  if (s->body.why.code) {
    return s->body.why.text;
  }
  return s->why_unknown.code ? s->why_unknown.text : "what the step's criteria read is not there";
}

sv sending_describe(struct stepping *s) {
  struct sb text = sb_new(s->arena, KIB(16));
  if (!sending_has_response(s)) {
    err_write(s->exchange.failure, &text);
  } else if (s->unknown) {
    sb_format(&text, "status %d, but the answer can't be evaluated: %s", s->out->status_code, why_unknown(s));
  } else {
    sv message = s->request.endpoint.service.len ? service_message(s->engine->environment, s->run->top->scope, s->arena)
                                                 : SV("");
    sb_format(&text, "status %d%s%.*s%s%.*s", s->out->status_code, s->out->aws_error_type.len ? " " : "",
              SV_ARG(s->out->aws_error_type), message.len ? ": " : "", SV_ARG(message));
  }
  return sb_view(&text);
}

bool sending_may_be_applied(const struct stepping *s) {
  return s->exchange.ambiguous || s->unknown;
}

/* A run that has done something is not given up because a sandbox's credentials ran out: the next one has fresh ones. */
static bool may_get_fresh_credentials(const struct stepping *s) {
  return aws_error_kind(s->out->aws_error_type) == AWS_ERROR_EXPIRED &&
         json_first(json_get(s->run->top->scope, SV("steps")));
}

bool sending_is_transient(const struct stepping *s) {
  switch (s->exchange.outcome) {
  case ATTEMPT_ANSWERED:
    return s->unknown || may_get_fresh_credentials(s);
  case ATTEMPT_THROTTLED:
  case ATTEMPT_TRANSIENT:
  case ATTEMPT_NOT_SENT:
  case ATTEMPT_LOST:
  case ATTEMPT_FATAL:
    return true;
  }
  return true;
}
