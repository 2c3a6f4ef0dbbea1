/* arazzo: the engine at a terminal. Finds the command, reads its arguments, and runs it. */
#include <stdio.h>

#include "arena.h"
#include "commands.h"
#include "completion.h"
#include "errinfo.h"
#include "help.h"
#include "limits.h"
#include "manual.h"
#include "sb.h"
#include "standard_files.h"
#include "version.h"

#define HELP_BYTES KIB(32)
#define MANUAL_BYTES KIB(256)

static bool is_one_of(const char *text, const char *a, const char *b, const char *c) {
  sv word = sv_from(text);
  return sv_eq(word, sv_from(a)) || sv_eq(word, sv_from(b)) || sv_eq(word, sv_from(c));
}

static enum exit_status put_text(FILE *file, const struct sb *text) {
  bool is_printed = text->state == SB_OK && fprintf(file, "%.*s", SV_ARG(sb_view(text))) > 0 && fflush(file) == 0;
  if (!is_printed) {
    fputs("arazzo: it could not be written to standard output\n", stderr);
  }
  return is_printed ? EXIT_DONE : EXIT_FAILED;
}

/* The page of a command, or of the program. */
static enum exit_status print_help(struct arena *arena, const struct command *command, FILE *file) {
  struct sb text = sb_new(arena, HELP_BYTES);
  if (command) {
    help_put_command(&text, command);
  } else {
    help_put(&text);
  }
  return put_text(file, &text);
}

/* Something about the program itself. */
static enum exit_status print(struct arena *arena, void (*put)(struct sb *out)) {
  struct sb text = sb_new(arena, MANUAL_BYTES);
  put(&text);
  return put_text(stdout, &text);
}

static enum exit_status refuse(struct arena *arena, const struct command *command, const char *why) {
  fprintf(stderr, "arazzo: %s\n\n", why);
  print_help(arena, command, stderr);
  return EXIT_USAGE;
}

static enum exit_status refuse_command(struct arena *arena, const char *name) {
  struct sb text = sb_new(arena, KIB(4));
  sb_format(&text, "'%s' is not a command; the commands are ", name);
  commands_put_names(&text);
  sb_char(&text, '\0');
  return refuse(arena, NULL, text.state == SB_OK ? sb_view(&text).ptr : "out of memory");
}

/* The page of commands that begin with this word. */
static enum exit_status print_group(struct arena *arena, const char *word, FILE *file) {
  struct sb text = sb_new(arena, HELP_BYTES);
  help_put_group(&text, sv_from(word));
  return put_text(file, &text);
}

/* The first word of a command that has two: without the second one, or with another. */
static enum exit_status explain_group(struct arena *arena, int count, char *const *texts) {
  if (count > 1 && is_one_of(texts[1], "--help", "-h", "help")) {
    return print_group(arena, texts[0], stdout);
  }
  fprintf(stderr, "arazzo: '%s%s%s' is not a command\n\n", texts[0], count > 1 ? " " : "", count > 1 ? texts[1] : "");
  (void)print_group(arena, texts[0], stderr);
  return EXIT_USAGE;
}

/* Behind `arazzo help`: a command, the first word of one, or nothing. */
static enum exit_status help(struct arena *arena, int count, char *const *texts) {
  int words = 0;
  const struct command *command = count > 0 ? commands_find(count, texts, &words) : NULL;
  if (!command && count > 0 && completion_has_second(sv_from(texts[0]))) {
    return print_group(arena, texts[0], stdout);
  }
  return command || count == 0 ? print_help(arena, command, stdout) : refuse_command(arena, texts[0]);
}

static enum exit_status dispatch(struct arena *arena, int count, char *const *texts) {
  static struct arguments arguments; /* too large for the stack of a small machine */
  struct err e;
  int words = 0;
  err_clear(&e);
  if (count == 0) {
    return refuse(arena, NULL, "say what to do");
  }
  const struct command *command = commands_find(count, texts, &words);
  if (!command && is_one_of(texts[0], "--help", "-h", "help")) {
    return help(arena, count - 1, texts + 1);
  }
  if (!command && is_one_of(texts[0], "--version", "-V", "version")) {
    return print(arena, version_put);
  }
  if (!command && sv_eq(sv_from(texts[0]), SV("--man"))) {
    return print(arena, manual_put);
  }
  if (!command && completion_has_second(sv_from(texts[0]))) {
    return explain_group(arena, count, texts);
  }
  if (!command) {
    return refuse_command(arena, texts[0]);
  }
  if (!arguments_read(command, count - words, texts + words, &arguments, &e)) {
    return refuse(arena, command, e.text);
  }
  if (arguments.wants_help) {
    return print_help(arena, command, stdout);
  }
  return command->run(&arguments);
}

int main(int count, char **texts) {
  standard_files_hold();
  struct arena *arena = arena_new(MIB(1));
  if (!arena) {
    fputs("arazzo: out of memory\n", stderr);
    return EXIT_FAILED;
  }
  enum exit_status status = dispatch(arena, count - 1, texts + 1);
  arena_drop(arena);
  return (int)status;
}
