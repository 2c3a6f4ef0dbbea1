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
#include "screen.h"
#include "transport_curl.h"

#define INVOCATION_MS INT64_C(900000) /* Lambda's longest: 15 minutes */

/* ---- options ---- */

static bool is_url(sv text) {
  return sv_starts(text, SV("http://")) || sv_starts(text, SV("https://"));
}

static bool check_url(const char *option, sv url, struct err *e) {
  return is_url(url) ||
         err_set(e, ERR_INVALID, "%s takes a URL with http:// or https://, not '%.*s'", option, SV_ARG(url));
}

bool session_check_options(const struct arguments *arguments, struct err *e) {
  sv pair;
  for (size_t i = 0; arguments_nth(arguments, "--server", i, &pair); i++) {
    if (!check_url("--server NAME=URL", sv_slice(pair, sv_find(pair, '=') + 1, pair.len), e)) {
      return false;
    }
  }
  return check_url("--endpoint-url", arguments_text(arguments, "--endpoint-url", SV("http://")), e);
}

static bool read_servers(struct session *session, const struct arguments *arguments, struct configuration *out,
                         struct err *e) {
  struct source_endpoint *items = arena_array(session->documents, ARGUMENTS_OPTIONS, sizeof *items);
  sv pair;
  if (!arguments_has(arguments, "--server")) {
    return true;
  }
  if (!items) {
    return err_memory(e);
  }
  out->source_endpoints = items;
  out->source_endpoint_count = 0;
  while (arguments_nth(arguments, "--server", out->source_endpoint_count, &pair)) {
    struct source_endpoint *item = &items[out->source_endpoint_count++];
    sv_split(pair, '=', &item->source, &item->url);
  }
  return true;
}

static bool override(struct session *session, const struct arguments *arguments, struct configuration *configuration,
                     struct err *e) {
  configuration->continuation = CONTINUATION_RETURN; /* whoever runs the command is the loop */
  configuration->document_path = arguments->operands[0];
  configuration->endpoint_url = arguments_text(arguments, "--endpoint-url", SV(""));
  configuration->poll_seconds = arguments_number(arguments, "--poll-seconds", configuration->poll_seconds);
  configuration->max_steps = (unsigned)arguments_number(arguments, "--max-steps", configuration->max_steps);
  return read_servers(session, arguments, configuration, e);
}

/* A server that no source description has would silently not be used. */
static bool check_servers(const struct session *session, const struct arguments *arguments, struct err *e) {
  const struct document_set *set = session->handler.document->set;
  sv pair;
  for (size_t i = 0; arguments_nth(arguments, "--server", i, &pair); i++) {
    sv name = sv_slice(pair, 0, sv_find(pair, '='));
    bool is_known = false;
    for (size_t j = 0; j < set->count; j++) {
      is_known = is_known || document_description(set->items[j], name);
    }
    if (!is_known) {
      return err_set(e, ERR_INVALID, "--server: there is no source description '%.*s'", SV_ARG(name));
    }
  }
  return true;
}

/* The environment with --profile and --region in it. A profile that is asked for comes before the environment's keys, as in AWS's
 * tools. */
static const char *get_variable(void *context, const char *name) {
  const struct session *session = context;
  sv key = sv_from(name);
  bool is_key = sv_eq(key, SV("AWS_ACCESS_KEY_ID")) || sv_eq(key, SV("AWS_SECRET_ACCESS_KEY")) ||
                sv_eq(key, SV("AWS_SESSION_TOKEN"));
  if (session->profile && (is_key || sv_eq(key, SV("AWS_PROFILE")))) {
    return is_key ? NULL : session->profile;
  }
  return session->region && sv_eq(key, SV("AWS_REGION")) ? session->region
                                                         : session->process.get(session->process.context, name);
}

static bool read_text(struct session *session, const struct arguments *arguments, const char *option, const char **out,
                      struct err *e) {
  return !arguments_has(arguments, option) ||
         sv_to_text(session->documents, arguments_text(arguments, option, SV("")), out, e);
}

static bool open_environment(struct session *session, const struct arguments *arguments, struct err *e) {
  session->process = environment_of_process();
  session->environment = (struct environment){.get = get_variable, .context = session};
  return read_text(session, arguments, "--profile", &session->profile, e) &&
         read_text(session, arguments, "--region", &session->region, e);
}

/* ---- opening ---- */

static credentials_load *const sources[] = {credentials_from_environment, credentials_from_profile,
                                            credentials_from_container};

