/* One observer for all. Each watcher has its own file; here is who is told what, and in which order: the checkpoint is on the disk
 * before a request goes out, and a request is compared before the recorded answer to it is given. */
#include "watch.h"

#include "interrupt.h"
#include "request.h"

#define SLICE_MS 50

static bool is_recording(const struct watch *watch) {
  return watch->trace.is_open || watch->har.is_open || watch->is_replay;
}

/* ---- what the engine tells ---- */

static void on_request(void *context, const struct run *run, const struct step_request *request) {
  struct watch *watch = context;
  const struct handler *handler = &watch->session->handler;
  checkpoint_before(&watch->checkpoint, run, handler->configuration.max_state_bytes);
  progress_request(&watch->progress, run->top->next->id, request->http.method, handler->engine.max_attempts);
  if (is_recording(watch)) {
    record_request(&watch->record, run, request, handler->engine.max_attempts);
  }
  if (watch->is_replay) {
    replay_request(&watch->replay, &watch->record, run);
  }
}

static void on_try_begins(void *context, const struct http_request *request) {
  struct watch *watch = context;
  progress_try(&watch->progress);
  if (is_recording(watch)) {
    record_try_begins(&watch->record, request);
  }
}

static void on_try_ends(void *context, const struct http_response *response, const struct err *failure,
                        enum http_progress progress) {
  struct watch *watch = context;
  if (is_recording(watch)) {
    record_try_ends(&watch->record, response, failure, progress);
  }
}

static void on_try_judged(void *context, const struct exchange *exchange, int64_t wait_ms) {
  struct watch *watch = context;
  progress_judged(&watch->progress, exchange, wait_ms);
  if (is_recording(watch)) {
    record_try_judged(&watch->record, exchange, wait_ms);
  }
}

static void on_sent(void *context, const struct exchange *exchange) {
  struct watch *watch = context;
  if (is_recording(watch)) {
    record_sent(&watch->record, exchange);
  }
}

static void on_criterion(void *context, const struct run *run, struct criteria_place place,
                         const struct criterion *criterion, const struct scope *scope, enum verdict verdict) {
  struct watch *watch = context;
  if (is_recording(watch)) {
    record_criterion(&watch->record, run, place, criterion, scope, verdict);
  }
}

static void on_outputs(void *context, const struct run *run, const struct scope *scope, const json *outputs) {
  struct watch *watch = context;
  if (is_recording(watch)) {
    record_outputs(&watch->record, run, scope, outputs);
  }
}

static void on_transition(void *context, const struct run *run, const struct transition *transition, bool succeeded) {
  struct watch *watch = context;
  if (is_recording(watch)) {
    record_transition(&watch->record, run, transition, succeeded);
  }
}

static void on_wait(void *context, const struct run *run, sv cause, int64_t wait_seconds) {
  struct watch *watch = context;
  if (is_recording(watch)) {
    record_wait(&watch->record, run, cause, wait_seconds);
  }
}

/* What was made of a request that was cut is not what happened. */
static void mark_cut(struct record *record) {
  static const char *const names[] = {"criteria", "outputs", "transitions", "result"};
  json *yes = json_new_boolean(record->arena, true);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    json_remove(record->step, sv_from(names[i]));
  }
  record->is_lost = record->is_lost || !json_set(record->arena, record->step, SV("isCut"), yes);
}

static void write_step(struct watch *watch, const struct run *run) {
  struct record *record = &watch->record;
  const json *step = record_masked(record, run, record->step);
  if (record->is_lost || !step) {
    err_memory(&watch->why);
    return;
  }
  if (watch->trace.is_open && !trace_add(&watch->trace, &watch->session->handler, record, run, step, &watch->why)) {
    err_in(&watch->why, "--trace");
  }
  if (watch->har.is_open && !har_add(&watch->har, record, step, &watch->why)) {
    err_in(&watch->why, "--har");
  }
}

static void on_advance(void *context, const struct run *run, const struct advance *advance) {
  struct watch *watch = context;
  if (!is_recording(watch)) {
    return;
  }
  record_advance(&watch->record, run, advance);
  if (watch->is_cut) {
    mark_cut(&watch->record);
  }
  write_step(watch, run);
  record_reset(&watch->record);
}

static void write_log(void *context, sv line) {
  struct watch *watch = context;
  progress_clear(&watch->progress);
  watch->logger.write(watch->logger.context, line);
}

void watch_log(struct watch *watch) {
  watch->logger = watch->session->logger;
  watch->session->logger.write = write_log;
  watch->session->logger.context = watch;
}

/* ---- time ---- */

