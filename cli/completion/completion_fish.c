/* The script for fish: one `complete` for each word and option, with the condition under which it is offered. */
#include "completion.h"

#include "commands.h"
#include "sb.h"

static void put_quoted(struct sb *out, const char *text) {
  sb_char(out, '\'');
  for (const char *c = text; *c; c++) {
    if (*c == '\'' || *c == '\\') {
      sb_char(out, '\\');
    }
    sb_char(out, *c);
  }
  sb_char(out, '\'');
}

/* Offered behind the command's name, whole or, for its second word, in part. */
static void put_condition(struct sb *out, sv first, sv second) {
  sb_format(out, "complete -c arazzo -n '__fish_seen_subcommand_from %.*s", SV_ARG(first));
  if (second.len) {
    sb_format(out, "; and __fish_seen_subcommand_from %.*s", SV_ARG(second));
  }
  sb_char(out, '\'');
}

static void put_offer(struct sb *out, enum offer offer, const char *words) {
  switch (offer) {
  case OFFER_NOTHING:
    sb_put(out, SV(" -x"));
    return;
  case OFFER_WORDS:
    sb_put(out, SV(" -x -a '"));
    completion_put_words(out, words);
    sb_char(out, '\'');
    return;
  case OFFER_FILES:
    sb_put(out, SV(" -r -F"));
    return;
  case OFFER_AT_FILES:
    sb_put(out, SV(" -x -a '(__arazzo_at_files)'"));
    return;
  }
}

static void put_option(struct sb *out, sv first, sv second, const struct option *option) {
  bool is_long = option->name[1] == '-';
  put_condition(out, first, second);
  sb_format(out, " -%s %s", is_long ? "l" : "s", option->name + (is_long ? 2 : 1));
  if (option->value) {
    put_offer(out, completion_of_option(option), option->value);
  }
  sb_put(out, SV(" -d "));
  put_quoted(out, option->help);
  sb_char(out, '\n');
}

static void put_operands(struct sb *out, sv first, sv second, const struct command *command) {
  switch (completion_of_operands(command)) {
  case OFFER_NOTHING:
  case OFFER_AT_FILES:
    return;
  case OFFER_WORDS:
    put_condition(out, first, second);
    sb_put(out, SV(" -a '"));
    completion_put_words(out, command->operands);
    sb_put(out, SV("'\n"));
    return;
  case OFFER_FILES:
    put_condition(out, first, second);
    sb_put(out, SV(" -F\n"));
    return;
  }
}

/* The command's name: its only word, or its second one behind the first. */
static void put_name(struct sb *out, sv first, sv second, const struct command *command) {
  if (second.len) {
    sb_format(out, "complete -c arazzo -n '__fish_seen_subcommand_from %.*s; and test (count (commandline -opc)) = 2'",
              SV_ARG(first));
  } else {
    sb_put(out, SV("complete -c arazzo -n __fish_use_subcommand"));
  }
  sb_format(out, " -a %.*s -d ", SV_ARG(second.len ? second : first));
  put_quoted(out, command->summary);
  sb_char(out, '\n');
}

static void put_command(struct sb *out, const struct command *command) {
  sv first;
  sv second;
  completion_split_name(command, &first, &second);
  put_name(out, first, second, command);
  for (const struct option *option = command->options; option && option->name; option++) {
    put_option(out, first, second, option);
  }
  put_operands(out, first, second, command);
}

void completion_put_fish(struct sb *out) {
  sv first;
  sv second;
  sb_put(out, SV("# Completion of arazzo in fish; made by \"arazzo completion fish\".\n"
                 "function __arazzo_at_files\n"
                 "  set -l current (string replace -r '^(--[^=]*=)?@?' '' -- (commandline -ct))\n"
                 "  for file in (__fish_complete_path $current)\n    echo @$file\n  end\n"
                 "end\n"
                 "complete -c arazzo -f\n"
                 "complete -c arazzo -n __fish_use_subcommand -a help -d commands\n"
                 "complete -c arazzo -l help -d 'options and examples'\n"
                 "complete -c arazzo -n __fish_use_subcommand -l version -d versions\n"));
  for (size_t i = 0; commands[i]; i++) {
    completion_split_name(commands[i], &first, &second);
    put_command(out, commands[i]);
  }
  for (size_t i = 0; completion_first_word(i, &first); i++) {
    if (completion_has_second(first)) {
      sb_format(out, "complete -c arazzo -n __fish_use_subcommand -a %.*s\n", SV_ARG(first));
    }
  }
}
