/* Arguments of a command, read by the command's table of options. */
#ifndef ARAZZO_ARGUMENTS_H
#define ARAZZO_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sv.h"

#define ARGUMENTS_OPTIONS 128  /* options that one call may give */
#define ARGUMENTS_OPERANDS 256 /* operands, such as documents */

/* Exit statuses of the program. */
enum exit_status { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum option_kind {
  OPTION_FLAG,     /* takes no value */
  OPTION_TEXT,     /* the last one counts */
  OPTION_LIST,     /* may be given several times */
  OPTION_NUMBER,   /* a whole number from `min` to `max` */
  OPTION_CHOICE,   /* one of the words in `value`, between '|' */
  OPTION_PAIR,     /* NAME=VALUE; may be given several times */
  OPTION_FILE,     /* a path */
  OPTION_NEW_FILE, /* the path of a file that is written: none that is read */
  OPTION_AT_FILE   /* '@' and a path */
};

struct option {
  const char *name; /* "--input" */
  enum option_kind kind;
  const char *value; /* what help calls its value: "FILE"; the words of OPTION_CHOICE; NULL for flags */
  const char *help;  /* one line, without a full stop */
  int64_t min, max;  /* of OPTION_NUMBER */
};

struct arguments;

/* One command. Help, shell completion and the manual page are made from these tables. */
struct command {
  const char *name;             /* "run"; two words for "eval condition" */
  const char *operands;         /* "DOC", "DOC...", "" */
  size_t least, most;           /* how many operands */
  const struct option *options; /* ends with a NULL name; NULL: none */
  const char *summary;          /* one line */
  const char *details;          /* lines of at most 100 characters, each ended by a newline; NULL: none */
  const char *examples;         /* the same */
  bool (*check)(const struct arguments *arguments, struct err *e); /* options that don't go together; NULL: none */
  enum exit_status (*run)(const struct arguments *arguments);
};

struct given_option {
  const struct option *option;
  sv value;
};

struct arguments {
  const struct command *command;
  bool wants_help; /* then nothing else was looked at */
  struct given_option given[ARGUMENTS_OPTIONS];
  size_t given_count;
  sv operands[ARGUMENTS_OPERANDS];
  size_t operand_count;
};

/* Reads what stands behind the command's name. ERR_INVALID says which argument is wrong and what it may be. */
bool arguments_read(const struct command *command, int count, char *const *texts, struct arguments *out, struct err *e);

/* Whether the option is given at all. */
bool arguments_has(const struct arguments *arguments, const char *name);

/* The option's last value; `usual` when it is not given. */
sv arguments_text(const struct arguments *arguments, const char *name, sv usual);
int64_t arguments_number(const struct arguments *arguments, const char *name, int64_t usual);

/* The n-th value of an option that may be given several times; false when there are no more. */
bool arguments_nth(const struct arguments *arguments, const char *name, size_t n, sv *out);

#endif
