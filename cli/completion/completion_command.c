/* arazzo completion: a script for the shell, made from the same tables that read the arguments; so it knows every option, and never one
 * that is gone. */
#include "completion.h"

#include <stdio.h>

#include "arena.h"
#include "commands.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "session.h"

#define SCRIPT_BYTES KIB(256)

static void put_script(struct sb *out, sv shell) {
  if (sv_eq(shell, SV("bash"))) {
    completion_put_bash(out);
  } else if (sv_eq(shell, SV("zsh"))) {
    completion_put_zsh(out);
  } else {
    completion_put_fish(out);
  }
}

static bool check(const struct arguments *arguments, struct err *e) {
  sv shell = arguments->operands[0];
  return sv_eq(shell, SV("bash")) || sv_eq(shell, SV("zsh")) || sv_eq(shell, SV("fish")) ||
         err_set(e, ERR_INVALID, "completion takes one of bash|zsh|fish, not '%.*s'", SV_ARG(shell));
}

static enum exit_status run(const struct arguments *arguments) {
  struct arena *arena = arena_new(MIB(1));
  struct err e;
  sv text;
  err_clear(&e);
  struct sb out = sb_new(arena, SCRIPT_BYTES);
  if (arena) {
    put_script(&out, arguments->operands[0]);
  }
  bool is_done = arena ? sb_finish(&out, "the script", &text, &e) : err_memory(&e);
  if (is_done && (fwrite(text.ptr, 1, text.len, stdout) != text.len || fflush(stdout) != 0)) {
    is_done = err_set(&e, ERR_INVALID, "the script could not be written to standard output");
  }
  if (!is_done) {
    session_complain(&e);
  }
  arena_drop(arena);
  return is_done ? EXIT_DONE : EXIT_FAILED;
}

const struct command command_completion = {
    .name = "completion",
    .operands = "bash|zsh|fish",
    .least = 1,
    .most = 1,
    .summary = "a script that completes commands, options, their values and files in a shell",
    .details = "Packages install it. Without one, put what it prints where the shell looks for completions.\n",
    .examples = "  arazzo completion bash > ~/.local/share/bash-completion/completions/arazzo\n"
                "  arazzo completion zsh > ~/.zfunc/_arazzo      # a folder of $fpath\n"
                "  arazzo completion fish > ~/.config/fish/completions/arazzo.fish\n",
    .check = check,
    .run = run,
};
