/* What the scripts for all shells read in the tables of commands. What a table does not say, such as the ids of workflows, is not
 * offered. */
#include "completion.h"

#include "commands.h"
#include "sb.h"

enum offer completion_of_option(const struct option *option) {
  switch (option->kind) {
  case OPTION_CHOICE:
    return OFFER_WORDS;
  case OPTION_FILE:
  case OPTION_NEW_FILE:
    return OFFER_FILES;
  case OPTION_AT_FILE:
    return OFFER_AT_FILES;
  case OPTION_TEXT:
  case OPTION_LIST:
    return sv_ends(sv_from(option->value), SV("@FILE")) ? OFFER_AT_FILES : OFFER_NOTHING;
  case OPTION_FLAG:
  case OPTION_NUMBER:
  case OPTION_PAIR:
    return OFFER_NOTHING;
  }
  return OFFER_NOTHING;
}

enum offer completion_of_operands(const struct command *command) {
  sv operands = sv_from(command->operands);
  if (sv_find(operands, '|') < operands.len) {
    return OFFER_WORDS;
  }
  return sv_starts(operands, SV("DOC")) || sv_starts(operands, SV("FILE")) ? OFFER_FILES : OFFER_NOTHING;
}

void completion_put_words(struct sb *out, const char *words) {
  for (const char *c = words; *c; c++) {
    sb_char(out, *c == '|' ? ' ' : *c);
  }
}

void completion_split_name(const struct command *command, sv *first, sv *second) {
  *first = sv_from(command->name);
  *second = SV("");
  sv_split(sv_from(command->name), ' ', first, second);
}

/* Whether a command before this one begins with the same word. */
static bool is_repeated(size_t at, sv word) {
  sv first;
  sv second;
  for (size_t i = 0; i < at; i++) {
    completion_split_name(commands[i], &first, &second);
    if (sv_eq(first, word)) {
      return true;
    }
  }
  return false;
}

bool completion_first_word(size_t n, sv *out) {
  sv second;
  for (size_t i = 0; commands[i]; i++) {
    completion_split_name(commands[i], out, &second);
    if (!is_repeated(i, *out) && n-- == 0) {
      return true;
    }
  }
  return false;
}

bool completion_has_second(sv word) {
  sv first;
  sv second;
  for (size_t i = 0; commands[i]; i++) {
    completion_split_name(commands[i], &first, &second);
    if (sv_eq(first, word) && second.len) {
      return true;
    }
  }
  return false;
}
