/* The function's configuration: environment variables, each with a default. The README lists them in one table. */
#ifndef ARAZZO_CONFIGURATION_H
#define ARAZZO_CONFIGURATION_H

#include <stdbool.h>
#include <stdint.h>

#include "api_secret.h"
#include "environment.h"
#include "json.h"
#include "request.h"

/* What brings the next invocation of a run: ARAZZO_CONTINUATION. */
enum continuation_kind {
  CONTINUATION_RETURN,   /* whoever gets the response */
  CONTINUATION_SCHEDULER /* a one-time schedule of EventBridge Scheduler */
};

struct scheduler_settings {
  sv group;           /* ARAZZO_SCHEDULER_GROUP */
  sv role_arn;        /* ARAZZO_SCHEDULER_ROLE_ARN; empty: not set */
  sv dead_letter_arn; /* ARAZZO_SCHEDULER_DEAD_LETTER_ARN; empty: none */
  sv kms_key_arn;     /* ARAZZO_SCHEDULER_KMS_KEY_ARN; empty: none */
};

struct configuration {
  sv document_path;            /* ARAZZO_DOCUMENT below LAMBDA_TASK_ROOT */
  sv region;                   /* AWS_REGION, else AWS_DEFAULT_REGION; empty: none */
  int64_t poll_seconds;        /* ARAZZO_POLL_SECONDS */
  unsigned max_steps;          /* ARAZZO_MAX_STEPS */
  int64_t run_timeout_seconds; /* ARAZZO_RUN_TIMEOUT_SECONDS */
  size_t max_state_bytes;      /* ARAZZO_MAX_STATE_BYTES */
  const json *inputs;          /* ARAZZO_INPUTS: an object */
  struct token_names tokens;   /* ARAZZO_TOKEN_INPUTS */
  struct api_secrets secrets;  /* ARAZZO_SECRETS */
  unsigned max_attempts;       /* AWS_MAX_ATTEMPTS */
  enum continuation_kind continuation;
  struct scheduler_settings scheduler;
  bool wakes_early;                               /* ARAZZO_EARLY_WAKE, in scheduler mode */
  sv function_version;                            /* AWS_LAMBDA_FUNCTION_VERSION */
  sv endpoint_url;                                /* for every operation (--endpoint-url); empty: none */
  const struct source_endpoint *source_endpoints; /* for source descriptions (--server) */
  size_t source_endpoint_count;
  bool ignores_endpoint_urls; /* AWS_IGNORE_CONFIGURED_ENDPOINT_URLS */
  unsigned variant;           /* AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT: bits of enum aws_variant */
};

/* Reads the configuration; texts live in the arena or the environment. ERR_INVALID names the variable, its value and what
 * it may be. */
bool configuration_read(struct arena *arena, const struct environment *environment, struct configuration *out,
                        struct err *e);

#endif
