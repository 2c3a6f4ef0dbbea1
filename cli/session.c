/* Opens the handler for the command line. Credentials, region and endpoints come from the environment, as for AWS's tools. */
#include "session.h"

#include <unistd.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "transport_curl.h"

#define INVOCATION_MS INT64_C(900000) /* Lambda's longest: 15 minutes */

static void override(struct configuration *configuration, const struct options *options) {
  configuration->document_path = options->document;
  configuration->endpoint_url = options->endpoint_url;
  if (options->poll_seconds >= 0) {
    configuration->poll_seconds = options->poll_seconds;
  }
  if (options->max_steps > 0) {
    configuration->max_steps = (unsigned)options->max_steps;
  }
}

static bool open_handler(struct session *session, const struct configuration *configuration, bool fetches,
                         struct err *e) {
  const char *ignored = NULL;
  session->fetcher.transport = transport_curl_transport(session->curl);
  struct platform platform = {
      .reader = fetches ? fetcher_reader(&session->fetcher) : document_file_reader(),
      .environment = &session->environment,
      .logger = &session->logger,
      .transport = transport_curl_transport(session->curl),
      .clock = clock_system(),
      .entropy = entropy_system(),
  };
  return handler_open(&session->handler, session->documents, configuration, &platform, &ignored, e);
}

bool session_open(struct session *session, const struct options *options, struct err *e) {
  struct configuration configuration;
  *session = (struct session){.environment = environment_of_process()};
  if (!logger_open(&session->logger, STDERR_FILENO, false, &session->environment, e)) {
    return false;
  }
  session->logger.threshold = session->logger.threshold < LOG_WARN ? LOG_WARN : session->logger.threshold;
  session->documents = arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  session->invocation = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  if (!session->documents || !session->invocation) {
    return err_memory(e);
  }
  if (!configuration_read(session->documents, &session->environment, &configuration, e)) {
    return false;
  }
  override(&configuration, options);
  session->curl = transport_curl_open(&session->environment, e);
  return session->curl && open_handler(session, &configuration, options->fetches, e);
}

void session_close(struct session *session) {
  if (session->curl) {
    transport_curl_close(session->curl);
  }
  arena_drop(session->invocation);
  arena_drop(session->documents);
  logger_close(&session->logger);
}

static void print_refusal(struct session *session, const struct answer *answer) {
  struct sb text = sb_new(session->invocation, KIB(16));
  json *root = json_new_object(session->invocation);
  if (json_set(session->invocation, root, SV("errorType"),
               json_new_string(session->invocation, sv_from(answer->error_name))) &&
      json_set(session->invocation, root, SV("errorMessage"),
               json_new_string(session->invocation, answer->error_message))) {
    json_write(&text, root);
  }
  printf("%.*s\n", SV_ARG(sb_view(&text)));
  fprintf(stderr, "arazzo: %s: %.*s\n", answer->error_name, SV_ARG(answer->error_message));
}

bool session_invoke(struct session *session, sv event, sv *response) {
  struct answer answer;
  struct err e;
  sv id = SV("");
  err_clear(&e);
  if (!session_random_id(session, &id, &e)) {
    session_complain(&e);
    return false;
  }
  int64_t deadline_ms = clock_wall_ms(&session->handler.engine.clock) + INVOCATION_MS;
  handler_invoke(&session->handler, event, id, deadline_ms, session->invocation, &answer);
  if (answer.failed) {
    print_refusal(session, &answer);
    return false;
  }
  *response = answer.response;
  return true;
}

bool session_random_id(struct session *session, sv *out, struct err *e) {
  const struct entropy *entropy = &session->handler.engine.entropy;
  struct sb id = sb_new(session->invocation, KIB(1));
  sb_format(&id, "%016llx%016llx", (unsigned long long)entropy->next(entropy->context),
            (unsigned long long)entropy->next(entropy->context));
  return sb_finish(&id, "a random id", out, e);
}

bool session_read(struct session *session, FILE *file, sv *out, struct err *e) {
  struct sb text = sb_new(session->invocation, LIMIT_EVENT_BYTES + 1);
  char buffer[8192];
  size_t got = 0;
  while ((got = fread(buffer, 1, sizeof buffer, file)) > 0 && text.state == SB_OK) {
    sb_put(&text, (sv){buffer, got});
  }
  if (ferror(file)) {
    return err_set(e, ERR_INVALID, "it can't be read");
  }
  return sb_finish(&text, "the event", out, e);
}

/* Errors repeat text of documents: control characters in it must not reach a terminal. */
static void print_visibly(const char *text) {
  for (const char *c = text; *c; c++) {
    bool is_control = (unsigned char)*c < 0x20 || *c == 0x7F;
    fputc(is_control ? '?' : *c, stderr);
  }
}

void session_complain(const struct err *e) {
  fprintf(stderr, "arazzo: ");
  print_visibly(e->file);
  if (e->file[0]) {
    fprintf(stderr, ":");
  }
  if (e->line) {
    fprintf(stderr, "%u:%u:", e->line, e->column);
  }
  fprintf(stderr, "%s", e->file[0] || e->line ? " " : "");
  print_visibly(e->where);
  fprintf(stderr, "%s", e->where[0] ? ": " : "");
  print_visibly(e->text);
  fprintf(stderr, "\n");
}