static bool open_credentials(struct session *session, unsigned max_attempts, struct err *e) {
  struct transport transport = transport_curl_transport(session->curl);
  session->credentials = credentials_chain_start(session->documents, &session->environment, &transport, max_attempts,
                                                 sources, sizeof sources / sizeof *sources, e);
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

static bool open_handler(struct session *session, const struct configuration *configuration,
                         const struct arguments *arguments, const struct stage *stage, struct err *e) {
  const char *ignored = NULL;
  session->fetcher.transport = transport_curl_transport(session->curl);
  struct platform platform = {
      .reader = arguments_has(arguments, "--fetch") ? fetcher_reader(&session->fetcher) : document_file_reader(),
      .environment = &session->environment,
      .logger = &session->logger,
      .transport = stage->transport ? *stage->transport : session->fetcher.transport,
      .clock = stage->clock ? *stage->clock : clock_system(),
      .entropy = entropy_system(),
      .credentials = stage->credentials ? *stage->credentials : credentials_chain_provider(session->credentials),
      .observer = stage->observer,
  };
  return handler_open(&session->handler, session->documents, configuration, &platform, &ignored, e) &&
         check_servers(session, arguments, e);
}

static bool open_arenas(struct session *session, struct err *e) {
  session->documents = arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  session->invocation = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  return (session->documents && session->invocation) || err_memory(e);
}

static bool open_logger(struct session *session, const struct stage *stage, struct err *e) {
  enum log_level least = stage->is_silent ? LOG_ERROR : LOG_WARN;
  bool good = logger_open(&session->logger, STDERR_FILENO, false, &session->environment, e);
  session->logger.threshold = session->logger.threshold < least ? least : session->logger.threshold;
  return good;
}

static bool read_configuration(struct session *session, const struct arguments *arguments, const struct stage *stage,
                               struct configuration *out, struct err *e) {
  if (!configuration_read(session->documents, &session->environment, out, e)) {
    return false;
  }
  if (stage->adjust) {
    stage->adjust(stage->context, arguments, out);
  }
  if (!complete_region(session, out, e) || !override(session, arguments, out, e)) {
    return false;
  }
  if (stage->credentials) {
    out->secrets = (struct api_secrets){.count = 0};
  }
  return true;
}

bool session_open(struct session *session, const struct arguments *arguments, const struct stage *stage,
                  struct err *e) {
  static const struct stage world;
  struct configuration configuration;
  struct clock clock = clock_system();
  stage = stage ? stage : &world;
  *session = (struct session){.profile = NULL};
  if (!open_arenas(session, e) || !open_environment(session, arguments, e) || !open_logger(session, stage, e) ||
      !read_configuration(session, arguments, stage, &configuration, e)) {
    return false;
  }
  session->curl = transport_curl_open(&session->environment, &clock, e);
  return session->curl && open_credentials(session, configuration.max_attempts, e) &&
         open_handler(session, &configuration, arguments, stage, e);
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

void session_print_refusal(struct session *session, const struct answer *answer) {
  struct sb text = sb_new(session->invocation, KIB(16));
  json *root = json_new_object(session->invocation);
  if (json_set(session->invocation, root, SV("errorType"),
               json_new_string(session->invocation, sv_from(answer->error_name))) &&
      json_set(session->invocation, root, SV("errorMessage"),
               json_new_string(session->invocation, answer->error_message))) {
    json_write(&text, root);
  }
  printf("%.*s\n", SV_ARG(sb_view(&text)));
  fprintf(stderr, "arazzo: %s: ", answer->error_name);
  screen_print(stderr, answer->error_message);
  fprintf(stderr, "\n");
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
  struct handler_call call = {
      .event = event, .request_id = id, .deadline_ms = clock_wall_ms(&session->handler.engine.clock) + INVOCATION_MS};
  handler_invoke(&session->handler, &call, session->invocation, &answer);
  if (answer.failed) {
    session_print_refusal(session, &answer);
    return false;
  }
  *response = answer.response;
  return true;
}

bool session_random_id(struct session *session, sv *out, struct err *e) {
  struct sb id = sb_new(session->invocation, KIB(1));
  entropy_put_id(&session->handler.engine.entropy, &id);
  return sb_finish(&id, "a random id", out, e);
}

/* Errors repeat text of documents. */
void session_complain(const struct err *e) {
  fprintf(stderr, "arazzo: ");
  screen_print(stderr, sv_from(e->file));
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
  screen_print(stderr, sv_from(e->where));
  fprintf(stderr, "%s", e->where[0] ? ": " : "");
  screen_print(stderr, sv_from(e->text));
  fprintf(stderr, "\n");
}
