/* bootstrap: loads the documents, then hands the function to the Runtime API's loop. */
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "handler.h"
#include "lambda_runtime.h"
#include "limits.h"
#include "logger.h"
#include "sb.h"
#include "transport_curl.h"

struct function {
  struct environment environment;
  struct logger logger;
  struct arena *documents;
  struct transport_curl *curl;
  struct handler handler;
  struct err logging; /* what is wrong with the logger's configuration */
};

static bool fail_init(struct arena *arena, const char *name, const struct err *e, struct lambda_result *result) {
  struct sb text = sb_new(arena, KIB(4));
  err_write(e, &text);
  result->failed = true;
  result->error_type = sv_from(name);
  result->error_message = text.state == SB_OK ? sb_view(&text) : SV("out of memory");
  return false;
}

static bool init(void *context, struct arena *arena, struct lambda_result *result) {
  struct function *function = context;
  struct configuration configuration;
  const char *name = "Arazzo.InvalidConfiguration";
  struct err e;
  err_clear(&e);
  if (function->logging.code != ERR_NONE) {
    return fail_init(arena, name, &function->logging, result);
  }
  function->documents = arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  if (!function->documents) {
    err_memory(&e);
    return fail_init(arena, "Arazzo.Internal", &e, result);
  }
  if (!configuration_read(function->documents, &function->environment, &configuration, &e)) {
    return fail_init(arena, name, &e, result);
  }
  function->curl = transport_curl_open(&function->environment, &e);
  if (!function->curl) {
    return fail_init(arena, name, &e, result);
  }
  struct platform platform = {
      .reader = document_file_reader(),
      .environment = &function->environment,
      .logger = &function->logger,
      .transport = transport_curl_transport(function->curl),
      .clock = clock_system(),
      .entropy = entropy_system(),
  };
  return handler_open(&function->handler, function->documents, &configuration, &platform, &name, &e) ||
         fail_init(arena, name, &e, result);
}

static void handle(void *context, const struct lambda_invocation *invocation, struct arena *arena,
                   struct lambda_result *result) {
  struct function *function = context;
  struct answer answer;
  handler_invoke(&function->handler, invocation->event, invocation->request_id, invocation->deadline_ms, arena,
                 &answer);
  *result = (struct lambda_result){
      .failed = answer.failed,
      .payload = answer.response,
      .error_type = sv_from(answer.error_name),
      .error_message = answer.error_message,
  };
}

int main(void) {
  struct function function = {.environment = environment_of_process()};
  struct lambda_function lambda = {
      .init = init, .handle = handle, .context = &function, .arena_bytes = LIMIT_INVOCATION_ARENA_BYTES};
  /* A logger that is configured wrongly works all the same; init reports it. */
  (void)logger_open(&function.logger, STDOUT_FILENO, true, &function.environment, &function.logging);
  int status = lambda_run(&lambda, &function.environment, &function.logger);
  transport_curl_close(function.curl);
  arena_drop(function.documents);
  logger_close(&function.logger);
  return status;
}
