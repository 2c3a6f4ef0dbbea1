/* One invocation, from the event's text to the response's: read the event, make or restore the run, run one step, answer.
 *
 * Errors that the caller must mend, or may retry, are Lambda errors with a name; everything that happened to the run itself
 * is a response with status FAILED. */
#include "handler.h"

#include "arena.h"
#include "errinfo.h"
#include "identity.h"
#include "inputs.h"
#include "invocation.h"
#include "limits.h"
#include "logger.h"
#include "masking.h"
#include "metrics.h"
#include "reply.h"
#include "sb.h"
#include "scheduled.h"
#include "schema.h"
#include "state.h"

#define REPLY_RESERVE_BYTES KIB(512)

/* ---- opening ---- */

/* Each operation's endpoint, so that a wrong one is found before any request. */
static bool check_endpoint(const struct handler *handler, struct arena *arena, const struct step *step,
                           const char **error_name, struct err *e) {
  struct endpoint endpoint;
  const struct source *source = step->workflow->document->source;
  if (step->operation->signing == SIGNING_AWS_SIGV4 && handler->configuration.region.len == 0) {
    *error_name = "Arazzo.InvalidConfiguration";
    return err_set(e, ERR_INVALID, "AWS_REGION is not set, but the workflow calls an AWS service");
  }
  struct endpoint_settings settings = endpoint_settings_for(&handler->engine.endpoints, step->source->name);
  if (!endpoint_choose(arena, step->operation, &settings, &endpoint, e)) {
    struct source_place place = source_place(source, step->node);
    if (endpoint.is_configured) {
      *error_name = "Arazzo.InvalidConfiguration";
    } else {
      err_at(e, source->name, place.line, place.column);
    }
    return err_in(e, "step %.*s", SV_ARG(step->id));
  }
  if (!api_security_check_step(&handler->security, step, &endpoint, e)) {
    *error_name = "Arazzo.InvalidConfiguration";
    return err_in(e, "step %.*s", SV_ARG(step->id));
  }
  return true;
}

static bool check_workflow(const struct handler *handler, struct arena *arena, const struct workflow *workflow,
                           const char **error_name, struct err *e) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    const struct step *step = &workflow->steps[i];
    if (step->operation && !check_endpoint(handler, arena, step, error_name, e)) {
      return err_in(e, "workflow %.*s", SV_ARG(workflow->id));
    }
  }
  return true;
}

static bool check_endpoints(const struct handler *handler, struct arena *arena, const char **error_name,
                            struct err *e) {
  const struct document_set *set = handler->document->set;
  for (size_t i = 0; i < set->count; i++) {
    for (size_t j = 0; j < set->items[i]->workflow_count; j++) {
      if (!check_workflow(handler, arena, &set->items[i]->workflows[j], error_name, e)) {
        return false;
      }
    }
  }
  return true;
}

static void log_warnings(const struct handler *handler) {
  const struct document_set *set = handler->document->set;
  for (size_t i = 0; i < set->warning_count; i++) {
    LOG(handler->engine.logger, LOG_WARN, "the document runs, but was hardly meant so",
        log_text("warning", set->warnings[i].line_of_log));
  }
}

/* What the function's own requests to AWS are made with. */
static struct aws_client aws_client(struct handler *handler, const struct platform *platform) {
  const struct configuration *configuration = &handler->configuration;
  return (struct aws_client){
      .inquiry = {.transport = platform->transport,
                  .clock = platform->clock,
                  .entropy = platform->entropy,
                  .max_attempts = configuration->max_attempts,
                  .skew = &handler->memory.skew},
      .credentials = platform->credentials,
      .environment = platform->environment,
      .ignores_endpoint_urls = configuration->ignores_endpoint_urls,
      .variant = configuration->variant,
  };
}

