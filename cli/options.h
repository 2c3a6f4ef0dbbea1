/* The command line of `arazzo`. */
#ifndef ARAZZO_OPTIONS_H
#define ARAZZO_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

#define OPTIONS_INPUTS_COUNT 64 /* --input options of one call */

enum command { COMMAND_HELP, COMMAND_VERSION, COMMAND_RUN, COMMAND_STEP };

struct options {
  enum command command;
  sv document;
  sv workflow_id;                       /* --workflow */
  sv inputs;                            /* --inputs: JSON, or @FILE */
  sv input_pairs[OPTIONS_INPUTS_COUNT]; /* --input NAME=VALUE */
  size_t input_count;
  sv endpoint_url;      /* --endpoint-url */
  sv resume;            /* --resume @FILE */
  int64_t poll_seconds; /* -1: as configured */
  int64_t max_steps;    /* -1: as configured */
  bool fetches;         /* --fetch */
};

/* Reads the arguments. ERR_INVALID says which argument is wrong and what it may be. */
bool options_read(int count, char *const *arguments, struct options *out, struct err *e);

/* The text of --help. */
const char *options_help(void);

#endif
