/* What a condition reads from outside of its subject: runtime expressions, bare, in braces or in quotes.
 *
 * They are read once for an evaluation, before anything else, so that a filter over many nodes costs no more for them and
 * every node is compared with the same value. In quotes the author asked for text: a number or boolean becomes its text.
 * What is absent is Nothing (RFC 9535 2.4.1); what a malformed response keeps from being known is unknown. */
#include "arena.h"
#include "errinfo.h"
#include "jsonpath_evaluate.h"
#include "template.h"

/* What a string literal is compared as: its expressions stand in quotes, so that a number is its text. */
static struct value quoted_value(const json *node) {
  struct value value = {.kind = VALUE_NODE, .node = node};
  enum json_type type = json_type(node);
  if (type == JSON_NUMBER) {
    value = (struct value){.kind = VALUE_TEXT, .text = json_number_text(node)};
  } else if (type == JSON_BOOLEAN) {
    value = (struct value){.kind = VALUE_TEXT, .text = json_is_true(node) ? SV("true") : SV("false")};
  }
  return value;
}

/* RFC 9535's Nothing stands for what is absent. */
static struct value missing_value(enum expression_result result) {
  return (struct value){.kind = result == EXPRESSION_MALFORMED ? VALUE_UNKNOWN : VALUE_NOTHING};
}

static bool read_template(const struct template *template, const struct scope *scope, struct arena *arena,
                          struct value *out, struct err *e) {
  json *node = NULL;
  const json *ignored = NULL;
  const struct expression *missing = NULL;
  if (!template_eval(template, scope, arena, &node, &missing, e)) {
    return false;
  }
  *out = node ? quoted_value(node)
              : missing_value(missing ? expression_eval(missing, scope, &ignored) : EXPRESSION_ABSENT);
  return true;
}

static bool read_external(const struct external *external, const struct scope *scope, struct arena *arena,
                          struct value *out, struct err *e) {
  const json *node = NULL;
  if (!scope) {
    *out = missing_value(EXPRESSION_MALFORMED);
    return true;
  }
  if (external->template) {
    return read_template(external->template, scope, arena, out, e);
  }
  enum expression_result result = expression_eval(external->expression, scope, &node);
  *out = result == EXPRESSION_FOUND ? (struct value){.kind = VALUE_NODE, .node = node} : missing_value(result);
  return true;
}

bool evaluation_read_externals(struct evaluation *ev, const struct jsonpath *path, const struct scope *scope) {
  if (path->external_count == 0) {
    return true;
  }
  struct value *values = arena_array(ev->arena, path->external_count, sizeof *values);
  if (!values) {
    return err_memory(ev->e);
  }
  size_t i = 0;
  for (const struct external *external = path->externals; external; external = external->next, i++) {
    if (!read_external(external, scope, ev->arena, &values[i], ev->e)) {
      return false;
    }
  }
  ev->externals = values;
  return true;
}
