/* arazzo run: the loop that Step Functions does for the function: it passes each response back as the next event,
 * after the wait that it asks for. A signal ends it between two steps, a second one at once; the response that is printed then is one
 * to go on from. Who watches the run is in watch.c; --dry-run, which does not run anything, is in dry_run.c. */
#include "arena.h"
#include "commands.h"
#include "dry_run.h"
#include "errinfo.h"
#include "interrupt.h"
#include "output_files.h"
#include "run_event.h"
#include "sb.h"
#include "session.h"
#include "transport_curl.h"
#include "watch.h"

/* A run under way. */
struct running {
  struct session session;
  struct watch watch;
  struct arena *keep; /* of the event, from one invocation to the next */
  enum exit_status status;
};

static bool print_response(struct running *running, const json *response) {
  struct sb text = sb_new(running->session.invocation, LIMIT_RESPONSE_BYTES * 2);
  json_write_pretty(&text, response);
  return text.state == SB_OK && printf("%.*s\n", SV_ARG(sb_view(&text))) > 0 && fflush(stdout) == 0;
}

/* The run is over, or left: its files are ended first, so that they are there when the response is. */
static bool end(struct running *running, const json *response, struct err *e) {
  bool is_done = sv_eq(json_string(json_get(response, SV("status"))), SV("SUCCEEDED"));
  progress_end(&running->watch.progress, response);
  bool good = watch_finish(&running->watch, running->session.invocation, response, e);
  running->status = is_done && good ? EXIT_DONE : EXIT_FAILED;
  return (print_response(running, response) || err_set(e, ERR_INTERNAL, "the response could not be printed")) && good;
}

/* The next event is the response, marked as a first delivery; it outlives the arena in `keep`. */
static bool next_event(struct running *running, json *response, sv *out, struct err *e) {
  struct session *session = &running->session;
  sv text;
  if (!run_event_mark_first(session, response)) {
    return err_memory(e);
  }
  if (!run_event_write(session, response, &text, e)) {
    return false;
  }
  arena_reset(running->keep);
  *out = sv_copy(running->keep, text);
  arena_reset(session->invocation);
  return out->len || err_memory(e);
}

/* A request was cut: what is printed is a response of before it, which tells that it may have been sent. */
static bool end_cut(struct running *running, struct err *e) {
  json *response = NULL;
  sv pending = running->watch.checkpoint.pending;
  return json_parse(running->session.invocation, pending, &response, e) && end(running, response, e);
}

static bool is_over(const struct running *running, const json *response) {
  bool is_running = sv_eq(json_string(json_get(response, SV("status"))), SV("RUNNING"));
  return !is_running || interrupt_is_wanted() || running->watch.checkpoint.why.code;
}

/* One invocation and its wait; `*response` is what it came to; NULL: the run ended in another way, and all was said. */
static bool run_once(struct running *running, sv event, json **response, struct err *e) {
  struct watch *watch = &running->watch;
  int64_t wait = 0;
  sv text;
  if (!session_invoke(&running->session, event, &text)) {
    watch_finish(watch, running->session.invocation, NULL, e);
    return e->code == ERR_NONE;
  }
  if (watch->is_cut && watch->checkpoint.pending.len) {
    return end_cut(running, e);
  }
  if (watch->replay.why.code) {
    *e = watch->replay.why;
    return err_in(e, "--replay: the run differs from the trace");
  }
  if (!json_parse(running->session.invocation, text, response, e)) {
    return false;
  }
  checkpoint_after(&watch->checkpoint, text);
  progress_step_done(&watch->progress, *response);
  if (!is_over(running, *response) && json_to_int(json_get(*response, SV("waitSeconds")), &wait)) {
    watch_wait(watch, json_string(json_get(*response, SV("nextStepId"))), wait);
  }
  return true;
}

static bool loop(struct running *running, sv event, struct err *e) {
  struct watch *watch = &running->watch;
  json *response = NULL;
  if (watch->is_replay && !replay_next(&watch->replay)) {
    return err_set(e, ERR_INVALID, "--replay: the request of the trace's first step was interrupted");
  }
  for (;;) {
    response = NULL;
    if (!run_once(running, event, &response, e) || !response) {
      return e->code == ERR_NONE;
    }
    if (is_over(running, response) || (watch->is_replay && !replay_next(&watch->replay))) {
      return end(running, response, e);
    }
    if (!next_event(running, response, &event, e)) {
      return false;
    }
  }
}

/* A replay of another version of the documents is what replays are for; but the one that is read may not be the one that was meant. */
static void tell_of_change(const struct running *running, const struct arguments *arguments) {
  const struct document_set *set = running->session.handler.document->set;
  bool is_changed = running->watch.is_replay && !replay_is_of(&running->watch.replay, sv_from(set->digest.text));
  if (is_changed && !arguments_has(arguments, "--quiet")) {
    fputs("arazzo: the documents have changed since the trace was written\n", stderr);
  }
}

