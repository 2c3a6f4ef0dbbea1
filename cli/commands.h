/* The commands of `arazzo`. Each has a file of its own with its options, and a line in commands.c. */
#ifndef ARAZZO_COMMANDS_H
#define ARAZZO_COMMANDS_H

#include "arguments.h"

struct sb;

extern const struct command command_completion;
extern const struct command command_graph;
extern const struct command command_run;
extern const struct command command_step;
extern const struct command command_bundle;
extern const struct command command_eval_condition;
extern const struct command command_eval_expression;
extern const struct command command_eval_jsonpath;
extern const struct command command_eval_xpath;
extern const struct command command_policy;
extern const struct command command_sign;
extern const struct command command_validate;

/* All of them, in the order of the help; ends with NULL. */
extern const struct command *const commands[];

/* The command that the arguments begin with, and in `*words` how many of them are its name; NULL: none. */
const struct command *commands_find(int count, char *const *texts, int *words);

/* Appends the commands' names as a list for people: "run, step and eval". */
void commands_put_names(struct sb *out);

#endif
