/* AWS Lambda's Runtime API for C: the loop that fetches invocations, calls a handler, and posts what it answers.
 *
 * It knows nothing of what the handler does: use it for any function. See runtime/README.md and runtime/examples/hello.c. */
#ifndef LAMBDA_RUNTIME_H
#define LAMBDA_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sv.h"

struct arena;
struct environment;
struct logger;

/* One invocation, as the headers of GET /invocation/next describe it. Views live until the handler returns; absent ones are
 * empty. None of them holds a control character; only the event may hold anything. */
struct lambda_invocation {
  sv request_id;
  int64_t
      deadline_ms; /* wall clock, milliseconds since 1970; now + 15 minutes, Lambda's longest, when it was not told */
  sv invoked_function_arn;
  sv trace_id; /* also in the environment as _X_AMZN_TRACE_ID */
  sv client_context;
  sv cognito_identity;
  sv tenant_id;
  bool
      is_cold_start; /* the first that this process got, unless its start was not waited for (provisioned concurrency) */
  sv event;          /* the body, unparsed */
};

/* What the handler answers; all zero before it is called. Texts live in the invocation's arena, or for ever. */
struct lambda_result {
  bool failed;
  sv payload;       /* the response's JSON, when not failed */
  sv error_type;    /* what Step Functions' Retry and Catch match on, e.g. "Arazzo.InvalidEvent" */
  sv error_message; /* cut after LIMIT_ERROR_MESSAGE_BYTES */
};

/* Handles one invocation. `arena` holds the event and is emptied before each invocation. Fields that the handler gives
 * to log_common_set end with the invocation. */
typedef void lambda_handler(void *context, const struct lambda_invocation *invocation, struct arena *arena,
                            struct lambda_result *result);

/* Initialises the function once, before the first invocation. False when it can't run: `result` says why, and it is posted
 * to /init/error (of a restore: to /restore/error). `arena` is dropped when it returns. */
typedef bool lambda_init(void *context, struct arena *arena, struct lambda_result *result);

struct lambda_function {
  lambda_init *init; /* may be NULL */
  lambda_handler *handle;
  void *context;
  size_t arena_bytes;   /* budget of the invocation's arena; the event counts */
  lambda_init *restore; /* may be NULL; after a SnapStart restore: drop connections, read credentials again */
};

/* Runs the loop on AWS_LAMBDA_RUNTIME_API until the process is told to end. Returns the process's exit status: 0 after
 * SIGTERM, 1 when init failed, the API can't be reached or answers that the sandbox must end. With
 * AWS_LAMBDA_MAX_CONCURRENCY above 1 (Managed Instances) init runs once, then that many processes serve, each with a loop
 * and a connection of its own. SIGTERM is blocked and SIGPIPE ignored while it runs. */
int lambda_run(const struct lambda_function *function, const struct environment *environment, struct logger *logger);

#endif
