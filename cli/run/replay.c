/* Replaying. Steps are taken in the trace's order, and the tries of each in theirs; the request that the engine makes is compared
 * with the recorded one, both without secrets, before the recorded answer is given. The clock shows the recorded times, so that
 * timeouts and durations come out the same; the run's id is the recorded one, and so are the tokens that are derived from it.
 *
 * Where an endpoint is configured, now or then, the server's part of the URL is not compared: it belongs to the place, not to the
 * document. Of a request that was refused for its authentication and sent again with a fresh key, only the last answer is given: keys
 * are not fetched here.
 *
 * An answer that held a secret holds a mask in the trace; what is made of it differs. */
#include "replay.h"

#include "arena.h"
#include "difference.h"
#include "json_walk.h"
#include "limits.h"
#include "masking.h"
#include "record_json.h"
#include "record_words.h"
#include "sb.h"
#include "text_file.h"

#define REPLAY_ARENA_BYTES MIB(512)
#define LATEST_MS INT64_C(253402300799999)   /* 9999-12-31: the last that has a text */
#define LONGEST_US INT64_C(1000000000000000) /* 31 years, in one step */
#define STATUS_MOST 999

/* ---- reading ---- */

static int64_t number(const json *object, const char *name) {
  int64_t value = 0;
  json_to_int(json_get(object, sv_from(name)), &value);
  return value;
}

static bool check(const struct replay *replay, struct err *e) {
  const json *steps = json_get(replay->root, SV("steps"));
  if (number(replay->root, "arazzoTrace") != 1) {
    return err_set(e, ERR_INVALID, "it is no trace of 'arazzo run --trace'");
  }
  return json_count(steps) > 0 || err_set(e, ERR_INVALID, "the trace has no steps");
}

/* Whoever wrote the trace may have written any number. */
static int64_t number_between(const json *object, const char *name, int64_t least, int64_t most) {
  int64_t value = number(object, name);
  return value < least ? least : value > most ? most : value;
}

/* ---- time ---- */

static int64_t time_ms(const json *object) {
  return number_between(object, "startedMs", 0, LATEST_MS);
}

static int64_t span_us(const json *object, const char *name) {
  return number_between(object, name, 0, LONGEST_US);
}

static int64_t wall_ms(void *context) {
  const struct replay *replay = context;
  return replay->wall_ms + replay->offset_us / 1000;
}

static int64_t monotonic_us(void *context) {
  const struct replay *replay = context;
  return (replay->wall_ms - replay->started_ms) * 1000 + replay->offset_us;
}

static void sleep_ms(void *context, int64_t duration_ms) {
  (void)context;
  (void)duration_ms;
}

/* ---- credentials ---- */

static bool get_credentials(void *context, int64_t deadline_ms, struct credentials *out, struct err *e) {
  const struct replay *replay = context;
  (void)deadline_ms;
  (void)e;
  *out = (struct credentials){.access_key_id = replay->keys % 2 ? SV("REPLAYED1") : SV("REPLAYED0"),
                              .secret_access_key = SV("no-secret-since-nothing-is-sent-of-a-replay")};
  return true;
}

/* Those of the recorded run were replaced where the next try was better for it. */
static void refuse_credentials(void *context) {
  struct replay *replay = context;
  replay->keys += sv_eq(json_string(json_get(replay->answered, SV("outcome"))), SV("mended"));
}

/* ---- answers ---- */

static bool differ(struct replay *replay, const char *what, struct err *e) {
  const json *id = json_get(replay->step, SV("stepId"));
  err_set(&replay->why, ERR_INVALID, "step %.*s: %s", SV_ARG(json_string(id)), what);
  return err_set(e, ERR_INVALID, "%s", replay->why.text);
}

static bool read_headers(const json *list, struct arena *arena, struct http_headers *out, struct err *e) {
  out->items = arena_array(arena, json_count(list) + 1, sizeof *out->items);
  if (!out->items) {
    return err_memory(e);
  }
  for (const json *each = json_first(list); each; each = each->next) {
    out->items[out->count++] =
        (struct http_header){json_string(json_get(each, SV("name"))), json_string(json_get(each, SV("value")))};
  }
  return true;
}

static bool give_failure(const json *failure, enum http_progress *progress, struct err *e) {
  *progress = json_is_true(json_get(failure, SV("maybeSent"))) ? HTTP_MAYBE_SENT : HTTP_NOT_SENT;
  return err_set(e, record_failure_code(json_string(json_get(failure, SV("kind")))), "%.*s",
                 SV_ARG(json_string(json_get(failure, SV("message")))));
}

/* Refused for a key that was fetched anew then: the tries behind it are what came of that. */
static bool is_superseded(const json *attempt) {
  int64_t status = number(json_get(attempt, SV("response")), "status");
  bool is_answered = sv_eq(json_string(json_get(attempt, SV("outcome"))), SV("answered"));
  return attempt->next && is_answered && (status == 401 || status == 403);
}

