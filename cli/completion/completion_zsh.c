/* The script for zsh, by its _arguments. Help texts stand in single quotes; brackets and colons in them are escaped, since _arguments
 * reads these. */
#include "completion.h"

#include "commands.h"
#include "sb.h"

/* Text inside of single quotes; `special` are the characters that get a backslash. */
static void put_text(struct sb *out, const char *text, sv special) {
  for (const char *c = text; *c; c++) {
    if (*c == '\'') {
      sb_put(out, SV("'\\''"));
      continue;
    }
    if (sv_find(special, *c) < special.len) {
      sb_char(out, '\\');
    }
    sb_char(out, *c);
  }
}

static void put_action(struct sb *out, enum offer offer, const char *words) {
  switch (offer) {
  case OFFER_NOTHING:
    sb_put(out, SV(": "));
    return;
  case OFFER_WORDS:
    sb_put(out, SV(":("));
    completion_put_words(out, words);
    sb_char(out, ')');
    return;
  case OFFER_FILES:
    sb_put(out, SV(":_files"));
    return;
  case OFFER_AT_FILES:
    sb_put(out, SV(":_arazzo_at_files"));
    return;
  }
}

static void put_option(struct sb *out, const struct option *option) {
  bool is_repeatable = option->kind == OPTION_LIST || option->kind == OPTION_PAIR;
  bool is_long = option->name[1] == '-';
  sb_format(out, " \\\n      '%s%s%s[", is_repeatable ? "*" : "", option->name, option->value && is_long ? "=" : "");
  put_text(out, option->help, SV("[]:\\"));
  sb_char(out, ']');
  if (option->value) {
    sb_char(out, ':');
    put_text(out, option->value, SV(":\\"));
    put_action(out, completion_of_option(option), option->value);
  }
  sb_char(out, '\'');
}

static void put_command(struct sb *out, const struct command *command) {
  sb_format(out, "  '%s')\n    _arguments -s", command->name);
  for (const struct option *option = command->options; option && option->name; option++) {
    put_option(out, option);
  }
  sb_put(out, SV(" \\\n      '--help[options and examples]'"));
  if (command->operands[0]) {
    sb_format(out, " \\\n      '%s:", command->most > 1 ? "*" : "1");
    put_text(out, command->operands, SV(":\\"));
    put_action(out, completion_of_operands(command), command->operands);
    sb_char(out, '\'');
  }
  sb_put(out, SV("\n    ;;\n"));
}

static void put_name(struct sb *out, sv name, const char *summary) {
  sb_format(out, " \\\n      '%.*s:", SV_ARG(name));
  put_text(out, summary, SV(":\\"));
  sb_char(out, '\'');
}

/* Lines for _describe, "run:what it does": names of one word, or the second words of those that begin with `wanted`. */
static void put_names(struct sb *out, sv wanted) {
  sv first;
  sv second;
  for (size_t i = 0; commands[i]; i++) {
    completion_split_name(commands[i], &first, &second);
    if (wanted.len && sv_eq(first, wanted) && second.len) {
      put_name(out, second, commands[i]->summary);
    } else if (!wanted.len && !second.len) {
      put_name(out, first, commands[i]->summary);
    }
  }
}

static void put_first_words(struct sb *out) {
  sv word;
  sb_put(out, SV("  if (( CURRENT == 2 )); then\n    names=("));
  put_names(out, SV(""));
  for (size_t i = 0; completion_first_word(i, &word); i++) {
    if (completion_has_second(word)) {
      sb_format(out, " \\\n      '%.*s'", SV_ARG(word));
    }
  }
  /* What has no summary of its own: the first word of several commands. */
  sb_put(out, SV(" \\\n      'help:commands' '--help:commands' '--version:versions')\n"
                 "    _describe command names\n    return\n  fi\n"));
}

static void put_second_words(struct sb *out) {
  sv word;
  sb_put(out, SV("  case $words[2] in\n"));
  for (size_t i = 0; completion_first_word(i, &word); i++) {
    if (completion_has_second(word)) {
      sb_format(out, "  %.*s)\n    names=(", SV_ARG(word));
      put_names(out, word);
      sb_put(out, SV(")\n    ;;\n"));
    }
  }
  sb_put(out, SV("  esac\n"
                 "  if (( CURRENT == 3 && $#names )); then\n    _describe command names\n    return\n  fi\n"
                 "  command=$words[2]\n"
                 "  shift words\n  (( CURRENT-- ))\n"
                 "  if (( $#names )); then\n"
                 "    command=\"$command $words[2]\"\n    shift words\n    (( CURRENT-- ))\n  fi\n"));
}

void completion_put_zsh(struct sb *out) {
  sb_put(out, SV("#compdef arazzo\n"
                 "# Completion of arazzo in zsh; made by \"arazzo completion zsh\".\n"
                 "_arazzo_at_files() {\n"
                 "  if compset -P @; then\n    _files\n  else\n    compadd -S '' @\n  fi\n"
                 "}\n"
                 "_arazzo() {\n"
                 "  local command\n"
                 "  local -a names\n"));
  put_first_words(out);
  put_second_words(out);
  sb_put(out, SV("  case $command in\n"));
  for (size_t i = 0; commands[i]; i++) {
    put_command(out, commands[i]);
  }
  sb_put(out, SV("  esac\n"
                 "}\n"
                 "if [[ $funcstack[1] == _arazzo ]]; then\n  _arazzo \"$@\"\nelse\n  compdef _arazzo arazzo\nfi\n"));
}
