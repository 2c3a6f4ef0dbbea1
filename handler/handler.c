/* One invocation, from the event's text to the response's: read the event, make or restore the run, run one step, answer.
 *
 * Errors that the caller must mend, or may retry, are Lambda errors with a name; everything that happened to the run itself
 * is a response with status FAILED. */
#include "handler.h"

#include "arena.h"
#include "errinfo.h"
#include "event.h"
#include "identity.h"
#include "limits.h"
#include "logger.h"
#include "reply.h"
#include "run.h"
#include "sb.h"
#include "schema.h"

#define REPLY_RESERVE_BYTES KIB(512)

/* One invocation under way. */
struct invocation {
  const struct handler *handler;
  struct arena *arena;
  sv request_id;
  struct event event;
  struct run run;
  const char *error_name; /* of the error in `e`, unless memory or a defect is the cause */
  struct err *e;
};

/* ---- opening ---- */

/* Each step's endpoint, so that a wrong one is found before any request. */
static bool check_endpoint(const struct handler *handler, struct arena *arena, const struct step *step,
                           const char **error_name, struct err *e) {
  struct endpoint endpoint;
  if (step->operation->signing == SIGNING_AWS_SIGV4 && handler->configuration.region.len == 0) {
    *error_name = "Arazzo.InvalidConfiguration";
    return err_set(e, ERR_INVALID, "AWS_REGION is not set, but the workflow calls an AWS service");
  }
  if (!endpoint_choose(arena, step->operation, &handler->engine.endpoints, &endpoint, e)) {
    struct source_place place = source_place(handler->document->source, step->node);
    if (endpoint.is_configured) {
      *error_name = "Arazzo.InvalidConfiguration";
    } else {
      err_at(e, handler->document->source->name, place.line, place.column);
    }
    return err_in(e, "step %.*s", SV_ARG(step->id));
  }
  return true;
}

static bool check_endpoints(const struct handler *handler, struct arena *arena, const char **error_name,
                            struct err *e) {
  for (size_t i = 0; i < handler->document->workflow_count; i++) {
    const struct workflow *workflow = &handler->document->workflows[i];
    for (size_t j = 0; j < workflow->step_count; j++) {
      if (!check_endpoint(handler, arena, &workflow->steps[j], error_name, e)) {
        return err_in(e, "workflow %.*s", SV_ARG(workflow->id));
      }
    }
  }
  return true;
}

bool handler_open(struct handler *handler, struct arena *arena, const struct configuration *configuration,
                  const struct platform *platform, const char **error_name, struct err *e) {
  *error_name = "Arazzo.InvalidDocument";
  *handler = (struct handler){.configuration = *configuration};
  if (!document_load(arena, configuration->document_path, document_file_reader(), &handler->document, e)) {
    return false;
  }
  handler->engine = (struct engine){
      .endpoints = {.region = configuration->region,
                    .override_url = configuration->endpoint_url,
                    .environment = platform->environment},
      .tokens = configuration->tokens,
      .transport = platform->transport,
      .clock = platform->clock,
      .entropy = platform->entropy,
      .environment = platform->environment,
      .logger = platform->logger,
      .max_attempts = configuration->max_attempts,
      .poll_seconds = configuration->poll_seconds,
      .max_steps = configuration->max_steps,
      .run_timeout_seconds = configuration->run_timeout_seconds,
  };
  return check_endpoints(handler, arena, error_name, e);
}

/* ---- starting ---- */

static bool choose_workflow(struct invocation *in, const struct workflow **out) {
  const struct document *document = in->handler->document;
  const struct workflow *first = document->workflows;
  sv id = in->event.workflow_id;
  in->error_name = "Arazzo.InvalidEvent";
  if (id.len) {
    *out = document_workflow(document, id);
    return *out || err_set(in->e, ERR_INVALID, "the document has no workflow '%.*s'", SV_ARG(sv_slice(id, 0, 200)));
  }
  *out = first;
  return document->workflow_count == 1 ||
         err_set(in->e, ERR_INVALID,
                 "the document has %zu workflows; name one of them in 'workflowId', for example '%.*s'",
                 document->workflow_count, SV_ARG(first->id));
}

/* The members of `from`, over those that `inputs` has. */
static bool overlay(struct arena *arena, json *inputs, const json *from, struct err *e) {
  for (const json *member = json_first(from); member; member = member->next) {
    if (!json_set(arena, inputs, json_name(member), json_copy(arena, member))) {
      return err_memory(e);
    }
  }
  return true;
}

/* An idempotency token that is not given comes from the run's id, even where the document has a default: a constant would
 * make tomorrow's build return today's image. */
static bool derive_tokens(struct invocation *in, const struct workflow *workflow, sv run_id, json *inputs) {
  const struct token_names *tokens = &in->handler->configuration.tokens;
  for (size_t i = 0; i < tokens->count; i++) {
    sv token;
    bool is_wanted = !workflow->inputs || schema_declares(workflow->inputs, tokens->items[i]);
    if (!is_wanted || json_get(inputs, tokens->items[i])) {
      continue;
    }
    if (!identity_token(in->arena, run_id, workflow->id, tokens->items[i], &token, in->e)) {
      return false;
    }
    if (!json_set(in->arena, inputs, tokens->items[i], json_new_string(in->arena, token))) {
      return err_memory(in->e);
    }
  }
  return true;
}

