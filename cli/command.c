/* The commands. `run` is the loop that Step Functions does for the function: it passes each response back as the next event,
 * after the wait that it asks for. */
#include "command.h"

#include <signal.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define WAIT_SLICE_MS 100

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number) {
  (void)number;
  interrupted = 1;
}

static void watch_interrupt(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_interrupt;
  sigaction(SIGINT, &action, NULL);
  sigaction(SIGTERM, &action, NULL);
}

/* JSON, or the content of @FILE. */
static bool text_or_file(struct session *session, sv value, sv *out, struct err *e) {
  const char *path = NULL;
  if (!sv_starts(value, SV("@"))) {
    *out = value;
    return true;
  }
  if (!sv_to_text(session->invocation, sv_slice(value, 1, value.len), &path, e)) {
    return false;
  }
  FILE *file = fopen(path, "rb");
  if (!file) {
    return err_set(e, ERR_INVALID, "the file '%s' can't be opened", path);
  }
  bool good = session_read(session, file, out, e);
  fclose(file);
  return good || err_in(e, "the file '%s'", path);
}

/* The value of --input NAME=VALUE is text where the workflow declares a string, else JSON where it is JSON. */
static json *pair_value(struct session *session, const struct workflow *workflow, sv name, sv text) {
  struct err ignored;
  json *value = NULL;
  const json *schema = workflow ? json_get(json_get(workflow->input_schema, SV("properties")), name) : NULL;
  err_clear(&ignored);
  if (sv_eq(json_string(json_get(schema, SV("type"))), SV("string")) ||
      !json_parse(session->invocation, text, &value, &ignored)) {
    return json_new_string(session->invocation, text);
  }
  return value;
}

static const struct workflow *chosen_workflow(const struct session *session, const struct options *options) {
  const struct document *document = session->handler.document;
  return options->workflow_id.len ? document_workflow(document, options->workflow_id) : &document->workflows[0];
}

static bool make_inputs(struct session *session, const struct options *options, json **out, struct err *e) {
  struct arena *arena = session->invocation;
  sv text = SV("{}");
  if (options->inputs.len && !text_or_file(session, options->inputs, &text, e)) {
    return false;
  }
  if (!json_parse(arena, text, out, e)) {
    return err_in(e, "--inputs is not JSON");
  }
  if (json_type(*out) != JSON_OBJECT) {
    return err_set(e, ERR_INVALID, "--inputs must be a JSON object, but is %s", json_type_name(*out));
  }
  for (size_t i = 0; i < options->input_count; i++) {
    sv name;
    sv value;
    sv_split(options->input_pairs[i], '=', &name, &value);
    if (!json_set(arena, *out, name, pair_value(session, chosen_workflow(session, options), name, value))) {
      return err_memory(e);
    }
  }
  return true;
}

static bool add_first_delivery(struct arena *arena, json *event) {
  json *delivery = json_new_object(arena);
  return json_set(arena, delivery, SV("retryCount"), json_new_integer(arena, 0)) &&
         json_set(arena, event, SV("delivery"), delivery);
}

static bool write_event(struct arena *arena, const json *event, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_RESPONSE_BYTES);
  json_write(&text, event);
  return sb_finish(&text, "the event", out, e);
}

/* An event that would start a run is refused; everything else is for the handler to judge. */
static bool resume_event(struct session *session, const struct options *options, sv *out, struct err *e) {
  json *event = NULL;
  struct err ignored;
  err_clear(&ignored);
  if (!text_or_file(session, options->resume, out, e)) {
    return false;
  }
  if (json_parse(session->invocation, *out, &event, &ignored) &&
      (json_get(event, SV("inputs")) || json_get(event, SV("detail-type")))) {
    return err_set(e, ERR_INVALID, "--resume takes a response with status RUNNING; this is an event that starts a run");
  }
  return true;
}

static bool start_event(struct session *session, const struct options *options, sv *out, struct err *e) {
  struct arena *arena = session->invocation;
  json *inputs = NULL;
  json *event = json_new_object(arena);
  if (options->resume.len) {
    return resume_event(session, options, out, e);
  }
  if (!make_inputs(session, options, &inputs, e)) {
    return false;
  }
  bool good = json_set(arena, event, SV("inputs"), inputs) && add_first_delivery(arena, event) &&
              (options->workflow_id.len == 0 ||
               json_set(arena, event, SV("workflowId"), json_new_string(arena, options->workflow_id)));
  return good ? write_event(arena, event, out, e) : err_memory(e);
}

