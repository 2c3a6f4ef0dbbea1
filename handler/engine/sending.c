/* Sending a step's request: signed anew for each try, retried inside the invocation, bounded by the deadline and by the step's
 * own timeout; and what can be said of what came of it. */
#include "arena.h"
#include "credentials.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"
#include "observer.h"
#include "redirect.h"
#include "sb.h"
#include "service_message.h"
#include "sigv4.h"
#include "stepping.h"

static bool is_signed(const struct stepping *s) {
  return s->request.endpoint.service.len != 0;
}

/* The token goes to the service, which may repeat it anywhere: in a request id, the type of an error, a location. */
static bool hide(const struct stepping *s, struct err *e) {
  return masking_add(s->run->secrets, s->credentials.session_token, e) &&
         masking_add(s->run->secrets, s->credentials.secret_access_key, e);
}

static bool sign(struct stepping *s, struct arena *arena, struct http_request *request, struct err *e) {
  const struct credentials_provider *provider = &s->engine->credentials;
  const struct endpoint *endpoint = &s->request.endpoint;
  struct sigv4_result result;
  struct sigv4_settings settings = {
      .region = endpoint->region,
      .service = endpoint->service,
      .time_ms = clock_skew_correct(&s->engine->memory->skew, clock_wall_ms(&s->engine->clock)),
      .normalize_path = !sigv4_keeps_path(endpoint->service),
      .double_encode_path = !sigv4_keeps_path(endpoint->service),
      .body = SIGV4_BODY_DECLARED,
  };
  if (!provider->get(provider->context, s->deadline_ms, &s->credentials, e) || !hide(s, e)) {
    return false;
  }
  settings.credentials = s->credentials;
  return sigv4_sign(arena, request, &settings, &result, e);
}

/* Those of the environment stay what they are: then there is nothing to try again with. */
static bool renew(void *context, struct arena *arena) {
  struct stepping *s = context;
  const struct credentials_provider *provider = &s->engine->credentials;
  sv before = sv_copy(arena, s->credentials.access_key_id);
  struct err ignored;
  err_clear(&ignored);
  s->credentials = (struct credentials){.session_token = SV("")};
  provider->refuse(provider->context);
  s->are_credentials_new = provider->get(provider->context, s->deadline_ms, &s->credentials, &ignored) &&
                           !sv_eq(before, s->credentials.access_key_id);
  return s->are_credentials_new;
}

/* Keys and tokens come before the signature, which covers them. Fetching them may replace the credentials that the try before was
 * signed with. */
static bool authenticate(void *context, struct arena *arena, struct http_request *request, struct err *e) {
  struct stepping *s = context;
  struct api_call call = {s->sent, &s->request.endpoint, s->deadline_ms, s->run->secrets};
  s->credentials = (struct credentials){.session_token = SV("")};
  return api_security_apply(s->engine->security, arena, &call, request, &s->authentication, e) &&
         (!is_signed(s) || sign(s, arena, request, e));
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
  s->out->status_code = s->exchange.response.status;
  s->out->request_id = s->exchange.error.request_id;
  s->out->aws_error_type = s->exchange.error.type;
  if (s->are_credentials_new && aws_error_may_be_expired(s->exchange.error.type)) {
    s->engine->credentials.refuse(s->engine->credentials.context); /* the next invocation asks again */
  }
}

/* Arazzo 1.1.0, Step Object: `timeout` is how long to wait for the step to complete. */
static int64_t tries_end_ms(const struct stepping *s) {
  const struct frame *frame = s->run->top;
  return s->sent->timeout_ms ? frame->step_started_ms + s->sent->timeout_ms : 0;
}

/* Whether some step, of any workflow of the run, has run before this one. */
static bool has_done_something(const struct run *run) {
  bool found = json_first(run->finished) != NULL;
  for (size_t i = 0; i < run->depth; i++) {
    found = found || json_first(json_get(run->frames[i].scope, SV("steps")));
  }
  return found;
}

/* Of a run that has done something all of these may: where credentials and secrets come from, somebody can mend it. */
static bool may_pass(const struct stepping *s, enum err_code code) {
  bool is_passing = code == ERR_NETWORK || code == ERR_TLS || code == ERR_TIMEOUT;
  bool is_refusal = code == ERR_UNRESOLVED || code == ERR_INVALID || code == ERR_UNSUPPORTED || code == ERR_SYNTAX;
  return is_passing || (is_refusal && has_done_something(s->run));
}

/* Credentials that can't be had now: nothing was sent, and nothing is known against sending it later. */
static bool is_put_off(struct stepping *s, const struct err *why) {
  struct err *failure = may_pass(s, why->code) ? arena_alloc(s->arena, sizeof *failure) : NULL;
  if (!failure) {
    return false;
  }
  *failure = *why;
  s->exchange.failure = failure;
  s->exchange.outcome = ATTEMPT_NOT_SENT;
  return true;
}

/* ---- watching ---- */

