/* A function for the tests of the runtime: the event's first word says what to do, `_HANDLER` how init and restore go.
 *
 *   inspect           answers what the invocation and the environment hold
 *   fail TYPE MESSAGE answers an error
 *   large N           answers N bytes
 *   sleep MS          answers after that time
 *   exhaust           uses up the arena, then answers an error
 *   common            gives the logger a field that lives in the invocation's arena
 *   abort             crashes
 *   anything else     answers null */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "clock.h"
#include "environment.h"
#include "errinfo.h"
#include "lambda_runtime.h"
#include "limits.h"
#include "logger.h"
#include "quote.h"
#include "sb.h"

struct probe {
  struct environment environment;
  struct logger logger;
  sv handler;
};

static void put_member(struct sb *out, const char *name, sv value) {
  sb_format(out, "%s\"%s\":", out->len == 1 ? "" : ",", name);
  quote_json(out, value);
}

static void inspect(struct probe *probe, const struct lambda_invocation *invocation, struct arena *arena,
                    struct lambda_result *result) {
  sv trace = SV("");
  struct sb out = sb_new(arena, MIB(1));
  sb_char(&out, '{');
  put_member(&out, "requestId", invocation->request_id);
  put_member(&out, "arn", invocation->invoked_function_arn);
  put_member(&out, "traceId", invocation->trace_id);
  put_member(&out, "clientContext", invocation->client_context);
  put_member(&out, "cognitoIdentity", invocation->cognito_identity);
  put_member(&out, "tenantId", invocation->tenant_id);
  put_member(&out, "event", invocation->event);
  bool set = environment_get(&probe->environment, "_X_AMZN_TRACE_ID", &trace);
  put_member(&out, "environmentTraceId", set ? trace : SV("unset"));
  sb_format(&out, ",\"deadlineMs\":%lld,\"pid\":%ld}", (long long)invocation->deadline_ms, (long)getpid());
  result->payload = sb_view(&out);
}

static unsigned long long number(sv text) {
  unsigned long long value = 0;
  sv_to_uint(text, MIB(64), &value);
  return value;
}

static void answer_large(sv size, struct arena *arena, struct lambda_result *result) {
  size_t wanted = (size_t)number(size);
  char *data = arena_alloc(arena, wanted);
  if (data) {
    memset(data, 'x', wanted);
    result->payload = (sv){data, wanted};
  }
}

static void fail(sv type, sv message, struct lambda_result *result) {
  *result = (struct lambda_result){.failed = true, .error_type = type, .error_message = message};
}

static void exhaust(struct arena *arena, struct lambda_result *result) {
  while (arena_alloc(arena, KIB(64))) {
  }
  while (arena_alloc(arena, 1)) {
  }
  fail(SV("Probe.Exhausted"), SV("nothing left"), result);
}

static void handle(void *context, const struct lambda_invocation *invocation, struct arena *arena,
                   struct lambda_result *result) {
  struct probe *probe = context;
  sv word = invocation->event;
  sv rest = SV("");
  sv_split(invocation->event, ' ', &word, &rest);
  result->payload = SV("null");
  if (sv_eq(word, SV("inspect"))) {
    inspect(probe, invocation, arena, result);
  } else if (sv_eq(word, SV("fail"))) {
    sv type = rest;
    sv message = SV("");
    sv_split(rest, ' ', &type, &message);
    fail(type, message, result);
  } else if (sv_eq(word, SV("large"))) {
    answer_large(rest, arena, result);
  } else if (sv_eq(word, SV("sleep"))) {
    struct clock clock = clock_system();
    clock_sleep_ms(&clock, (int64_t)number(rest));
  } else if (sv_eq(word, SV("exhaust"))) {
    exhaust(arena, result);
  } else if (sv_eq(word, SV("common"))) {
    log_common_set(&probe->logger, log_text("runId", sv_copy(arena, rest)));
    LOG(&probe->logger, LOG_INFO, "in the handler", log_integer("eventBytes", (int64_t)invocation->event.len));
  } else if (sv_eq(word, SV("abort"))) {
    abort();
  }
}

static bool initialise(void *context, struct arena *arena, struct lambda_result *result) {
  const struct probe *probe = context;
  (void)arena;
  if (sv_eq(probe->handler, SV("init-error"))) {
    fail(SV("Probe.InvalidDocument"), SV("line 3: caf\xC3\xA9 \"quoted\""), result);
  } else if (sv_eq(probe->handler, SV("signalled-init"))) {
    raise(SIGTERM);
  }
  return !result->failed;
}

static bool restore(void *context, struct arena *arena, struct lambda_result *result) {
  const struct probe *probe = context;
  (void)arena;
  if (sv_eq(probe->handler, SV("restore-error"))) {
    fail(SV("Probe.RestoreFailed"), SV("no credentials"), result);
  }
  return !result->failed;
}

int main(void) {
  struct probe probe = {.environment = environment_of_process()};
  struct err e = {0};
  sv bytes;
  if (!logger_open(&probe.logger, 1, true, &probe.environment, &e)) {
    return 2;
  }
  environment_get(&probe.environment, "_HANDLER", &probe.handler);
  size_t arena_bytes =
      environment_get(&probe.environment, "PROBE_ARENA_BYTES", &bytes) ? (size_t)number(bytes) : MIB(32);
  const struct lambda_function function = {
      .init = initialise, .handle = handle, .context = &probe, .arena_bytes = arena_bytes, .restore = restore};
  int status = lambda_run(&function, &probe.environment, &probe.logger);
  logger_close(&probe.logger);
  return status;
}
