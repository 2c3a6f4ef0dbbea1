/* bootstrap: loads the documents, then hands the function to the Runtime API's loop. */
#include <stdlib.h>
#include <unistd.h>

#include "arena.h"
#include "credentials_chain.h"
#include "credentials_container.h"
#include "environment.h"
#include "errinfo.h"
#include "handler.h"
#include "lambda_runtime.h"
#include "limits.h"
#include "logger.h"
#include "metrics.h"
#include "sb.h"
#include "transport_curl.h"

struct function {
  struct environment environment;
  struct logger logger;
  struct metrics metrics;
  struct arena *documents;
  struct transport_curl *curl;
  struct credentials_chain *credentials;
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

/* Where a function's credentials may be; under SnapStart they are in the second place. */
static credentials_load *const sources[] = {credentials_from_environment, credentials_from_container};

static bool open_credentials(struct function *function, unsigned max_attempts, struct err *e) {
  struct transport transport = transport_curl_transport(function->curl);
  function->credentials = credentials_chain_start(function->documents, &function->environment, &transport, max_attempts,
                                                  sources, sizeof sources / sizeof *sources, e);
  return function->credentials != NULL;
}

/* The environment of a function is shown to whoever may look at its configuration. */
static bool check_secrets(const struct api_secrets *secrets, struct err *e) {
  for (size_t i = 0; i < secrets->count; i++) {
    if (secrets->items[i].reference.origin == SECRET_OF_ENVIRONMENT) {
      return err_set(e, ERR_INVALID,
                     "ARAZZO_SECRETS: '%.*s': env: is for the command line; a function's secrets are kept in Secrets "
                     "Manager or the Parameter Store",
                     SV_ARG(secrets->items[i].name));
    }
  }
  return true;
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
  if (!check_secrets(&configuration.secrets, &e) ||
      !metrics_open(&function->metrics, &function->logger, &function->environment, &e)) {
    return fail_init(arena, name, &e, result);
  }
  struct clock clock = clock_system();
  function->curl = transport_curl_open(&function->environment, &clock, &e);
  if (!function->curl || !open_credentials(function, configuration.max_attempts, &e)) {
    return fail_init(arena, name, &e, result);
  }
  struct platform platform = {
      .reader = document_file_reader(),
      .environment = &function->environment,
      .logger = &function->logger,
      .transport = transport_curl_transport(function->curl),
      .clock = clock,
      .entropy = entropy_system(),
      .credentials = credentials_chain_provider(function->credentials),
      .metrics = &function->metrics,
  };
  return handler_open(&function->handler, function->documents, &configuration, &platform, &name, &e) ||
         fail_init(arena, name, &e, result);
}

static void handle(void *context, const struct lambda_invocation *invocation, struct arena *arena,
                   struct lambda_result *result) {
  struct function *function = context;
  struct answer answer;
  struct handler_call call = {
      .event = invocation->event,
      .request_id = invocation->request_id,
      .function_arn = invocation->invoked_function_arn,
      .deadline_ms = invocation->deadline_ms,
  };
  function->metrics.is_cold_start = invocation->is_cold_start;
  handler_invoke(&function->handler, &call, arena, &answer);
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
  handler_close(&function.handler);
  credentials_chain_close(function.credentials);
  transport_curl_close(function.curl);
  arena_drop(function.documents);
  logger_close(&function.logger);
  return status;
}
