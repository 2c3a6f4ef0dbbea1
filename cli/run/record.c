/* Recording. A record is made as things happen, with the secrets that are in them; what leaves this file goes through record_masked
 * when the step is over, since a secret may become known after it was used: a token that an API gave, a key that was fetched.
 *
 * The recorder can't stop a run: without memory the record is marked as lost, and whoever writes it says so. */
#include "record.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"
#include "record_json.h"
#include "record_words.h"
#include "request.h"
#include "sb.h"
#include "step.h"

#define RECORD_ARENA_BYTES MIB(512)

bool record_open(struct record *record, const struct clock *clock, struct err *e) {
  *record = (struct record){.clock = *clock, .arena = arena_new(RECORD_ARENA_BYTES)};
  return record->arena || err_memory(e);
}

void record_close(struct record *record) {
  arena_drop(record->arena);
  record->arena = NULL;
}

void record_reset(struct record *record) {
  arena_reset(record->arena);
  *record = (struct record){.arena = record->arena, .clock = record->clock};
}

/* ---- the step ---- */

static int64_t since_start_us(const struct record *record) {
  return clock_monotonic_us(&record->clock) - record->started_us;
}

static json *new_list(struct record *record, const char *name) {
  json *list = json_new_array(record->arena);
  record_set(record, record->step, name, list);
  return list;
}

/* Whatever comes first begins the record. */
static void begin(struct record *record, const struct run *run) {
  if (record->step) {
    return;
  }
  int64_t now_ms = clock_wall_ms(&record->clock);
  record->started_us = clock_monotonic_us(&record->clock);
  record->step = json_new_object(record->arena);
  record->hidden = masking_new(record->arena);
  record->is_lost = record->is_lost || !record->hidden;
  record_set_text(record, record->step, "stepId", run->top->next->id);
  record_set_text(record, record->step, "workflowId", run->top->workflow->id);
  record_set(record, record->step, "startedAt", record_time(record, now_ms));
  record_set_integer(record, record->step, "startedMs", now_ms);
}

static void append(struct record *record, json *list, json *item) {
  record->is_lost = record->is_lost || !json_append(list, item);
}

/* ---- the request ---- */

static json *values_of_request(struct record *record, const struct run *run) {
  const struct step *step = run->top->next;
  struct scope scope = {.root = run->top->scope};
  struct record_values values = {record, &scope, json_new_array(record->arena)};
  for (size_t i = 0; i < step->parameter_count; i++) {
    template_each(step->parameters[i].value, record_value, &values);
  }
  if (step->body) {
    body_each(step->body, record_value, &values);
  }
  return values.list;
}

static json *describe_signing(struct record *record, const struct endpoint *endpoint) {
  json *signing = json_new_object(record->arena);
  record_set_text(record, signing, "service", endpoint->service);
  record_set_text(record, signing, "region", endpoint->region);
  return signing;
}

void record_request(struct record *record, const struct run *run, const struct step_request *request,
                    unsigned max_attempts) {
  begin(record, run);
  record->max_attempts = max_attempts;
  json *object = json_new_object(record->arena);
  record_set_text(record, record->step, "stepId", run->top->next->id);
  record_set_text(record, record->step, "workflowId", run->top->workflow->id);
  record_set(record, record->step, "request", object);
  record_set_text(record, object, "method", request->http.method);
  record_set_text(record, object, "url", request->http.url);
  record_set_text(record, object, "source", run->top->next->source->name);
  record_set_text(record, object, "server", request->endpoint.base_url);
  record_set(record, object, "serverIsConfigured", json_new_boolean(record->arena, request->endpoint.is_configured));
  record_set(record, object, "headers", record_headers(record, &request->http.headers));
  if (request->http.has_body) {
    record_set(record, object, "body", record_body(record, request->http.body));
  }
  if (request->endpoint.service.len) {
    record_set(record, object, "signing", describe_signing(record, &request->endpoint));
  }
  record_set(record, record->step, "values", values_of_request(record, run));
  record->tries = new_list(record, "tries");
}

/* ---- tries ---- */

static void set_ms(struct record *record, json *object, const char *name, int64_t us) {
  record_set(record, object, name, json_new_real(record->arena, (double)us / 1000.0));
}

