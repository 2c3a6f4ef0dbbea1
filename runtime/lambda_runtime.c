/* The order of things: settings, init, restore, then invocations until SIGTERM or until the Runtime API says so.
 *
 * The steps are in api.c (calls), delivery.c (what arrives), error_report.c (what goes back), log_context.c, signals.c,
 * trace_env.c and workers.c; this file only lists them. An answer in flight is always finished before the process ends. */
#include "lambda_runtime.h"

#include "api.h"
#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "log_context.h"
#include "logger.h"
#include "sb.h"
#include "signals.h"
#include "trace_env.h"
#include "workers.h"

struct run {
  const struct lambda_function *function;
  struct logger *logger;
  struct signals signals;
  sv address;
  bool from_snapshot;
  bool is_warm; /* no invocation waits, or waited, for the start of this process */
  size_t worker_count;
};

static bool read_address(struct run *run, const struct environment *environment, struct err *e) {
  if (!environment_get(environment, "AWS_LAMBDA_RUNTIME_API", &run->address)) {
    return err_set(e, ERR_INVALID,
                   "AWS_LAMBDA_RUNTIME_API is not set: this program runs in Lambda, or in an emulator that sets it to "
                   "the host:port of its Runtime API");
  }
  if (!api_address_usable(run->address)) {
    return err_set(e, ERR_INVALID, "AWS_LAMBDA_RUNTIME_API is '%.*s'; write host:port, as in 127.0.0.1:9001",
                   SV_ARG(run->address));
  }
  return true;
}

static bool read_settings(struct run *run, const struct environment *environment, struct err *e) {
  sv text;
  unsigned long long count = 1;
  if (environment_get(environment, "AWS_LAMBDA_MAX_CONCURRENCY", &text) &&
      (!sv_to_uint(text, LIMIT_RUNTIME_WORKERS, &count) || count == 0)) {
    return err_set(e, ERR_INVALID, "AWS_LAMBDA_MAX_CONCURRENCY is '%.*s'; use a number from 1 to %d", SV_ARG(text),
                   LIMIT_RUNTIME_WORKERS);
  }
  run->worker_count = (size_t)count;
  run->is_warm = count > 1; /* Managed Instances start before they are given work */
  if (environment_get(environment, "AWS_LAMBDA_INITIALIZATION_TYPE", &text)) {
    run->from_snapshot = sv_eq(text, SV("snap-start"));
    run->is_warm = run->is_warm || sv_eq(text, SV("provisioned-concurrency"));
  }
  return true;
}

static int fail(struct run *run, const struct err *e) {
  LOG(run->logger, LOG_FATAL, "the Lambda runtime can't start", log_text("reason", sv_from(e->text)));
  return 1;
}

static void report_failure(struct run *run, const struct lambda_result *result,
                           void (*report)(struct api *, const struct lambda_result *)) {
  struct err e = {0};
  struct api api;
  if (api_open(&api, run->address, run->logger, &run->signals, &e)) {
    report(&api, result);
  } else {
    fail(run, &e);
  }
  api_close(&api);
}

/* Calls init or restore, if there is one. When it fails the error is posted by `report`. */
static bool prepare(struct run *run, lambda_init *function, void (*report)(struct api *, const struct lambda_result *),
                    struct err *e) {
  if (!function) {
    return true;
  }
  struct lambda_result result = {0};
  struct arena *arena = arena_new(run->function->arena_bytes);
  if (!arena) {
    return err_memory(e);
  }
  bool done = function(run->function->context, arena, &result);
  if (!done) {
    report_failure(run, &result, report);
    err_set(e, ERR_INVALID, "%.*s: %.*s", SV_ARG(result.error_type), SV_ARG(result.error_message));
  }
  arena_drop(arena);
  return done;
}

/* The last act of init before a snapshot is taken. The connection is made for this one call: one that was open while the
 * snapshot was taken would be dead after each restore. */
static enum api_outcome wait_for_restore(struct run *run) {
  struct err e = {0};
  struct api api;
  enum api_outcome outcome = API_FAILED;
  if (api_open(&api, run->address, run->logger, &run->signals, &e)) {
    outcome = api_restore_next(&api);
  } else {
    fail(run, &e);
  }
  api_close(&api);
  return outcome;
}