/* After the last try the time is what the recorded duration says, waits between tries included. */
static void set_time(struct replay *replay, const json *attempt) {
  int64_t first_us = span_us(json_first(json_get(replay->step, SV("tries"))), "startUs");
  replay->offset_us = attempt->next ? span_us(attempt, "endUs") - first_us : span_us(replay->step, "durationUs");
}

static bool send(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                 struct http_response *response, enum http_progress *progress, struct err *e) {
  struct replay *replay = context;
  (void)request;
  (void)timeout_ms;
  while (replay->attempt && is_superseded(replay->attempt)) {
    replay->attempt = replay->attempt->next;
  }
  const json *attempt = replay->attempt;
  *progress = HTTP_NOT_SENT;
  if (replay->why.code || !attempt) {
    return differ(replay, "the trace has no further try of its request", e);
  }
  const json *answer = json_get(attempt, SV("response"));
  replay->answered = attempt;
  replay->attempt = attempt->next;
  set_time(replay, attempt);
  if (!answer) {
    return give_failure(json_get(attempt, SV("failure")), progress, e);
  }
  *progress = HTTP_MAYBE_SENT;
  *response = (struct http_response){.status = (int)number_between(answer, "status", 0, STATUS_MOST)};
  return read_headers(json_get(answer, SV("headers")), arena, &response->headers, e) &&
         record_body_bytes(arena, json_get(answer, SV("body")), &response->body, e);
}

/* ---- opening ---- */

/* The trace's text. */
static bool read_text(struct replay *replay, sv text, struct err *e) {
  json *root = NULL;
  if (!json_parse_many(replay->arena, text, LIMIT_TRACE_VALUES, &root, e)) {
    return false;
  }
  replay->root = root;
  replay->next = json_first(json_get(root, SV("steps")));
  replay->started_ms = replay->wall_ms = time_ms(root);
  return check(replay, e);
}

static bool prepare(struct replay *replay, struct err *e) {
  *replay = (struct replay){.arena = arena_new(REPLAY_ARENA_BYTES)};
  replay->transport = (struct transport){.send = send, .context = replay};
  replay->clock =
      (struct clock){.wall_ms = wall_ms, .monotonic_us = monotonic_us, .sleep_ms = sleep_ms, .context = replay};
  replay->credentials =
      (struct credentials_provider){.get = get_credentials, .refuse = refuse_credentials, .context = replay};
  return replay->arena || err_memory(e);
}

bool replay_open(struct replay *replay, sv path, struct err *e) {
  sv text;
  bool good = prepare(replay, e) && text_file_read(replay->arena, path, LIMIT_TRACE_BYTES, &text, e) &&
              read_text(replay, text, e);
  return good || err_in(e, "--replay");
}

bool replay_open_text(struct replay *replay, sv text, struct err *e) {
  return prepare(replay, e) && read_text(replay, text, e);
}

void replay_close(struct replay *replay) {
  arena_drop(replay->arena);
  replay->arena = NULL;
}

static bool has_source(const struct source_endpoint *items, size_t count, sv source) {
  for (size_t i = 0; i < count; i++) {
    if (sv_eq(items[i].source, source)) {
      return true;
    }
  }
  return false;
}

/* The endpoints that were configured then, for each source description; the environment's may be others. */
static void adjust_servers(const struct replay *replay, struct configuration *configuration) {
  size_t count = json_count(json_get(replay->root, SV("steps")));
  struct source_endpoint *items = arena_array(replay->arena, count, sizeof *items);
  size_t used = 0;
  for (const json *each = json_first(json_get(replay->root, SV("steps"))); items && each; each = each->next) {
    const json *request = json_get(each, SV("request"));
    sv source = json_string(json_get(request, SV("source")));
    if (json_is_true(json_get(request, SV("serverIsConfigured"))) && !has_source(items, used, source)) {
      items[used++] = (struct source_endpoint){source, json_string(json_get(request, SV("server")))};
    }
  }
  configuration->source_endpoints = items;
  configuration->source_endpoint_count = used;
}

/* What the recorded run was configured with. */
static void adjust(void *context, const struct arguments *arguments, struct configuration *configuration) {
  const struct replay *replay = context;
  sv region = json_string(json_get(replay->root, SV("region")));
  configuration->region = region.len && !arguments_has(arguments, "--region") ? region : configuration->region;
  configuration->poll_seconds = number_between(replay->root, "pollSeconds", 0, LIMIT_POLL_SECONDS_MAX);
  configuration->max_steps = (unsigned)number_between(replay->root, "maxSteps", 1, LIMIT_STEPS_MAX);
  configuration->max_attempts = (unsigned)number_between(replay->root, "maxAttempts", 1, LIMIT_ATTEMPTS_MAX);
  if (!arguments_has(arguments, "--server") && !arguments_has(arguments, "--endpoint-url")) {
    adjust_servers(replay, configuration);
  }
}

