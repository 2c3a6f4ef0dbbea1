/* Prints the completion script of a shell for commands that exist only here: every kind of option and operand, names of two words. The
 * shells themselves then say what it offers (tests/integration/test_completion.py). */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "commands.h"
#include "completion.h"
#include "limits.h"
#include "sb.h"

static const struct option options[] = {
    {"--text", OPTION_TEXT, "TEXT", "it's a text: [any] \\ $HOME", 0, 0},
    {"--value", OPTION_TEXT, "JSON|@FILE", "text or a file", 0, 0},
    {"--header", OPTION_LIST, "'NAME: VALUE'", "several texts", 0, 0},
    {"--flag", OPTION_FLAG, NULL, "a flag", 0, 0},
    {"--number", OPTION_NUMBER, "N", "a number", 1, 9},
    {"--choice", OPTION_CHOICE, "text|json|sarif", "a word", 0, 0},
    {"--pair", OPTION_PAIR, "NAME=VALUE", "pairs", 0, 0},
    {"--file", OPTION_FILE, "FILE", "a path", 0, 0},
    {"--at", OPTION_AT_FILE, "@FILE", "a path behind @", 0, 0},
    {"-o", OPTION_FILE, "FILE", "a path, short", 0, 0},
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

static const struct command look = {
    .name = "look", .operands = "DOC...", .least = 1, .most = 9, .options = options, .summary = "it's: looking"};
static const struct command say = {
    .name = "say", .operands = "loud|low", .least = 1, .most = 1, .summary = "one of two words"};
static const struct command ask_one = {
    .name = "ask one", .operands = "TEXT", .least = 1, .most = 1, .options = options, .summary = "a question"};
static const struct command ask_two = {
    .name = "ask two", .operands = "DOC", .least = 1, .most = 1, .summary = "another question"};

const struct command *const commands[] = {&look, &say, &ask_one, &ask_two, NULL};

int main(int count, char **texts) {
  struct arena *arena = arena_new(MIB(1));
  struct sb out = sb_new(arena, KIB(256));
  const char *shell = count > 1 ? texts[1] : "";
  if (strcmp(shell, "bash") == 0) {
    completion_put_bash(&out);
  } else if (strcmp(shell, "zsh") == 0) {
    completion_put_zsh(&out);
  } else {
    completion_put_fish(&out);
  }
  printf("%.*s", SV_ARG(sb_view(&out)));
  arena_drop(arena);
  return 0;
}
