/* arazzo: the engine at a terminal. */
#include <stdio.h>

#include "command.h"
#include "errinfo.h"
#include "options.h"
#include "session.h"

static enum exit_status run_session(const struct options *options) {
  struct session session;
  struct err e;
  enum exit_status status = EXIT_FAILED;
  err_clear(&e);
  if (!session_open(&session, options, &e)) {
    session_complain(&e);
  } else {
    status = options->command == COMMAND_STEP ? command_step(&session) : command_run(&session, options);
  }
  session_close(&session);
  return status;
}

int main(int count, char **arguments) {
  struct options options;
  struct err e;
  err_clear(&e);
  if (!options_read(count, arguments, &options, &e)) {
    fprintf(stderr, "arazzo: %s\n\n%s", e.text, options_help());
    return EXIT_USAGE;
  }
  switch (options.command) {
  case COMMAND_HELP:
    fputs(options_help(), stdout);
    return EXIT_DONE;
  case COMMAND_VERSION:
    puts("arazzo " ARAZZO_VERSION);
    return EXIT_DONE;
  case COMMAND_RUN:
  case COMMAND_STEP:
    return (int)run_session(&options);
  }
  return EXIT_USAGE;
}
