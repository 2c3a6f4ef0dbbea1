/* arazzo step: one invocation, as the function would have it. */
#include "commands.h"

#include "errinfo.h"
#include "given.h"
#include "limits.h"
#include "session.h"

static bool is_failed(struct session *session, sv response) {
  struct err ignored;
  json *root = NULL;
  err_clear(&ignored);
  return !json_parse(session->invocation, response, &root, &ignored) ||
         sv_eq(json_string(json_get(root, SV("status"))), SV("FAILED"));
}

static enum exit_status step_session(struct session *session) {
  struct err e;
  sv event;
  sv response;
  err_clear(&e);
  if (!given_file(session->invocation, SV("-"), LIMIT_EVENT_BYTES + 1, &event, &e)) {
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

static enum exit_status run(const struct arguments *arguments) {
  struct session session;
  struct err e;
  enum exit_status status = EXIT_FAILED;
  err_clear(&e);
  if (session_open(&session, arguments, NULL, &e)) {
    status = step_session(&session);
  } else {
    session_complain(&e);
  }
  session_close(&session);
  return status;
}

static const struct option options[] = {
    SESSION_OPTIONS,
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

const struct command command_step = {
    .name = "step",
    .operands = "DOC",
    .least = 1,
    .most = 1,
    .options = options,
    .summary = "one invocation: an event from standard input, its response to standard output",
    .examples = "  arazzo step workflow.yml < event.json\n",
    .check = session_check_options,
    .run = run,
};
