/* `arazzo run --dry-run`: the requests of a workflow, shown and not sent. */
#ifndef ARAZZO_DRY_RUN_H
#define ARAZZO_DRY_RUN_H

#include "arguments.h"

/* Prints them as a JSON array to stdout, and as a list to stderr. EXIT_FAILED when one can't be made of what is known before the run. */
enum exit_status dry_run(const struct arguments *arguments);

#endif
