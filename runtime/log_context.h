/* What each log line says of the invocation, under Powertools' keys. */
#ifndef RUNTIME_LOG_CONTEXT_H
#define RUNTIME_LOG_CONTEXT_H

struct environment;
struct lambda_invocation;
struct logger;

/* Fields of all lines: function_name, function_memory_size (MB), as far as Lambda tells them. */
void log_context_open(struct logger *logger, const struct environment *environment);

/* Fields of an invocation's lines: cold_start, function_arn, function_request_id, xray_trace_id. They are views of the
 * invocation: take them back (struct log_common) when it ends. */
void log_context_set(struct logger *logger, const struct lambda_invocation *invocation);

#endif
