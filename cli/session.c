/* Opens the handler for the command line. Credentials, region and endpoints come from where AWS's tools find them: from the
 * environment, then from a profile, credentials also from a container's endpoint. */
#include "session.h"

#include <unistd.h>

#include "arena.h"
#include "aws_endpoint.h"
#include "credentials_chain.h"
#include "credentials_container.h"
#include "credentials_profile.h"
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

static credentials_load *const sources[] = {credentials_from_environment, credentials_from_profile,
                                            credentials_from_container};

static bool open_credentials(struct session *session, unsigned max_attempts, struct err *e) {
  struct credentials_world world = {
      .environment = &session->environment,
      .inquiry = {.transport = transport_curl_transport(session->curl),
                  .clock = clock_system(),
                  .entropy = entropy_system(),
                  .max_attempts = max_attempts},
  };
  session->credentials =
      credentials_chain_open(session->documents, &world, sources, sizeof sources / sizeof *sources, e);
  return session->credentials != NULL;
}

/* Where the environment names no region, the profile may. */
static bool complete_region(struct session *session, struct configuration *configuration, struct err *e) {
  if (configuration->region.len) {
    return true;
  }
  sv region;
  if (!profile_region(&session->environment, session->invocation, &region, e)) {
    return false;
  }
  if (region.len && !region_is_valid(region)) {
    return err_set(e, ERR_INVALID,
                   "the profile's region is '%.*s', which is not the name of a region such as eu-central-1",
                   SV_ARG(sv_slice(region, 0, 80)));
  }
  configuration->region = sv_copy(session->documents, region);
  bool is_copied = configuration->region.len == region.len;
  arena_reset(session->invocation); /* the files hold secrets */
  return is_copied || err_memory(e);
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
      .credentials = credentials_chain_provider(session->credentials),
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
  if (!complete_region(session, &configuration, e)) {
    return false;
  }
  override(&configuration, options);
  struct clock clock = clock_system();
  session->curl = transport_curl_open(&session->environment, &clock, e);
  return session->curl && open_credentials(session, configuration.max_attempts, e) &&
         open_handler(session, &configuration, options->fetches, e);
}

void session_close(struct session *session) {
  handler_close(&session->handler);
  credentials_chain_close(session->credentials);
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
    fprintf(stderr, "%u:", e->line);
  }
  if (e->line && e->column) {
    fprintf(stderr, "%u:", e->column);
  }
  fprintf(stderr, "%s", e->file[0] || e->line ? " " : "");
  print_visibly(e->where);
  fprintf(stderr, "%s", e->where[0] ? ": " : "");
  print_visibly(e->text);
  fprintf(stderr, "\n");
}
