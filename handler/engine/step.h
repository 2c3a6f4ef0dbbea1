/* One step of a run: what one invocation does. */
#ifndef ARAZZO_STEP_H
#define ARAZZO_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "api_security.h"
#include "credentials.h"
#include "request.h"
#include "retry.h"
#include "run.h"

struct logger;

/* What is remembered from one invocation to the next, as long as the sandbox lives. All zero at first. */
struct engine_memory {
  struct retry_quota quota;
  struct clock_skew skew;
};

/* What the engine works with. */
struct engine {
  struct endpoint_settings endpoints;
  struct token_names tokens;
  struct transport transport;
  struct clock clock;
  struct entropy entropy;
  struct credentials_provider credentials;
  const struct api_security *security; /* for APIs that are not AWS */
  struct engine_memory *memory;
  struct logger *logger;
  unsigned max_attempts; /* requests in one invocation */
  int64_t poll_seconds;  /* the wait before a step that already ran */
  unsigned max_steps;    /* steps of a run */
  int64_t run_timeout_seconds;
  const struct observer *observer; /* NULL: nobody watches */
};

/* Whether this delivery of the event may not be the first. */
enum delivery { DELIVERY_FIRST, DELIVERY_UNKNOWN, DELIVERY_REPEATED };

enum run_status { RUN_RUNNING, RUN_SUCCEEDED, RUN_FAILED };

/* What followed from the step. */
enum run_action {
  RUN_FAIL, /* no action: the run failed */
  RUN_NEXT,
  RUN_GOTO,
  RUN_END,
  RUN_RETRY, /* a failure action repeats it */
  RUN_WAIT   /* a transient failure: the step is kept */
};

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

/* "fail", "next", "goto", "end", "retry", "wait". */
const char *run_action_name(enum run_action action);

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
  enum run_action action;
  bool is_poll; /* NEXT, GOTO: to a step that already ran */
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
