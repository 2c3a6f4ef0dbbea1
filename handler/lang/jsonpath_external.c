/* What a JSONPath reads from outside of its subject: runtime expressions, bare, in braces or in quotes.
 *
 * They are read once for an evaluation, before anything else, so that a filter over many nodes costs no more for them and
 * every node is compared with the same value. In quotes the author asked for text: a number or boolean becomes its text.
 * The query is never put together as text, so that no value can leave its quotes or become an operator.
 *
 * Without a value an embedded expression is unknown (design: what can't be evaluated never lets control fall through); one
 * without braces, as comparison forms have them, is Nothing (RFC 9535 2.4.1), as an absent value is null in simple
 * conditions. A name or index must be one before anything can be said of the query. */
#include "arena.h"
#include "errinfo.h"
#include "jsonpath_evaluate.h"
#include "limits.h"
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

static struct value missing_value(const struct external *external, enum expression_result result) {
  bool is_unknown = external->is_embedded || result == EXPRESSION_MALFORMED;
  return (struct value){.kind = is_unknown ? VALUE_UNKNOWN : VALUE_NOTHING};
}

static bool read_template(const struct external *external, const struct scope *scope, struct arena *arena,
                          struct value *out, struct err *e) {
  json *node = NULL;
  if (!template_eval(external->template, scope, arena, &node, NULL, e)) {
    return false;
  }
  *out = node ? quoted_value(node) : missing_value(external, EXPRESSION_ABSENT);
  return true;
}

/* Arazzo 1.1.0, Runtime Expressions in Conditions: "evaluated and converted to strings. The resulting string is the final
 * condition expression": so text that is a number, true, false or null has that meaning where it stands bare. Other text
 * would be no JSONPath; it stays text. */
static bool read_literal(const json **node, struct arena *arena, struct err *e) {
  sv text = json_string(*node);
  bool is_word = sv_eq(text, SV("true")) || sv_eq(text, SV("false")) || sv_eq(text, SV("null"));
  bool is_number = text.len && text.len <= LIMIT_JSON_NUMBER_BYTES &&
                   (text.ptr[0] == '-' || (text.ptr[0] >= '0' && text.ptr[0] <= '9'));
  json *parsed = NULL;
  struct err ignored = {0};
  if (!is_word && !is_number) {
    return true;
  }
  if (json_parse(arena, text, &parsed, &ignored)) {
    *node = parsed;
  }
  return ignored.code != ERR_MEMORY || err_memory(e);
}

static bool read_expression(const struct external *external, const struct scope *scope, struct arena *arena,
                            struct value *out, struct err *e) {
  const json *node = NULL;
  enum expression_result result = expression_eval(external->expression, scope, &node);
  if (result != EXPRESSION_FOUND) {
    *out = missing_value(external, result);
    return true;
  }
  if (external->is_literal && json_is_string(node) && !read_literal(&node, arena, e)) {
    return false;
  }
  *out = (struct value){.kind = VALUE_NODE, .node = node};
  return true;
}

static bool read_external(const struct external *external, const struct scope *scope, struct arena *arena,
                          struct value *out, struct err *e) {
  if (!scope) {
    *out = missing_value(external, EXPRESSION_MALFORMED);
    return true;
  }
  return external->template ? read_template(external, scope, arena, out, e)
                            : read_expression(external, scope, arena, out, e);
}

/* RFC 9535 2.1: indexes lie in the range of exact integers of I-JSON. */
#define INDEX_MAX 9007199254740991

static bool is_name_or_index(const struct value *value) {
  sv ignored_name = {"", 0};
  int64_t index = 0;
  bool is_index =
      value->kind == VALUE_NODE && json_to_int(value->node, &index) && index <= INDEX_MAX && index >= -INDEX_MAX;
  return is_index || value_text(value, &ignored_name);
}

bool evaluation_read_externals(struct evaluation *ev, const struct jsonpath *path, const struct scope *scope,
                               bool *usable) {
  *usable = true;
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
    *usable = *usable && (!external->is_selector || is_name_or_index(&values[i]));
  }
  ev->externals = values;
  return true;
}

bool evaluate_external_selector(struct evaluation *ev, const struct selector *selector, const json *node,
                                const json **out) {
  const struct value *value = &ev->externals[selector->external];
  sv name = {"", 0};
  int64_t index = 0;
  if (value_text(value, &name)) {
    return evaluate_member(ev, node, name, out);
  }
  return json_to_int(value->node, &index) ? evaluate_element(ev, node, index, out) : (*out = NULL, true);
}
