/* The script for bash. bash breaks words at '=', so that "--format=svg" arrives as three words; the script joins what belongs together
 * by looking one word further back. */
#include "completion.h"

#include "commands.h"
#include "sb.h"

static const char *offer_text(enum offer offer) {
  switch (offer) {
  case OFFER_NOTHING:
    return "offer=nothing";
  case OFFER_WORDS:
    return "offer=words";
  case OFFER_FILES:
    return "offer=files";
  case OFFER_AT_FILES:
    return "offer=at";
  }
  return "";
}

static void put_first_words(struct sb *out) {
  sv word;
  sb_put(out, SV("  if ((COMP_CWORD == 1)); then\n    COMPREPLY=($(compgen -W '"));
  for (size_t i = 0; completion_first_word(i, &word); i++) {
    sb_format(out, "%.*s ", SV_ARG(word));
  }
  sb_put(out, SV("help --help --version' -- \"$current\"))\n    return\n  fi\n"));
}

/* Names of two words: their second words, and from then on both are the command. */
static void put_second_words(struct sb *out) {
  sv first;
  sv second;
  sb_put(out, SV("  case $command in\n"));
  for (size_t i = 0; commands[i]; i++) {
    completion_split_name(commands[i], &first, &second);
    if (second.len) {
      sb_format(out, "  %.*s) seconds+=' %.*s' ;;&\n", SV_ARG(first), SV_ARG(second));
    }
  }
  sb_put(out, SV("  esac\n"
                 "  if [[ $seconds ]] && ((COMP_CWORD == 2)); then\n"
                 "    COMPREPLY=($(compgen -W \"$seconds\" -- \"$current\"))\n"
                 "    return\n"
                 "  fi\n"
                 "  [[ $seconds ]] && command=\"$command ${COMP_WORDS[2]}\"\n"));
}

static void put_value(struct sb *out, const struct command *command, const struct option *option) {
  enum offer offer = completion_of_option(option);
  sb_format(out, "  '%s %s') %s", command->name, option->name, offer_text(offer));
  if (offer == OFFER_WORDS) {
    sb_put(out, SV(" words='"));
    completion_put_words(out, option->value);
    sb_char(out, '\'');
  }
  sb_put(out, SV(" ;;\n"));
}

static void put_values(struct sb *out) {
  sb_put(out, SV("  case \"$command $before\" in\n"));
  for (size_t i = 0; commands[i]; i++) {
    for (const struct option *option = commands[i]->options; option && option->name; option++) {
      if (option->kind != OPTION_FLAG) {
        put_value(out, commands[i], option);
      }
    }
  }
  sb_put(out, SV("  esac\n"));
}

static void put_command(struct sb *out, const struct command *command) {
  enum offer offer = completion_of_operands(command);
  sb_format(out, "    '%s') options='", command->name);
  for (const struct option *option = command->options; option && option->name; option++) {
    sb_format(out, "%s ", option->name);
  }
  sb_format(out, "--help' %s", offer_text(offer));
  if (offer == OFFER_WORDS) {
    sb_put(out, SV(" words='"));
    completion_put_words(out, command->operands);
    sb_char(out, '\'');
  }
  sb_put(out, SV(" ;;\n"));
}

static void put_commands(struct sb *out) {
  sb_put(out, SV("  if [[ ! $offer ]]; then\n    case $command in\n"));
  for (size_t i = 0; commands[i]; i++) {
    put_command(out, commands[i]);
  }
  sb_put(out, SV("    esac\n"
                 "    [[ $current == -* ]] && offer=words words=$options\n"
                 "  fi\n"));
}

void completion_put_bash(struct sb *out) {
  sb_put(out, SV("# Completion of arazzo in bash; made by \"arazzo completion bash\".\n"
                 "_arazzo() {\n"
                 "  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                 "  local command=${COMP_WORDS[1]} seconds= offer= words= options=\n"
                 "  if [[ $current == = ]]; then\n"
                 "    current=\n"
                 "  elif [[ $before == = ]]; then\n"
                 "    before=${COMP_WORDS[COMP_CWORD - 2]}\n"
                 "  fi\n"
                 "  COMPREPLY=()\n"));
  put_first_words(out);
  put_second_words(out);
  put_values(out);
  put_commands(out);
  sb_put(out, SV("  case $offer in\n"
                 "  words) mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\") ;;\n"
                 "  files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\") ;;\n"
                 "  at) mapfile -t COMPREPLY < <(compgen -P @ -f -- \"${current#@}\") ;;\n"
                 "  esac\n"
                 "}\n"
                 "complete -F _arazzo arazzo\n"));
}