static void refuse_event(const struct delivery *delivery, struct arena *arena, struct lambda_result *result) {
  struct sb message = sb_new(arena, KIB(1));
  if (delivery->state == DELIVERY_TOO_LARGE) {
    sb_format(&message, "the event has %zu bytes, and this runtime takes at most %zu: pass a reference to the data",
              delivery->received_bytes, LIMIT_RUNTIME_EVENT_BYTES);
  } else {
    sb_format(&message, "the event has %zu bytes, more than the memory that this function sets aside for an invocation",
              delivery->received_bytes);
  }
  *result = (struct lambda_result){
      .failed = true, .error_type = SV("Runtime.EventTooLarge"), .error_message = sb_view(&message)};
}

static void handle(struct run *run, struct api *api, const struct delivery *delivery, struct lambda_result *result) {
  if (delivery->state != DELIVERY_WHOLE) {
    refuse_event(delivery, api->arena, result);
    return;
  }
  run->function->handle(run->function->context, &delivery->invocation, delivery->event_arena, result);
}

static enum api_outcome serve_one(struct run *run, struct api *api, struct delivery *delivery) {
  enum api_outcome outcome = api_next(api, delivery);
  if (outcome != API_DONE) {
    return outcome;
  }
  struct lambda_result result = {0};
  const struct log_common before = run->logger->common;
  delivery->invocation.is_cold_start = !run->is_warm;
  run->is_warm = true;
  log_context_set(run->logger, &delivery->invocation);
  trace_env_set(delivery->invocation.trace_id);
  handle(run, api, delivery, &result);
  outcome = api_answer(api, delivery, &result);
  run->logger->common = before; /* the fields of this invocation point into its memory */
  return outcome;
}

static enum api_outcome serve_all(struct run *run, struct api *api, struct delivery *delivery) {
  enum api_outcome outcome = API_DONE;
  for (int unusable = 0; outcome == API_DONE || outcome == API_SKIPPED;) {
    outcome = serve_one(run, api, delivery);
    unusable = outcome == API_SKIPPED ? unusable + 1 : 0;
    if (unusable == LIMIT_RUNTIME_UNUSABLE) {
      LOG(run->logger, LOG_FATAL, "the Runtime API sends only unusable invocations; ending",
          log_integer("count", unusable));
      outcome = API_FAILED;
    }
  }
  return outcome;
}

static int serve(void *context) {
  struct run *run = context;
  struct err e = {0};
  struct api api = {0};
  struct arena *arena = arena_new(run->function->arena_bytes);
  bool ready = arena ? api_open(&api, run->address, run->logger, &run->signals, &e) : err_memory(&e);
  int status = 1;
  if (ready) {
    struct delivery delivery = delivery_new(api.arena, arena);
    status = serve_all(run, &api, &delivery) == API_STOPPED ? 0 : 1;
  } else {
    fail(run, &e);
  }
  api_close(&api);
  arena_drop(arena);
  return status;
}

static int start(struct run *run, const struct environment *environment) {
  struct err e = {0};
  if (!read_settings(run, environment, &e)) {
    const struct lambda_result result = {
        .failed = true, .error_type = SV("Runtime.InvalidSetting"), .error_message = sv_from(e.text)};
    report_failure(run, &result, api_init_error);
    return fail(run, &e);
  }
  if (!prepare(run, run->function->init, api_init_error, &e)) {
    return fail(run, &e);
  }
  if (run->from_snapshot) {
    enum api_outcome restored = wait_for_restore(run);
    if (restored != API_DONE) {
      return restored == API_STOPPED ? 0 : 1;
    }
    if (!prepare(run, run->function->restore, api_restore_error, &e)) {
      return fail(run, &e);
    }
  }
  if (run->worker_count == 1) {
    return serve(run);
  }
  run->logger->as_json = true; /* Lambda Managed Instances take JSON lines only */
  return workers_run(run->worker_count, serve, run, run->logger);
}

int lambda_run(const struct lambda_function *function, const struct environment *environment, struct logger *logger) {
  struct run run = {.function = function, .logger = logger};
  struct err e = {0};
  if (!read_address(&run, environment, &e)) {
    return fail(&run, &e);
  }
  log_context_open(logger, environment);
  bool ready = signals_open(&run.signals, &e);
  int status = ready ? start(&run, environment) : fail(&run, &e);
  signals_close(&run.signals);
  return status;
}