/* A call of Scheduler decides whether a run goes on: it has more time than others. */
static bool open_scheduler(struct handler *handler, const struct platform *platform, const char **error_name,
                           struct err *e) {
  const struct configuration *configuration = &handler->configuration;
  const struct scheduler_settings *settings = &configuration->scheduler;
  if (configuration->continuation == CONTINUATION_RETURN) {
    return true;
  }
  handler->scheduler = (struct scheduler){
      .client = aws_client(handler, platform),
      .region = configuration->region,
      .group = settings->group,
      .role_arn = settings->role_arn,
      .dead_letter_arn = settings->dead_letter_arn,
      .kms_key_arn = settings->kms_key_arn,
  };
  handler->scheduler.client.inquiry.max_attempts = LIMIT_SCHEDULER_ATTEMPTS;
  handler->scheduler.client.inquiry.max_ms = LIMIT_SCHEDULER_MS;
  *error_name = "Arazzo.InvalidConfiguration";
  return scheduled_check(configuration, e);
}

static bool open_security(struct handler *handler, struct arena *arena, const struct platform *platform,
                          const char **error_name, struct err *e) {
  handler->security = (struct api_security){
      .secrets = handler->configuration.secrets,
      .store = {.client = aws_client(handler, platform),
                .region = handler->configuration.region,
                .cache = secret_cache_open(arena)},
  };
  if (!handler->security.store.cache) {
    return err_memory(e);
  }
  if (!api_security_check(&handler->security, handler->document->set, platform->logger, e)) {
    *error_name = "Arazzo.InvalidConfiguration";
    return err_in(e, "ARAZZO_SECRETS");
  }
  return true;
}

void handler_close(struct handler *handler) {
  secret_cache_close(handler->security.store.cache);
}

