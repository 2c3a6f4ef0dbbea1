/* Completion in shells: scripts that are made from the tables of commands. */
#ifndef ARAZZO_COMPLETION_H
#define ARAZZO_COMPLETION_H

#include "arguments.h"

struct sb;

/* What can be offered in a place. */
enum offer {
  OFFER_NOTHING, /* anything may stand there */
  OFFER_WORDS,
  OFFER_FILES,
  OFFER_AT_FILES /* '@' and a path */
};

/* What to offer as the option's value, and as the command's operands; the words stand between '|' in `value` and `operands`. */
enum offer completion_of_option(const struct option *option);
enum offer completion_of_operands(const struct command *command);

/* Appends the words, which stand between '|', with spaces between them. */
void completion_put_words(struct sb *out, const char *words);

/* The first word of the command's name, and the second one; the latter is empty where the name has one word. */
void completion_split_name(const struct command *command, sv *first, sv *second);

/* The n-th of the different first words of all commands' names, in their order; false when there are no more. */
bool completion_first_word(size_t n, sv *out);

/* Whether there are commands of two words that begin with this one. */
bool completion_has_second(sv word);

/* Append the whole script. */
void completion_put_bash(struct sb *out);
void completion_put_zsh(struct sb *out);
void completion_put_fish(struct sb *out);

#endif