bool watch_look(void *context) {
  struct watch *watch = context;
  progress_tick(&watch->progress);
  watch->is_cut = watch->is_cut || interrupt_is_urgent();
  return !watch->is_cut;
}

static int64_t wall_ms(void *context) {
  const struct watch *watch = context;
  return clock_wall_ms(&watch->progress.clock);
}

static int64_t monotonic_us(void *context) {
  const struct watch *watch = context;
  return clock_monotonic_us(&watch->progress.clock);
}

/* A pause between two tries: the request is under way. */
static void sleep_ms(void *context, int64_t duration_ms) {
  struct watch *watch = context;
  const struct clock *clock = &watch->progress.clock;
  int64_t end_us = clock_monotonic_us(clock) + duration_ms * 1000;
  while (watch_look(watch) && clock_monotonic_us(clock) < end_us) {
    int64_t left_ms = (end_us - clock_monotonic_us(clock) + 999) / 1000;
    clock_sleep_ms(clock, left_ms < SLICE_MS ? left_ms : SLICE_MS);
  }
}

void watch_wait(struct watch *watch, sv next, int64_t seconds) {
  const struct clock *clock = &watch->progress.clock;
  if (seconds == 0 || watch->is_replay) {
    return;
  }
  int64_t end_us = clock_monotonic_us(clock) + seconds * 1000000;
  progress_wait(&watch->progress, next, seconds);
  while (!interrupt_is_wanted() && clock_monotonic_us(clock) < end_us) {
    progress_tick(&watch->progress);
    clock_sleep_ms(clock, SLICE_MS);
  }
}

/* ---- opening ---- */

static void set_observer(struct watch *watch) {
  watch->observer = (struct observer){.request = on_request,
                                      .try_begins = on_try_begins,
                                      .try_ends = on_try_ends,
                                      .try_judged = on_try_judged,
                                      .sent = on_sent,
                                      .criterion = on_criterion,
                                      .outputs = on_outputs,
                                      .transition = on_transition,
                                      .wait = on_wait,
                                      .advance = on_advance,
                                      .context = watch};
  watch->clock =
      (struct clock){.wall_ms = wall_ms, .monotonic_us = monotonic_us, .sleep_ms = sleep_ms, .context = watch};
}

static bool open_replay(struct watch *watch, const struct arguments *arguments, struct err *e) {
  watch->is_replay = arguments_has(arguments, "--replay");
  if (!watch->is_replay) {
    return true;
  }
  if (!replay_open(&watch->replay, arguments_text(arguments, "--replay", SV("")), e)) {
    return false;
  }
  return replay_is_resumed(&watch->replay) || !arguments_has(arguments, "--resume") ||
         err_set(e, ERR_INVALID, "--resume: the trace is of a run from its beginning; leave the option out");
}

static bool open_files(struct watch *watch, const struct arguments *arguments, struct err *e) {
  return (!arguments_has(arguments, "--trace") ||
          trace_open(&watch->trace, arguments_text(arguments, "--trace", SV("")), e)) &&
         (!arguments_has(arguments, "--har") || har_open(&watch->har, arguments_text(arguments, "--har", SV("")), e));
}

bool watch_open(struct watch *watch, struct session *session, const struct arguments *arguments, struct err *e) {
  struct environment environment = environment_of_process();
  *watch = (struct watch){.session = session};
  set_observer(watch);
  return progress_open(&watch->progress, stderr, &environment, arguments_has(arguments, "--quiet"),
                       !arguments_has(arguments, "--no-color"), e) &&
         checkpoint_open(&watch->checkpoint, arguments_text(arguments, "--save", SV("")), e) &&
         open_replay(watch, arguments, e) &&
         record_open(&watch->record, watch->is_replay ? &watch->replay.clock : &watch->progress.clock, e) &&
         open_files(watch, arguments, e);
}

void watch_close(struct watch *watch) {
  trace_drop(&watch->trace);
  har_drop(&watch->har);
  record_close(&watch->record);
  replay_close(&watch->replay);
  checkpoint_close(&watch->checkpoint);
  progress_close(&watch->progress);
}

struct stage watch_stage(struct watch *watch) {
  return watch->is_replay ? replay_stage(&watch->replay, &watch->observer)
                          : (struct stage){.observer = &watch->observer, .clock = &watch->clock};
}

bool watch_finish(struct watch *watch, struct arena *arena, const json *response, struct err *e) {
  bool good = (!watch->trace.is_open || trace_finish(&watch->trace, arena, response, e)) &&
              (!watch->har.is_open || har_finish(&watch->har, e));
  const struct err *why = watch->why.code ? &watch->why : &watch->checkpoint.why;
  if (good && why->code) {
    *e = *why;
  }
  return good && why->code == ERR_NONE;
}