static void report_step(const json *last) {
  int64_t status = 0;
  fprintf(stderr, "%-24.*s %-6.*s ", SV_ARG(json_string(json_get(last, SV("stepId")))),
          SV_ARG(json_string(json_get(last, SV("method")))));
  if (json_to_int(json_get(last, SV("statusCode")), &status)) {
    fprintf(stderr, "%3lld", (long long)status);
  } else {
    fprintf(stderr, "---");
  }
  fprintf(stderr, "  %.*s", SV_ARG(json_string(json_get(last, SV("action")))));
}

/* One line for people about what was done, and one about the end. */
static void report(const json *response) {
  const json *last = json_get(response, SV("lastStep"));
  sv next = json_string(json_get(response, SV("nextStepId")));
  int64_t wait = 0;
  json_to_int(json_get(response, SV("waitSeconds")), &wait);
  if (last) {
    report_step(last);
  }
  if (next.len) {
    fprintf(stderr, " -> %.*s", SV_ARG(next));
  }
  if (wait) {
    fprintf(stderr, " in %lld s", (long long)wait);
  }
  fprintf(stderr, "\n");
  if (!next.len) {
    fprintf(stderr, "%.*s\n", SV_ARG(json_string(json_get(response, SV("status")))));
  }
}

static bool print_response(struct session *session, const json *response) {
  struct sb text = sb_new(session->invocation, LIMIT_RESPONSE_BYTES * 2);
  json_write_pretty(&text, response);
  return text.state == SB_OK && printf("%.*s\n", SV_ARG(sb_view(&text))) > 0 && fflush(stdout) == 0;
}

static void wait_for(struct session *session, int64_t seconds) {
  const struct clock *clock = &session->handler.engine.clock;
  int64_t end_us = clock_monotonic_us(clock) + seconds * 1000000;
  while (!interrupted && clock_monotonic_us(clock) < end_us) {
    clock_sleep_ms(clock, WAIT_SLICE_MS);
  }
}

/* The next event is the response, marked as a first delivery; it outlives the arena in `keep`. */
static bool next_event(struct session *session, json *response, struct arena *keep, sv *out, struct err *e) {
  sv text;
  if (!add_first_delivery(session->invocation, response)) {
    return err_memory(e);
  }
  if (!write_event(session->invocation, response, &text, e)) {
    return false;
  }
  arena_reset(keep);
  *out = sv_copy(keep, text);
  arena_reset(session->invocation);
  return out->len || err_memory(e);
}

static bool loop(struct session *session, sv event, struct arena *keep, enum exit_status *status, struct err *e) {
  for (;;) {
    sv text;
    json *response = NULL;
    int64_t wait = 0;
    if (!session_invoke(session, event, &text)) {
      return true;
    }
    if (!json_parse(session->invocation, text, &response, e)) {
      return false;
    }
    report(response);
    bool running = sv_eq(json_string(json_get(response, SV("status"))), SV("RUNNING"));
    if (running && !interrupted) {
      json_to_int(json_get(response, SV("waitSeconds")), &wait);
      wait_for(session, wait);
    }
    if (!running || interrupted) {
      *status = sv_eq(json_string(json_get(response, SV("status"))), SV("SUCCEEDED")) ? EXIT_DONE : EXIT_FAILED;
      return print_response(session, response) || err_set(e, ERR_INTERNAL, "the response could not be printed");
    }
    if (!next_event(session, response, keep, &event, e)) {
      return false;
    }
  }
}

enum exit_status command_run(struct session *session, const struct options *options) {
  enum exit_status status = EXIT_FAILED;
  struct arena *keep = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct err e;
  sv event = SV("");
  err_clear(&e);
  watch_interrupt();
  if (!keep) {
    err_memory(&e);
  } else if (start_event(session, options, &event, &e)) {
    loop(session, event, keep, &status, &e);
  }
  arena_drop(keep);
  if (e.code != ERR_NONE) {
    session_complain(&e);
    return EXIT_FAILED;
  }
  return status;
}

static bool is_failed(struct session *session, sv response) {
  struct err ignored;
  json *root = NULL;
  err_clear(&ignored);
  return !json_parse(session->invocation, response, &root, &ignored) ||
         sv_eq(json_string(json_get(root, SV("status"))), SV("FAILED"));
}

enum exit_status command_step(struct session *session) {
  struct err e;
  sv event;
  sv response;
  err_clear(&e);
  if (!session_read(session, stdin, &event, &e)) {
    session_complain(&e);
    return EXIT_FAILED;
  }
  if (!session_invoke(session, event, &response)) {
    return EXIT_FAILED;
  }
  bool is_printed = printf("%.*s\n", SV_ARG(response)) > 0 && fflush(stdout) == 0;
  if (!is_printed) {
    fprintf(stderr, "arazzo: the response could not be written to standard output\n");
  }
  return is_printed && !is_failed(session, response) ? EXIT_DONE : EXIT_FAILED;
}