struct stage replay_stage(struct replay *replay, const struct observer *observer) {
  return (struct stage){.observer = observer,
                        .transport = &replay->transport,
                        .clock = &replay->clock,
                        .credentials = &replay->credentials,
                        .is_silent = true,
                        .adjust = adjust,
                        .context = replay};
}

bool replay_is_resumed(const struct replay *replay) {
  return json_is_true(json_get(replay->root, SV("isResumed")));
}

bool replay_is_of(const struct replay *replay, sv digest) {
  return sv_eq(json_string(json_get(replay->root, SV("documentsSha256"))), digest);
}

/* ---- the event ---- */

static bool is_hidden(json *value) {
  struct json_walk walk = json_walk_begin(value);
  for (const json *each = json_walk_next(&walk); each; each = json_walk_next(&walk)) {
    if (sv_contains(json_string(each), SV(MASKING_MASK))) {
      return true;
    }
  }
  return false;
}

static bool make_inputs(const struct replay *replay, struct arena *arena, const json *given, json **out,
                        struct err *e) {
  json *inputs = json_copy(arena, json_get(replay->root, SV("inputs")));
  for (const json *each = json_first(given); each; each = each->next) {
    if (!json_set(arena, inputs, json_name(each), json_copy(arena, each))) {
      return err_memory(e);
    }
  }
  for (json *each = json_first(inputs); each; each = each->next) {
    if (!json_get(given, json_name(each)) && is_hidden(each)) {
      return err_set(e, ERR_INVALID, "the trace hides the input '%.*s'; give it by --input", SV_ARG(json_name(each)));
    }
  }
  *out = inputs;
  return inputs || err_memory(e);
}

bool replay_event(const struct replay *replay, struct arena *arena, const json *given, json *event, struct err *e) {
  json *inputs = NULL;
  if (replay_is_resumed(replay)) {
    return err_set(e, ERR_INVALID,
                   "the trace is of a run that was resumed; give the response that it was resumed from by --resume");
  }
  if (!make_inputs(replay, arena, given, &inputs, e)) {
    return false;
  }
  bool good = json_set(arena, event, SV("inputs"), inputs) &&
              json_set(arena, event, SV("workflowId"), json_copy(arena, json_get(replay->root, SV("workflowId")))) &&
              json_set(arena, event, SV("runId"), json_copy(arena, json_get(replay->root, SV("runId"))));
  return good || err_memory(e);
}

/* ---- steps ---- */

bool replay_next(struct replay *replay) {
  const json *step = replay->next;
  if (!step || json_is_true(json_get(step, SV("isCut")))) {
    return false;
  }
  bool is_first = replay->step == NULL && !replay_is_resumed(replay);
  replay->step = step;
  replay->next = step->next;
  replay->attempt = json_first(json_get(step, SV("tries")));
  replay->wall_ms = is_first ? replay->started_ms : time_ms(step);
  replay->offset_us = 0;
  return true;
}

static sv behind_server(const json *request) {
  sv url = json_string(json_get(request, SV("url")));
  sv server = json_string(json_get(request, SV("server")));
  return sv_starts(url, server) ? sv_slice(url, server.len, url.len) : url;
}

static bool is_configured(const json *request) {
  return json_is_true(json_get(request, SV("serverIsConfigured")));
}

/* The request as it is compared. */
static json *comparable(struct arena *arena, const json *request, bool with_server) {
  json *own = json_copy(arena, request);
  if (!own) {
    return NULL;
  }
  if (!with_server && !json_set(arena, own, SV("url"), json_new_string(arena, behind_server(request)))) {
    return NULL;
  }
  json_remove(own, SV("source"));
  json_remove(own, SV("server"));
  json_remove(own, SV("serverIsConfigured"));
  json_remove(json_get(own, SV("body")), SV("bytes"));
  return own;
}

static void compare(struct replay *replay, struct arena *arena, const json *now, const json *before) {
  bool with_server = !is_configured(now) && !is_configured(before);
  struct sb text = sb_new(arena, KIB(16));
  const json *left = comparable(arena, now, with_server);
  const json *right = comparable(arena, before, with_server);
  struct err ignored;
  err_clear(&ignored);
  if (difference_put(&text, SV("its request"), left, right)) {
    sb_char(&text, '\0');
    differ(replay, text.state == SB_OK ? sb_view(&text).ptr : "its request differs", &ignored);
  }
}

void replay_request(struct replay *replay, const struct record *record, const struct run *run) {
  const json *now = record_masked(record, run, json_get(record->step, SV("request")));
  const json *before = json_get(replay->step, SV("request"));
  sv id = run->top->next->id;
  sv recorded = json_string(json_get(replay->step, SV("stepId")));
  if (!sv_eq(id, recorded) || !before) {
    err_set(&replay->why, ERR_INVALID, "the run sends the request of step %.*s, where the trace has step %.*s%s",
            SV_ARG(id), SV_ARG(recorded), before ? "" : ", which sent nothing");
  } else {
    compare(replay, record->arena, now, before);
  }
}