void record_try_begins(struct record *record, const struct http_request *request) {
  json *attempt = json_new_object(record->arena);
  record->attempt = attempt;
  record->begun_us = since_start_us(record);
  record->sent_us = record->is_sent ? record->sent_us : record->begun_us;
  record->is_sent = true;
  append(record, record->tries, attempt);
  record_set_integer(record, attempt, "startUs", record->begun_us);
  record_set_text(record, attempt, "url", request->url);
  record_set(record, attempt, "headers", record_headers(record, &request->headers));
}

static json *describe_failure(struct record *record, const struct err *failure, enum http_progress progress) {
  json *object = json_new_object(record->arena);
  record_set_text(record, object, "kind", record_failure_word(failure->code));
  record_set_text(record, object, "message", sv_from(failure->text));
  record_set(record, object, "maybeSent", json_new_boolean(record->arena, progress == HTTP_MAYBE_SENT));
  return object;
}

void record_try_ends(struct record *record, const struct http_response *response, const struct err *failure,
                     enum http_progress progress) {
  int64_t end_us = since_start_us(record);
  record_set_integer(record, record->attempt, "endUs", end_us);
  set_ms(record, record->attempt, "durationMs", end_us - record->begun_us);
  if (!response) {
    record_set(record, record->attempt, "failure", describe_failure(record, failure, progress));
    return;
  }
  json *object = json_new_object(record->arena);
  record_set(record, record->attempt, "response", object);
  record_set_integer(record, object, "status", response->status);
  record_set(record, object, "headers", record_headers(record, &response->headers));
  record_set(record, object, "body", record_body(record, response->body));
}

void record_try_judged(struct record *record, const struct exchange *exchange, int64_t wait_ms) {
  struct sb why = sb_new(record->arena, KIB(4));
  sv word = record_outcome_word(exchange->outcome);
  record_set_text(record, record->attempt, "outcome", word);
  if (wait_ms >= 0) {
    record_set_integer(record, record->attempt, "waitMs", wait_ms);
    sb_format(&why, "%.*s, try %u of %u, waiting %.1f s for the next one", SV_ARG(word), exchange->attempts,
              record->max_attempts, (double)wait_ms / 1000.0);
    record_set_text(record, record->attempt, "why", sb_view(&why));
  }
}

void record_sent(struct record *record, const struct exchange *exchange) {
  record_set_integer(record, record->step, "attempts", exchange->attempts);
  record_set_integer(record, record->step, "durationUs", exchange->duration_us);
}

/* ---- judging ---- */

void record_criterion(struct record *record, const struct run *run, struct criteria_place place,
                      const struct criterion *criterion, const struct scope *scope, enum verdict verdict) {
  begin(record, run);
  json *item = json_new_object(record->arena);
  struct record_values values = {record, scope, json_new_array(record->arena)};
  record->criteria = record->criteria ? record->criteria : new_list(record, "criteria");
  record_set_text(record, item, "stepId", run->top->next->id);
  record_set_text(record, item, "of", place.action ? SV("action") : SV("successCriteria"));
  if (place.action) {
    record_set_text(record, item, "action", place.action->name);
  }
  record_set_integer(record, item, "index", (int64_t)place.index);
  record_set_text(record, item, "type", record_criterion_word(criterion->type));
  record_set_text(record, item, "condition", criterion->text);
  record_set_text(record, item, "verdict", record_verdict_word(verdict));
  if (verdict == VERDICT_UNKNOWN && scope->why_unknown && scope->why_unknown->code) {
    record_set_text(record, item, "why", sv_from(scope->why_unknown->text));
  }
  criterion_each(criterion, record_value, &values);
  record_set(record, item, "values", values.list);
  append(record, record->criteria, item);
}

void record_outputs(struct record *record, const struct run *run, const struct scope *scope, const json *outputs) {
  const struct step *step = run->top->next;
  begin(record, run);
  struct record_values values = {record, scope, json_new_array(record->arena)};
  json *object = json_new_object(record->arena);
  for (size_t i = 0; i < step->outputs.count; i++) {
    template_each(step->outputs.items[i].value, record_value, &values);
  }
  record_set_text(record, object, "stepId", step->id);
  record_set(record, object, "outputs", json_copy(record->arena, outputs));
  record_set(record, object, "values", values.list);
  json *list = json_get(record->step, SV("outputs"));
  append(record, list ? list : new_list(record, "outputs"), object);
}

static json *new_transition(struct record *record, const struct run *run, sv kind, sv why) {
  begin(record, run);
  json *item = json_new_object(record->arena);
  record->transitions = record->transitions ? record->transitions : new_list(record, "transitions");
  record_set_text(record, item, "stepId", run->top->next->id);
  record_set_text(record, item, "kind", kind);
  record_set_text(record, item, "why", why);
  append(record, record->transitions, item);
  return item;
}

