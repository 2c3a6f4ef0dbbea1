/* The fields that Powertools for AWS Lambda puts into each line, so that queries and dashboards that were written for its
 * lines work for these, too. */
#include "log_context.h"

#include "environment.h"
#include "lambda_runtime.h"
#include "logger.h"
#include "sv.h"

#define MEMORY_MB_MAX 1048576 /* a terabyte: more digits are no size */

void log_context_open(struct logger *logger, const struct environment *environment) {
  sv text;
  unsigned long long size_mb = 0;
  if (environment_get(environment, "AWS_LAMBDA_FUNCTION_NAME", &text)) {
    log_common_set(logger, log_text("function_name", text));
  }
  if (environment_get(environment, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &text) &&
      sv_to_uint(text, MEMORY_MB_MAX, &size_mb)) {
    log_common_set(logger, log_integer("function_memory_size", (int64_t)size_mb));
  }
}

/* "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=…;Sampled=1": the root is the trace's id. */
static sv root_of(sv trace) {
  while (trace.len) {
    sv part = trace;
    sv rest = SV("");
    sv_split(trace, ';', &part, &rest);
    if (sv_starts(part, SV("Root="))) {
      return sv_slice(part, sizeof "Root=" - 1, part.len);
    }
    trace = rest;
  }
  return SV("");
}

void log_context_set(struct logger *logger, const struct lambda_invocation *invocation) {
  log_common_set(logger, log_boolean("cold_start", invocation->is_cold_start));
  log_common_set(logger, log_text("function_arn", invocation->invoked_function_arn));
  log_common_set(logger, log_text("function_request_id", invocation->request_id));
  log_common_set(logger, log_text("xray_trace_id", root_of(invocation->trace_id)));
}
