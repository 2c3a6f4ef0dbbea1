/* Inputs of workflows: of the run's first one, of those that steps and actions call, and of those that others depend on
 * (docs/adr/0006). */
#include "inputs.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "schema.h"
#include "token.h"

/* An idempotency token that is not given comes from the run, even where the document has a default: a constant would make
 * tomorrow's build return today's image. */
static bool derive_tokens(struct arena *arena, const struct token_names *tokens, const struct workflow *workflow,
                          sv pass, json *inputs, struct err *e) {
  for (size_t i = 0; i < tokens->count; i++) {
    sv token;
    bool is_wanted = !workflow->inputs || schema_declares(workflow->inputs, tokens->items[i]);
    if (!is_wanted || json_get(inputs, tokens->items[i])) {
      continue;
    }
    if (!token_derive(arena, pass, workflow->id, tokens->items[i], &token, e)) {
      return false;
    }
    if (!json_set(arena, inputs, tokens->items[i], json_new_string(arena, token))) {
      return err_memory(e);
    }
  }
  return true;
}

bool inputs_prepare(struct arena *arena, const struct token_names *tokens, const struct workflow *workflow, sv pass,
                    json *inputs, struct err *e) {
  if (!derive_tokens(arena, tokens, workflow, pass, inputs, e)) {
    return false;
  }
  return !workflow->inputs || (schema_apply_defaults(workflow->inputs, arena, inputs, e) &&
                               schema_check(workflow->inputs, arena, inputs, e));
}

static bool is_token(const struct token_names *tokens, sv name) {
  for (size_t i = 0; i < tokens->count; i++) {
    if (sv_eq(tokens->items[i], name)) {
      return true;
    }
  }
  return false;
}

/* Two workflows that create something with one token would get one thing: each has its own. */
bool inputs_of_dependency(struct arena *arena, const struct token_names *tokens, const struct workflow *workflow,
                          sv pass, const json *inputs, json **out, struct err *e) {
  json *own = json_new_object(arena);
  if (!own) {
    return err_memory(e);
  }
  for (const json *member = json_first(inputs); member; member = member->next) {
    bool is_declared = !workflow->inputs || schema_declares(workflow->inputs, json_name(member));
    if (is_declared && !is_token(tokens, json_name(member)) &&
        !json_set(arena, own, json_name(member), json_copy(arena, member))) {
      return err_memory(e);
    }
  }
  *out = own;
  return inputs_prepare(arena, tokens, workflow, pass, own, e);
}

static bool check_dependencies(struct arena *arena, const struct token_names *tokens, const struct workflow *workflow,
                               sv pass, const json *inputs, unsigned depth, struct err *e) {
  for (size_t i = 0; depth < LIMIT_WORKFLOW_DEPTH && i < workflow->depends_on_count; i++) {
    const struct workflow *other = workflow->depends_on[i];
    json *own = NULL;
    if (!inputs_of_dependency(arena, tokens, other, pass, inputs, &own, e) ||
        !check_dependencies(arena, tokens, other, pass, own, depth + 1, e)) {
      return err_in(e, "dependsOn workflow %.*s", SV_ARG(other->id));
    }
  }
  return true;
}

bool inputs_check_dependencies(struct arena *arena, const struct token_names *tokens, const struct workflow *workflow,
                               sv pass, const json *inputs, struct err *e) {
  return check_dependencies(arena, tokens, workflow, pass, inputs, 0, e);
}
