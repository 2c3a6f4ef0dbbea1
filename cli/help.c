/* Help pages: usage, what it does, options, examples. */
#include "help.h"

#include <string.h>

#include "commands.h"
#include "completion.h"
#include "sb.h"

#define NAME_COLUMNS 34
#define USAGE_COLUMNS 34

/* "--input NAME=VALUE" */
static size_t put_option_name(struct sb *out, const struct option *option) {
  sb_put(out, sv_from(option->name));
  if (!option->value) {
    return strlen(option->name);
  }
  sb_format(out, " %s", option->value);
  return strlen(option->name) + 1 + strlen(option->value);
}

static void put_options(struct sb *out, const struct option *options) {
  sb_put(out, SV("\nOptions:\n"));
  for (const struct option *each = options; each && each->name; each++) {
    sb_put(out, SV("  "));
    size_t width = put_option_name(out, each);
    for (; width < NAME_COLUMNS; width++) {
      sb_char(out, ' ');
    }
    sb_format(out, " %s\n", each->help);
  }
}

void help_put_command(struct sb *out, const struct command *command) {
  sb_format(out, "arazzo %s - %s\n\nUsage: arazzo %s%s%s%s\n", command->name, command->summary, command->name,
            command->operands[0] ? " " : "", command->operands, command->options ? " [OPTION]..." : "");
  if (command->details) {
    sb_format(out, "\n%s", command->details);
  }
  if (command->options) {
    put_options(out, command->options);
  }
  if (command->examples) {
    sb_format(out, "\nExamples:\n%s", command->examples);
  }
}

static void put_usage(struct sb *out, const struct command *command) {
  size_t before = out->len;
  sb_format(out, "  arazzo %s %s", command->name, command->operands);
  while (out->len - before < USAGE_COLUMNS) {
    sb_char(out, ' ');
  }
  sb_format(out, " %s\n", command->summary);
}

void help_put_group(struct sb *out, sv word) {
  sb_format(out, "Usage: arazzo %.*s COMMAND [ARGUMENT]...\n\nCommands:\n", SV_ARG(word));
  for (size_t i = 0; commands[i]; i++) {
    sv first;
    sv second;
    completion_split_name(commands[i], &first, &second);
    if (second.len && sv_eq(first, word)) {
      put_usage(out, commands[i]);
    }
  }
  sb_format(out, "\n  arazzo %.*s COMMAND --help     options and examples of a command\n", SV_ARG(word));
}

void help_put(struct sb *out) {
  sb_put(out,
         SV("arazzo - runs, checks and shows Arazzo workflows\n\nUsage: arazzo COMMAND [ARGUMENT]...\n\nCommands:\n"));
  for (size_t i = 0; commands[i]; i++) {
    put_usage(out, commands[i]);
  }
  sb_put(out, SV("\n"
                 "  arazzo COMMAND --help     options and examples of a command\n"
                 "  arazzo --version          versions of the program and its libraries\n"
                 "  arazzo --man              the manual page, for man -l\n"
                 "\n"
                 "Results go to standard output; everything for people goes to standard error.\n"
                 "Exit status: 0 done, 1 the run or the check failed, 2 usage.\n"));
}
