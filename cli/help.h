/* --help, made from the commands' tables. */
#ifndef ARAZZO_HELP_H
#define ARAZZO_HELP_H

#include "arguments.h"
#include "sv.h"

struct sb;

/* The page of the program: every command on a line. */
void help_put(struct sb *out);

/* The page of the commands whose name begins with this word, and has two: "eval". */
void help_put_group(struct sb *out, sv word);

/* The page of one command. */
void help_put_command(struct sb *out, const struct command *command);

#endif
