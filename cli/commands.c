/* The list of commands, and how one is found by its name, which has one word or two. */
#include "commands.h"

#include <string.h>

#include "sb.h"

const struct command *const commands[] = {
    &command_run,
    &command_step,
    &command_validate,
    &command_graph,
    &command_policy,
    &command_bundle,
    &command_eval_condition,
    &command_eval_expression,
    &command_eval_jsonpath,
    &command_eval_xpath,
    &command_sign,
    &command_completion,
    NULL,
};

/* Whether the name is what the arguments begin with; `*words` of them. */
static bool is_named(const char *name, int count, char *const *texts, int *words) {
  sv first = sv_from(name);
  sv second = SV("");
  *words = sv_split(sv_from(name), ' ', &first, &second) ? 2 : 1;
  return count >= *words && sv_eq(first, sv_from(texts[0])) && (*words == 1 || sv_eq(second, sv_from(texts[1])));
}

const struct command *commands_find(int count, char *const *texts, int *words) {
  for (size_t i = 0; commands[i]; i++) {
    if (is_named(commands[i]->name, count, texts, words)) {
      return commands[i];
    }
  }
  return NULL;
}

void commands_put_names(struct sb *out) {
  for (size_t i = 0; commands[i]; i++) {
    const char *before = i == 0 ? "" : commands[i + 1] ? ", " : " and ";
    sb_format(out, "%s%s", before, commands[i]->name);
  }
}