static bool run_session(struct running *running, const struct arguments *arguments, struct err *e) {
  const struct watch *watch = &running->watch;
  sv event = SV("");
  tell_of_change(running, arguments);
  watch_log(&running->watch);
  transport_curl_watch(running->session.curl, watch_look, &running->watch);
  running->keep = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  if (!running->keep) {
    return err_memory(e);
  }
  if (!run_event_make(&running->session, arguments, watch->is_replay ? &watch->replay : NULL, &event, e)) {
    return false;
  }
  interrupt_watch(); /* until here nothing has begun that would have to be ended */
  return loop(running, event, e);
}

static enum exit_status run_all(const struct arguments *arguments) {
  struct running running = {.status = EXIT_FAILED};
  struct err e;
  err_clear(&e);
  if (watch_open(&running.watch, &running.session, arguments, &e)) {
    struct stage stage = watch_stage(&running.watch);
    if (session_open(&running.session, arguments, &stage, &e)) {
      run_session(&running, arguments, &e);
    }
    session_close(&running.session);
  }
  if (e.code != ERR_NONE) {
    progress_clear(&running.watch.progress);
    session_complain(&e);
  }
  arena_drop(running.keep);
  watch_close(&running.watch);
  return e.code == ERR_NONE ? running.status : EXIT_FAILED;
}

static enum exit_status run(const struct arguments *arguments) {
  return arguments_has(arguments, "--dry-run") ? dry_run(arguments) : run_all(arguments);
}

/* ---- options ---- */

static bool check_alone(const struct arguments *arguments, const char *option, const char *const *others,
                        struct err *e) {
  for (; arguments_has(arguments, option) && *others; others++) {
    if (arguments_has(arguments, *others)) {
      return err_set(e, ERR_INVALID, "%s and %s don't go together", option, *others);
    }
  }
  return true;
}

static bool check(const struct arguments *arguments, struct err *e) {
  static const char *const not_with_dry_run[] = {"--resume", "--replay", "--trace", "--har", "--save", NULL};
  static const char *const not_with_replay[] = {"--workflow", "--save", NULL};
  if (arguments_has(arguments, "--resume") &&
      (arguments_has(arguments, "--inputs") || arguments_has(arguments, "--input") ||
       arguments_has(arguments, "--workflow"))) {
    return err_set(e, ERR_INVALID,
                   "--resume goes on with the run's own workflow and inputs; leave the other options out");
  }
  return check_alone(arguments, "--dry-run", not_with_dry_run, e) &&
         check_alone(arguments, "--replay", not_with_replay, e) && output_files_check(arguments, e) &&
         session_check_options(arguments, e);
}

static const struct option options[] = {
    {"--workflow", OPTION_TEXT, "ID", "the workflow, where the document has several", 0, 0},
    {"--inputs", OPTION_TEXT, "JSON|@FILE", "the inputs, a JSON object", 0, 0},
    {"--input", OPTION_PAIR, "NAME=VALUE", "one input; may be given several times", 0, 0},
    {"--dry-run", OPTION_FLAG, NULL, "show the requests, and send nothing", 0, 0},
    {"--trace", OPTION_NEW_FILE, "FILE", "write all that happened, as JSON", 0, 0},
    {"--har", OPTION_NEW_FILE, "FILE", "write the exchanges as an HTTP Archive", 0, 0},
    {"--replay", OPTION_FILE, "TRACE", "take the answers from a trace, and send nothing", 0, 0},
    {"--save", OPTION_NEW_FILE, "FILE", "keep there what --resume needs, at any time", 0, 0},
    {"--resume", OPTION_AT_FILE, "@FILE", "go on from a response that an interrupted run printed or saved", 0, 0},
    {"--quiet", OPTION_FLAG, NULL, "no progress", 0, 0},
    {"--no-color", OPTION_FLAG, NULL, "no colours; nor with NO_COLOR in the environment", 0, 0},
    SESSION_OPTIONS,
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

const struct command command_run = {
    .name = "run",
    .operands = "DOC",
    .least = 1,
    .most = 1,
    .options = options,
    .summary = "runs a workflow, waiting between polls; prints the last response",
    .details = "SIGINT and SIGTERM end it between two steps, a second one cuts the request under way; the\n"
               "response that is printed then is one to --resume. A process that is killed goes on from\n"
               "what --save wrote.\n",
    .examples = "  AWS_REGION=eu-central-1 arazzo run workflow.yml --input imageRecipeArn=arn:aws:imagebuilder:...\n"
                "  arazzo run workflow.yml --dry-run --inputs @inputs.json\n"
                "  arazzo run workflow.yml --inputs @inputs.json --save run.json --trace trace.json\n"
                "  arazzo run workflow.yml --resume @run.json\n"
                "  arazzo run workflow.yml --replay trace.json\n",
    .check = check,
    .run = run,
};