bool handler_open(struct handler *handler, struct arena *arena, const struct configuration *configuration,
                  const struct platform *platform, const char **error_name, struct err *e) {
  *error_name = "Arazzo.InvalidDocument";
  *handler = (struct handler){.configuration = *configuration, .metrics = platform->metrics};
  if (!document_load(arena, configuration->document_path, platform->reader, &handler->document, e)) {
    return false;
  }
  handler->engine = (struct engine){
      .endpoints = {.region = configuration->region,
                    .override_url = configuration->endpoint_url,
                    .sources = configuration->source_endpoints,
                    .source_count = configuration->source_endpoint_count,
                    .ignores_environment = configuration->ignores_endpoint_urls,
                    .variant = configuration->variant,
                    .environment = platform->environment},
      .tokens = configuration->tokens,
      .transport = platform->transport,
      .clock = platform->clock,
      .entropy = platform->entropy,
      .credentials = platform->credentials,
      .security = &handler->security,
      .memory = &handler->memory,
      .logger = platform->logger,
      .max_attempts = configuration->max_attempts,
      .poll_seconds = configuration->poll_seconds,
      .max_steps = configuration->max_steps,
      .run_timeout_seconds = configuration->run_timeout_seconds,
      .observer = platform->observer,
  };
  log_warnings(handler);
  return open_security(handler, arena, platform, error_name, e) && check_endpoints(handler, arena, error_name, e) &&
         open_scheduler(handler, platform, error_name, e);
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

static bool make_inputs(struct invocation *in, const struct workflow *workflow, sv run_id, json **out) {
  const struct token_names *tokens = &in->handler->configuration.tokens;
  json *inputs = json_new_object(in->arena);
  size_t count = json_count(in->event.inputs);
  if (!inputs) {
    return err_memory(in->e);
  }
  if (count > LIMIT_INPUTS) {
    in->error_name = "Arazzo.InvalidInput";
    return err_set(in->e, ERR_LIMIT, "the event has %zu inputs; at most %d are allowed", count, LIMIT_INPUTS);
  }
  if ((in->event.from_eventbridge && !overlay(in->arena, inputs, in->handler->configuration.inputs, in->e)) ||
      !overlay(in->arena, inputs, in->event.inputs, in->e)) {
    return false;
  }
  *out = inputs;
  in->error_name = "Arazzo.InvalidInput";
  return inputs_prepare(in->arena, tokens, workflow, run_id, inputs, in->e) &&
         inputs_check_dependencies(in->arena, tokens, workflow, run_id, inputs, in->e);
}

/* Inputs that can't be carried along must not be found out after the first request. */
static bool inputs_fit(struct invocation *in) {
  struct err why;
  json *ignored = NULL;
  err_clear(&why);
  if (state_write(&in->run, in->arena, in->handler->configuration.max_state_bytes, &ignored, &why)) {
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
  if (!choose_workflow(in, &workflow) ||
      !identity_run_id(in->arena, &in->event, in->call->request_id, &run_id, in->e) ||
      !make_inputs(in, workflow, run_id, &inputs)) {
    return false;
  }
  return run_start(in->arena, in->handler->document, workflow, run_id, inputs,
                   clock_wall_ms(&in->handler->engine.clock), &in->run, in->e) &&
         inputs_fit(in);
}

static bool go_on(struct invocation *in) {
  enum state_fault fault = STATE_GOOD;
  bool good = state_read(in->arena, in->handler->document, in->event.state, &in->run, &fault, in->e);
  in->error_name = fault == STATE_DOCUMENT_CHANGED ? "Arazzo.DocumentChanged" : "Arazzo.InvalidState";
  return good;
}

/* From here on nothing is printed with a secret of the run in it. */
static void hide_secrets(struct invocation *in) {
  in->masking = in->run.secrets;
  in->handler->engine.logger->masking = in->masking;
}

/* From here on each line tells of which run it is. The run's id is what the invocations of a run have in common, and it comes
 * from what the event says of itself. */
static void name_run(const struct invocation *in) {
  struct logger *logger = in->handler->engine.logger;
  log_common_set(logger, log_text("correlation_id", in->run.id));
  log_common_set(logger, log_text("runId", in->run.id));
  log_common_set(logger, log_text("workflowId", run_workflow(&in->run)->id));
}

/* ---- one invocation ---- */

static void log_advance(const struct invocation *in) {
  const struct advance *advance = &in->advance;
  bool is_failed = advance->status == RUN_FAILED;
  bool is_elsewhere = advance->workflow != run_workflow(&in->run);
  LOG(in->handler->engine.logger, is_failed ? LOG_ERROR : LOG_INFO, "step", log_text("stepId", advance->step->id),
      log_text("stepWorkflowId", is_elsewhere ? advance->workflow->id : SV("")),
      log_text("status", sv_from(run_status_name(advance->status))),
      log_text("action", sv_from(run_action_name(advance->action))), log_integer("statusCode", advance->status_code),
      log_integer("attempts", advance->attempts), log_real("durationMs", (double)advance->duration_us / 1000.0),
      log_integer("waitSeconds", advance->wait_seconds), log_text("awsRequestId", advance->request_id),
      log_text("awsErrorType", advance->aws_error_type),
      log_text("errorName", is_failed ? sv_from(run_error_name(advance->error)) : SV("")),
      log_text("error", advance->message));
}

/* Once a request was sent, whatever goes wrong is a fact of the run, not a reason for the caller to send the event again: the run
 * ends, from a reserve of memory. */
static bool end_after_sending(struct invocation *in, sv *response) {
  struct err why = *in->e;
  if (!in->advance.sent) {
    return false;
  }
  err_clear(in->e);
  arena_add_budget(in->arena, REPLY_RESERVE_BYTES);
  return reply_write_failure(&in->run, &in->advance, RUN_RESPONSE_TOO_LARGE, sv_copy(in->arena, sv_from(why.text)),
                             in->masking, in->arena, response, in->e);
}

static bool run_step(struct invocation *in, json **apart, sv *response) {
  const struct handler *handler = in->handler;
  return step_run(&handler->engine, &in->run, in->event.delivery, in->call->deadline_ms, in->arena, &in->advance,
                  in->e) &&
         reply_write(&in->run, &in->advance, handler->configuration.max_state_bytes, in->masking, in->arena, apart,
                     response, in->e);
}

bool invocation_step(struct invocation *in, json **apart, sv *response) {
  const char *before = in->error_name;
  in->error_name = "Arazzo.Internal";
  bool good = run_step(in, apart, response) || end_after_sending(in, response);
  in->error_name = good ? before : in->error_name;
  return good;
}

static bool read_run(struct invocation *in) {
  return in->event.state ? go_on(in) : start(in);
}

/* A run that an event was to wake may be one of another version of the function, with other documents. Nothing is wrong with either: the run
 * goes on there when its time comes. */
static bool pass_over(struct invocation *in, sv *response) {
  if (in->e->code == ERR_MEMORY || in->e->code == ERR_INTERNAL) {
    return false;
  }
  err_clear(in->e);
  in->is_without_step = true;
  return reply_write_ignored(SV("the run that waits for this was begun with other documents; it is not woken, and goes "
                                "on when its time comes"),
                             in->arena, response, in->e);
}

static bool is_scheduled(const struct invocation *in) {
  return in->handler->configuration.continuation == CONTINUATION_SCHEDULER;
}

/* A step that a schedule brought can be run anywhere, as the answer has the state; the end of a run has to do with schedules only. */
static bool check_continuation(const struct invocation *in) {
  return !in->event.is_over || is_scheduled(in) ||
         err_set(in->e, ERR_INVALID,
                 "this event is the end of a run with ARAZZO_CONTINUATION=scheduler, which is not set here");
}

static bool invoke(struct invocation *in, sv *response) {
  bool is_woken = false;
  in->error_name = "Arazzo.InvalidEvent";
  if (!event_read(in->arena, in->call->event, in->handler->configuration.wakes_early, &in->event, in->e) ||
      !check_continuation(in) || !scheduled_wake(in, &is_woken)) {
    return false;
  }
  if (in->event.is_over) {
    return scheduled_over(in, is_woken, response);
  }
  if (in->event.resources) {
    in->is_without_step = true;
    return reply_write_ignored(SV("no run waits for what this event is about"), in->arena, response, in->e);
  }
  if (!read_run(in)) {
    return is_woken && pass_over(in, response);
  }
  hide_secrets(in);
  name_run(in);
  return is_scheduled(in) ? scheduled_step(in, response) : invocation_step(in, NULL, response);
}

static sv error_text(struct arena *arena, const struct err *e) {
  struct sb text = sb_new(arena, KIB(4));
  err_write(e, &text);
  return text.state == SB_OK ? sb_view(&text) : SV("out of memory");
}

static void refuse(struct invocation *in, struct answer *out) {
  bool is_ours = in->e->code == ERR_MEMORY || in->e->code == ERR_INTERNAL;
  out->failed = true;
  out->error_name = is_ours ? "Arazzo.Internal" : in->error_name;
  out->error_message = masking_apply(in->masking, in->arena, error_text(in->arena, in->e));
  LOG(in->handler->engine.logger, LOG_ERROR, "the event was refused", log_text("errorName", sv_from(out->error_name)),
      log_text("error", out->error_message));
}

static void count(const struct invocation *in, const struct answer *answer) {
  if (in->handler->metrics) {
    bool has_step = !answer->failed && !in->is_without_step;
    metrics_write(in->handler->metrics, has_step ? &in->run : NULL, &in->advance, in->arena);
  }
}

bool handler_prepare(const struct handler *handler, const struct handler_call *call, struct arena *arena,
                     struct run *run, struct answer *out) {
  struct err e;
  struct invocation in = {
      .handler = handler, .arena = arena, .call = call, .error_name = "Arazzo.InvalidEvent", .e = &e};
  err_clear(&e);
  *out = (struct answer){.failed = false};
  if (!event_read(arena, call->event, false, &in.event, &e) || !read_run(&in)) {
    refuse(&in, out);
  }
  *run = in.run;
  return !out->failed;
}

void handler_invoke(const struct handler *handler, const struct handler_call *call, struct arena *arena,
                    struct answer *out) {
  struct err e;
  struct invocation in = {.handler = handler, .arena = arena, .call = call, .e = &e};
  struct logger *logger = handler->engine.logger;
  const struct log_common before = logger->common;
  err_clear(&e);
  *out = (struct answer){.failed = false};
  if (!invoke(&in, &out->response)) {
    refuse(&in, out);
  } else if (!in.is_without_step) {
    log_advance(&in);
  }
  count(&in, out);
  logger->masking = NULL; /* it lives in this invocation's arena, as the run's names do */
  logger->common = before;
}