void record_transition(struct record *record, const struct run *run, const struct transition *transition,
                       bool succeeded) {
  struct sb why = sb_new(record->arena, KIB(16));
  record_put_why(&why, run, transition, succeeded);
  json *item = new_transition(record, run, record_transition_word(transition->kind), sb_view(&why));
  if (transition->action) {
    record_set_text(record, item, "action", transition->action->name);
  }
  if (transition->target) {
    record_set_text(record, item, "target", transition->target->id);
  } else if (transition->action && transition->action->call) {
    record_set_text(record, item, "targetWorkflow", transition->action->call->workflow->id);
  }
}

void record_wait(struct record *record, const struct run *run, sv cause, int64_t wait_seconds) {
  struct sb why = sb_new(record->arena, KIB(32));
  sb_format(&why, "transient: %.*s; the step is kept, wait %u of %d, %lld s", SV_ARG(cause), run->top->waits,
            LIMIT_DURABLE_RETRIES, (long long)wait_seconds);
  new_transition(record, run, SV("wait"), sb_view(&why));
}

/* What the run's caller gets, once it is over. */
static void set_outputs(struct record *record, const struct run *run, json *object) {
  struct err why;
  json *outputs = NULL;
  err_clear(&why);
  bool good = frame_outputs(&run->frames[0], record->arena, &outputs, &why);
  record_set(record, object, "outputs", good ? outputs : json_new_null(record->arena));
}

void record_advance(struct record *record, const struct run *run, const struct advance *advance) {
  begin(record, run);
  json *object = json_new_object(record->arena);
  record_set(record, record->step, "result", object);
  record_set_text(record, object, "status", sv_from(run_status_name(advance->status)));
  record_set_text(record, object, "action", sv_from(run_action_name(advance->action)));
  if (advance->status == RUN_RUNNING) {
    record_set_text(record, object, "nextStepId", run->top->next->id);
    record_set_integer(record, object, "waitSeconds", advance->wait_seconds);
  } else {
    set_outputs(record, run, object);
  }
  if (advance->status == RUN_FAILED) {
    record_set_text(record, object, "error", sv_from(run_error_name(advance->error)));
    record_set_text(record, object, "message", advance->message);
  }
}

/* ---- without secrets ---- */

struct masked {
  struct arena *arena;
  const struct masking *of_run, *of_step;
};

/* Without memory masking_apply gives the mask, so nothing comes through. */
static sv hide(const struct masked *m, sv text) {
  return masking_apply(m->of_step, m->arena, masking_apply(m->of_run, m->arena, text));
}

static json *mask(const struct masked *m, const json *value);

/* Names are hardly secrets, but an answer may have them as such; two that are hidden are one then. */
static bool mask_members(const struct masked *m, const json *value, json *out) {
  for (const json *each = json_first(value); each; each = each->next) {
    json *part = mask(m, each);
    if (json_type(value) == JSON_ARRAY) {
      if (!json_append(out, part)) {
        return false;
      }
      continue;
    }
    sv name = hide(m, json_name(each));
    bool is_own = sv_eq(name, json_name(each));
    if (!(is_own ? json_add(m->arena, out, name, part) : json_set(m->arena, out, name, part))) {
      return false;
    }
  }
  return true;
}

static json *mask_scalar(const struct masked *m, const json *value) {
  sv text;
  if (!json_scalar_text(value, &text)) {
    return json_copy(m->arena, value);
  }
  sv shown = hide(m, text);
  return sv_eq(shown, text) ? json_copy(m->arena, value) : json_new_string(m->arena, shown);
}

static json *mask(const struct masked *m, const json *value) {
  json *out = NULL;
  switch (json_type(value)) {
  case JSON_ARRAY:
    out = json_new_array(m->arena);
    break;
  case JSON_OBJECT:
    out = json_new_object(m->arena);
    break;
  case JSON_NULL:
  case JSON_BOOLEAN:
  case JSON_NUMBER:
  case JSON_STRING:
    return mask_scalar(m, value);
  }
  return out && mask_members(m, value, out) ? out : NULL;
}

json *record_masked(const struct record *record, const struct run *run, const json *value) {
  struct masked m = {record->arena, run->secrets, record->hidden};
  return value ? mask(&m, value) : NULL;
}
