/* A Lambda function that says hello. Built as `bootstrap` and zipped, it runs on provided.al2023. */
#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "lambda_runtime.h"
#include "limits.h"
#include "logger.h"
#include "quote.h"
#include "sb.h"

static void say_hello(void *context, const struct lambda_invocation *invocation, struct arena *arena,
                      struct lambda_result *result) {
  struct logger *logger = context;
  struct sb payload = sb_new(arena, KIB(64));
  sb_put(&payload, SV("{\"message\":\"Hello from C\",\"requestId\":"));
  quote_json(&payload, invocation->request_id);
  sb_put(&payload, SV("}"));
  result->payload = sb_view(&payload);
  LOG(logger, LOG_INFO, "said hello", log_integer("eventBytes", (int64_t)invocation->event.len));
}

int main(void) {
  struct environment environment = environment_of_process();
  struct logger logger;
  struct err e = {0};
  if (!logger_open(&logger, 1, false, &environment, &e)) {
    LOG(&logger, LOG_WARN, "a log setting is ignored", log_text("reason", sv_from(e.text)));
  }
  const struct lambda_function function = {.handle = say_hello, .context = &logger, .arena_bytes = MIB(16)};
  int status = lambda_run(&function, &environment, &logger);
  logger_close(&logger);
  return status;
}
