/* Applying replacements. Each sees what those before it left.
 *
 * A JSON Pointer sets one place and makes the parents that are missing. A JSONPath replaces every node that it selects; it can
 * create none, so one that selects nothing stops the request. Nodes of a node list may lie in each other ($..a): the outer one
 * is replaced as a whole, and what becomes of the inner one is seen by nobody. XPath sets the text of what it selects. */
#include "replacement.h"

#include "arena.h"
#include "errinfo.h"
#include "json.h"
#include "limits.h"
#include "pointer.h"
#include "request_body.h"

struct applying {
  struct arena *arena;
  const struct scope *scope;
  json *payload;
  struct err *e;
};

static bool replace_nodes(const struct applying *a, const struct locator *target, const json *value) {
  struct node_list found;
  if (!locator_nodes(target, a->payload, a->scope, a->arena, &found, a->e)) {
    return false;
  }
  if (found.is_unknown) {
    return err_set(a->e, ERR_UNRESOLVED, "a runtime expression in it has no value");
  }
  if (!found.count) {
    return err_set(a->e, ERR_UNRESOLVED, "it selects nothing in the payload");
  }
  for (size_t i = 0; i < found.count; i++) {
    /* The nodes are those of the payload, which is ours to change; only the query must not. */
    union {
      const json *seen;
      json *ours;
    } node = {found.nodes[i]};
    json *copy = json_copy(a->arena, value);
    if (!copy) {
      return err_memory(a->e);
    }
    json_overwrite(node.ours, copy);
  }
  return true;
}

static bool replace_xml(const struct applying *a, const struct locator *target, const json *value) {
  sv text;
  sv xml;
  if (!json_scalar_text(value, &text)) {
    return err_set(a->e, ERR_INVALID, "its value is of type %s; XML takes text, numbers and booleans",
                   json_type_name(value));
  }
  if (!xpath_replace(target->xpath, json_string(a->payload), a->scope, text, a->arena, &xml, a->e)) {
    return false;
  }
  json *made = json_new_string(a->arena, xml);
  if (!made) {
    return err_memory(a->e);
  }
  json_overwrite(a->payload, made);
  return true;
}

static bool apply(const struct applying *a, const struct locator *target, const json *value) {
  switch (target->type.kind) {
  case LOCATOR_POINTER:
    return pointer_set(a->arena, a->payload, target->text, value, a->e);
  case LOCATOR_JSONPATH:
    return replace_nodes(a, target, value);
  case LOCATOR_XPATH:
    return replace_xml(a, target, value);
  }
  return err_set(a->e, ERR_INTERNAL, "a target has no type");
}

static bool check_depth(const struct applying *a) {
  return json_depth(a->payload) <= LIMIT_JSON_DEPTH ||
         err_set(a->e, ERR_LIMIT, "with it the payload is nested deeper than %d levels", LIMIT_JSON_DEPTH);
}

bool replacements_apply(struct arena *arena, const struct step_body *body, const struct scope *scope, json *payload,
                        struct err *e) {
  struct applying a = {arena, scope, payload, e};
  for (size_t i = 0; i < body->replacement_count; i++) {
    const struct body_replacement *replacement = &body->replacements[i];
    const struct locator *target = &replacement->target;
    json *value = NULL;
    if (!template_eval(replacement->value, scope, arena, &value, NULL, e)) {
      return false;
    }
    if (value && !(apply(&a, target, value) && check_depth(&a))) {
      return err_in(e, "replacement %zu, target '%.*s'", i, SV_ARG(sv_slice(target->text, 0, 120)));
    }
  }
  return true;
}
