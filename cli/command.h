/* `arazzo run` and `arazzo step`. */
#ifndef ARAZZO_COMMAND_H
#define ARAZZO_COMMAND_H

#include "options.h"
#include "session.h"

/* Exit statuses of the program. */
enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* A whole run, waiting between its steps; prints the last response. SIGINT and SIGTERM end it between two steps. */
enum exit_status command_run(struct session *session, const struct options *options);

/* One invocation: event from stdin, response to stdout. */
enum exit_status command_step(struct session *session);

#endif
