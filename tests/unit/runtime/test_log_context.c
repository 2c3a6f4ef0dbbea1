/* Powertools' keys: environment and invocation in, the fields of a line out. */
#include "log_context.h"

#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "environment.h"
#include "errinfo.h"
#include "lambda_runtime.h"
#include "limits.h"
#include "logger.h"

#define CASES "tests/unit/runtime/log_context.json"

static char written[LIMIT_LOG_LINE_BYTES + 1];

static void keep_line(void *context, sv line) {
  (void)context;
  memcpy(written, line.ptr, line.len);
  written[line.len] = '\0';
}

static const char *from_case(void *context, const char *name) {
  return case_text(context, name);
}

static sv text_of(const cJSON *data, const char *name) {
  return sv_from(case_text(data, name));
}

/* The case's fields, in this order, are those that stand between message and the line's own. */
static void writes(void **state) {
  const struct case_state *c = *state;
  const struct environment environment = {.get = from_case, .context = cJSON_GetObjectItem(c->data, "environment")};
  const cJSON *given = cJSON_GetObjectItem(c->data, "invocation");
  struct logger logger;
  struct err e = {0};
  assert_true(logger_open(&logger, 1, true, &environment, &e));
  logger.write = keep_line;
  log_context_open(&logger, &environment);
  if (given) {
    const struct lambda_invocation invocation = {
        .request_id = text_of(given, "requestId"),
        .invoked_function_arn = text_of(given, "arn"),
        .trace_id = text_of(given, "trace"),
        .is_cold_start = cJSON_IsTrue(cJSON_GetObjectItem(given, "cold")),
    };
    log_context_set(&logger, &invocation);
  }
  LOG(&logger, LOG_INFO, "x", log_integer("own", 1));
  const char *fields = strstr(written, "\"message\":\"x\",");
  assert_non_null(fields);
  assert_string_equal(fields + strlen("\"message\":\"x\","), case_text(c->data, "fields"));
  logger_close(&logger);
}

int main(void) {
  return cases_run("log context", CASES, NULL, writes);
}