static bool make_inputs(struct invocation *in, const struct workflow *workflow, sv run_id, json **out) {
  json *inputs = json_new_object(in->arena);
  if (!inputs) {
    return err_memory(in->e);
  }
  if ((in->event.from_eventbridge && !overlay(in->arena, inputs, in->handler->configuration.inputs, in->e)) ||
      !overlay(in->arena, inputs, in->event.inputs, in->e) || !derive_tokens(in, workflow, run_id, inputs)) {
    return false;
  }
  *out = inputs;
  in->error_name = "Arazzo.InvalidInput";
  return !workflow->inputs || (schema_apply_defaults(workflow->inputs, in->arena, inputs, in->e) &&
                               schema_check(workflow->inputs, in->arena, inputs, in->e));
}

/* Inputs that can't be carried along must not be found out after the first request. */
static bool inputs_fit(struct invocation *in) {
  struct err why;
  json *ignored = NULL;
  err_clear(&why);
  if (run_write_state(&in->run, in->arena, in->handler->configuration.max_state_bytes, &ignored, &why)) {
    return true;
  }
  return why.code == ERR_LIMIT
             ? err_set(in->e, ERR_INVALID,
                       "the inputs are larger than the state may be (%zu bytes, ARAZZO_MAX_STATE_BYTES)",
                       in->handler->configuration.max_state_bytes)
             : err_set(in->e, why.code, "%s", why.text);
}

static bool start(struct invocation *in) {
  const struct workflow *workflow = NULL;
  json *inputs = NULL;
  sv run_id;
  if (!choose_workflow(in, &workflow) || !identity_run_id(in->arena, &in->event, in->request_id, &run_id, in->e) ||
      !make_inputs(in, workflow, run_id, &inputs)) {
    return false;
  }
  return run_start(in->arena, in->handler->document, workflow, run_id, inputs,
                   clock_wall_ms(&in->handler->engine.clock), &in->run, in->e) &&
         inputs_fit(in);
}

static bool go_on(struct invocation *in) {
  enum state_fault fault = STATE_GOOD;
  bool good = run_read_state(in->arena, in->handler->document, in->event.state, &in->run, &fault, in->e);
  in->error_name = fault == STATE_DOCUMENT_CHANGED ? "Arazzo.DocumentChanged" : "Arazzo.InvalidState";
  return good;
}

/* ---- one invocation ---- */

static void log_advance(const struct invocation *in, const struct advance *advance) {
  const struct run *run = &in->run;
  bool is_failed = advance->status == RUN_FAILED;
  LOG(in->handler->engine.logger, is_failed ? LOG_ERROR : LOG_INFO, "step", log_text("runId", run->id),
      log_text("workflowId", run->workflow->id), log_text("stepId", advance->step->id),
      log_text("status", sv_from(run_status_name(advance->status))), log_text("action", sv_from(advance->action)),
      log_integer("statusCode", advance->status_code), log_integer("attempts", advance->attempts),
      log_real("durationMs", (double)advance->duration_us / 1000.0), log_integer("waitSeconds", advance->wait_seconds),
      log_text("awsRequestId", advance->request_id), log_text("awsErrorType", advance->aws_error_type),
      log_text("errorName", is_failed ? sv_from(run_error_name(advance->error)) : SV("")),
      log_text("error", advance->message));
}

/* Once a request was sent, whatever goes wrong is a fact of the run, not a reason for the caller to send the event again: the run
 * ends, from a reserve of memory. */
static bool end_after_sending(struct invocation *in, const struct advance *advance, sv *response) {
  struct err why = *in->e;
  if (!advance->sent) {
    return false;
  }
  err_clear(in->e);
  arena_add_budget(in->arena, REPLY_RESERVE_BYTES);
  LOG(in->handler->engine.logger, LOG_ERROR, "the answer could not be worked with", log_text("runId", in->run.id),
      log_text("stepId", advance->step->id), log_text("error", sv_from(why.text)));
  return reply_write_failure(&in->run, advance, sv_from(why.text), in->arena, response, in->e);
}

static bool run_step(struct invocation *in, int64_t deadline_ms, struct advance *advance, sv *response) {
  const struct handler *handler = in->handler;
  if (!step_run(&handler->engine, &in->run, in->event.delivery, deadline_ms, in->arena, advance, in->e)) {
    return false;
  }
  log_advance(in, advance);
  return reply_write(&in->run, advance, handler->configuration.max_state_bytes, in->arena, response, in->e);
}

static bool invoke(struct invocation *in, sv event, int64_t deadline_ms, sv *response) {
  struct advance advance = {.sent = false};
  in->error_name = "Arazzo.InvalidEvent";
  if (!event_read(in->arena, event, &in->event, in->e)) {
    return false;
  }
  if (in->event.state ? !go_on(in) : !start(in)) {
    return false;
  }
  in->error_name = "Arazzo.Internal";
  return run_step(in, deadline_ms, &advance, response) || end_after_sending(in, &advance, response);
}

static sv error_text(struct arena *arena, const struct err *e) {
  struct sb text = sb_new(arena, KIB(4));
  err_write(e, &text);
  return text.state == SB_OK ? sb_view(&text) : SV("out of memory");
}

void handler_invoke(const struct handler *handler, sv event, sv request_id, int64_t deadline_ms, struct arena *arena,
                    struct answer *out) {
  struct err e;
  struct invocation in = {.handler = handler, .arena = arena, .request_id = request_id, .e = &e};
  err_clear(&e);
  *out = (struct answer){.failed = false};
  if (!invoke(&in, event, deadline_ms, &out->response)) {
    bool is_ours = e.code == ERR_MEMORY || e.code == ERR_INTERNAL;
    out->failed = true;
    out->error_name = is_ours ? "Arazzo.Internal" : in.error_name;
    out->error_message = error_text(arena, &e);
    LOG(handler->engine.logger, LOG_ERROR, "the event was refused", log_text("errorName", sv_from(out->error_name)),
        log_text("error", out->error_message));
  }
}
