/* A Lambda function that answers its event unchanged: for the tests of size and the measurements of speed. */
#include "environment.h"
#include "errinfo.h"
#include "lambda_runtime.h"
#include "limits.h"
#include "logger.h"

struct arena;

static void echo(void *context, const struct lambda_invocation *invocation, struct arena *arena,
                 struct lambda_result *result) {
  (void)context;
  (void)arena;
  result->payload = invocation->event;
}

int main(void) {
  struct environment environment = environment_of_process();
  struct logger logger;
  struct err e = {0};
  if (!logger_open(&logger, 1, false, &environment, &e)) {
    LOG(&logger, LOG_WARN, "a log setting is ignored", log_text("reason", sv_from(e.text)));
  }
  const struct lambda_function function = {.handle = echo, .arena_bytes = MIB(32)};
  int status = lambda_run(&function, &environment, &logger);
  logger_close(&logger);
  return status;
}