static bool send_watched(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                         struct http_response *response, enum http_progress *progress, struct err *e) {
  const struct stepping *s = context;
  const struct transport *transport = &s->engine->transport;
  OBSERVE(s->run, try_begins, request);
  bool good = transport->send(transport->context, request, timeout_ms, arena, response, progress, e);
  OBSERVE(s->run, try_ends, good ? response : NULL, e, *progress);
  return good;
}

static void watch(void *context, const struct exchange *exchange, int64_t wait_ms) {
  const struct stepping *s = context;
  OBSERVE(s->run, try_judged, exchange, wait_ms);
}

static struct transport transport_of(struct stepping *s) {
  return s->run->observer ? (struct transport){.send = send_watched, .context = s} : s->engine->transport;
}

/* ---- tries ---- */

/* All tries of one authentication. */
static bool send_tries(struct stepping *s, struct err *why) {
  struct retry_policy policy = {
      .max_attempts = s->engine->max_attempts,
      .deadline_ms = s->deadline_ms,
      .tries_end_ms = tries_end_ms(s),
      .may_repeat = s->may_repeat,
      .is_signed = is_signed(s),
      .skew = is_signed(s) ? &s->engine->memory->skew : NULL,
      .renew = is_signed(s) ? renew : NULL,
      .quota = &s->engine->memory->quota,
      .watch = s->run->observer ? watch : NULL,
      .accept = accept,
  };
  struct transport transport = transport_of(s);
  return retry_send(&transport, &policy, &s->engine->clock, &s->engine->entropy, s->arena, &s->request.http,
                    authenticate, s, &s->exchange, why) ||
         is_put_off(s, why);
}

/* The API refuses what was added to the request. */
static bool is_unauthorized(const struct stepping *s) {
  int status = s->exchange.response.status;
  return sending_has_response(s) && (status == 401 || status == 403) && s->authentication.count;
}

/* A key or token that was kept since an earlier request may have been rotated. What is refused for its authentication was not
 * applied, so it may be sent once more, with what is fetched anew. */
static bool send_authenticated(struct stepping *s, struct err *why) {
  if (!send_tries(s, why)) {
    return false;
  }
  if (!is_unauthorized(s)) {
    return true;
  }
  struct exchange before = s->exchange;
  api_security_forget(s->engine->security, &s->authentication);
  if (!s->authentication.was_kept) {
    return true;
  }
  bool good = send_tries(s, why);
  s->exchange.attempts += before.attempts;
  s->exchange.duration_us += before.duration_us;
  s->exchange.ambiguous = s->exchange.ambiguous || before.ambiguous;
  if (good && is_unauthorized(s)) {
    api_security_forget(s->engine->security, &s->authentication);
  }
  return good;
}

bool sending_run(struct stepping *s, int64_t deadline_ms, struct err *why) {
  s->deadline_ms = deadline_ms - LIMIT_DEADLINE_MARGIN_MS;
  s->out->url = s->request.http.url;
  bool good = send_authenticated(s, why);
  s->out->sent = s->exchange.attempts > 0;
  s->out->attempts = s->exchange.attempts;
  s->out->duration_us = s->exchange.duration_us;
  OBSERVE(s->run, sent, &s->exchange);
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

static void describe_answer(const struct stepping *s, struct sb *text) {
  const struct aws_error *error = &s->exchange.error;
  sb_format(text, "status %d%s%.*s", s->out->status_code, error->type.len ? " " : "", SV_ARG(error->type));
  /* Without the credentials it can't be told whether the message repeats one of their secrets. */
  if (s->credentials.access_key_id.len) {
    sv message = service_message(&s->credentials, error->message, s->arena);
    sb_format(text, "%s%.*s", message.len ? ": " : "", SV_ARG(message));
  }
  if (error->in_success) {
    sb_put(text, SV(" (the service answered with a success, but its body is this error)"));
  }
  redirect_describe(&s->request.endpoint, &s->exchange.response, error, text);
}

sv sending_describe(struct stepping *s) {
  struct sb text = sb_new(s->arena, KIB(16));
  if (!sending_has_response(s)) {
    err_write(s->exchange.failure, &text);
  } else if (s->unknown) {
    sb_format(&text, "status %d, but the answer can't be evaluated: %s", s->out->status_code, why_unknown(s));
  } else {
    describe_answer(s, &text);
  }
  return sb_view(&text);
}

bool sending_may_be_applied(const struct stepping *s) {
  return s->exchange.ambiguous || s->unknown;
}

/* A run that has done something is not given up because a sandbox's credentials ran out: the next one has fresh ones. */
static bool may_get_fresh_credentials(const struct stepping *s) {
  return aws_error_may_be_expired(s->exchange.error.type) && has_done_something(s->run);
}

bool sending_is_transient(const struct stepping *s) {
  switch (s->exchange.outcome) {
  case ATTEMPT_ANSWERED:
    return s->unknown || may_get_fresh_credentials(s);
  case ATTEMPT_THROTTLED:
  case ATTEMPT_MENDED:
  case ATTEMPT_TRANSIENT:
  case ATTEMPT_NOT_SENT:
  case ATTEMPT_LOST:
  case ATTEMPT_FATAL:
    return true;
  }
  return true;
}
