/* One step of a run: what one invocation does. */
#ifndef ARAZZO_STEP_H
#define ARAZZO_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "request.h"
#include "retry.h"
#include "run.h"

struct logger;

/* What the engine works with. */
struct engine {
  struct endpoint_settings endpoints;
  struct token_names tokens;
  struct transport transport;
  struct clock clock;
  struct entropy entropy;
  const struct environment *environment; /* credentials */
  struct logger *logger;
  unsigned max_attempts; /* requests in one invocation */
  int64_t poll_seconds;  /* the wait before a step that already ran */
  unsigned max_steps;    /* steps of a run */
  int64_t run_timeout_seconds;
};

/* Whether this delivery of the event may not be the first. */
enum delivery { DELIVERY_FIRST, DELIVERY_UNKNOWN, DELIVERY_REPEATED };

enum run_status { RUN_RUNNING, RUN_SUCCEEDED, RUN_FAILED };

/* Names inside `error` of a failed run. */
enum run_error {
  RUN_STEP_FAILED,
  RUN_GUARD_EXCEEDED,
  RUN_STATE_TOO_LARGE,
  RUN_AMBIGUOUS_OUTCOME,
  RUN_RESPONSE_TOO_LARGE
};

/* "RUNNING", "SUCCEEDED", "FAILED". */
const char *run_status_name(enum run_status status);

/* "Arazzo.StepFailed" and so on. */
const char *run_error_name(enum run_error error);

/* What one invocation came to. Texts live in the arena. */
struct advance {
  enum run_status status;
  int64_t wait_seconds;            /* RUNNING: before the next step */
  const struct step *step;         /* the step that was run */
  const struct workflow *workflow; /* its workflow */
  bool sent;                       /* a request went out */
  sv url;
  int status_code; /* 0: no response */
  bool success;
  const char *action; /* "next", "goto", "end", "retry", "wait", "fail" */
  unsigned attempts;
  int64_t duration_us;
  sv request_id;
  sv aws_error_type;
  enum run_error error; /* FAILED */
  sv message;           /* FAILED */
};

/* Runs the next step that sends a request once, at most until `deadline_ms` (wall clock), and moves the run on. False only for what is no fact of the
 * run: ERR_MEMORY, ERR_INTERNAL. */
bool step_run(const struct engine *engine, struct run *run, enum delivery delivery, int64_t deadline_ms,
              struct arena *arena, struct advance *out, struct err *e);

#endif
