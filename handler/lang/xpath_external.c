/* What an expression reads from outside of its document: runtime expressions, bare or in quotes.
 *
 * They are read once, before anything else. In quotes everything is text. Bare, a number, a boolean and a text keep their types
 * (Arazzo 1.1.0, Runtime Expressions), null is the empty node-set (as XPath 3.1 reads JSON's null), and an object or array
 * is its JSON text. Numbers become doubles, which is what XPath 1.0 has. What has no value makes the whole unknown. */
#include "arena.h"
#include "limits.h"
#include "sb.h"
#include "template.h"
#include "xpath_evaluate.h"

static bool json_text(const json *node, struct arena *arena, struct xvalue *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_XML_BYTES);
  json_write(&text, node);
  out->type = XPATH_STRING;
  return sb_finish(&text, "a value in an XPath expression", &out->text, e);
}

static bool value_of(const json *node, struct arena *arena, struct xvalue *out, struct err *e) {
  *out = (struct xvalue){0};
  switch (json_type(node)) {
  case JSON_NULL:
    out->type = XPATH_NODES;
    return true;
  case JSON_BOOLEAN:
    out->type = XPATH_BOOLEAN;
    out->boolean = json_is_true(node);
    return true;
  case JSON_NUMBER:
    /* JSON's grammar (RFC 8259 6), which has exponents, and not XPath's. */
    out->type = XPATH_NUMBER;
    out->number = node->valuedouble;
    return true;
  case JSON_STRING:
    out->type = XPATH_STRING;
    out->text = json_string(node);
    return true;
  case JSON_ARRAY:
  case JSON_OBJECT:
    break;
  }
  return json_text(node, arena, out, e);
}

static bool read_one(const struct xpath_external *external, const struct scope *scope, struct arena *arena,
                     struct xvalue *out, bool *known, struct err *e) {
  const json *node = NULL;
  if (external->expression) {
    *known = expression_eval(external->expression, scope, &node) == EXPRESSION_FOUND;
    return !*known || value_of(node, arena, out, e);
  }
  json *text = NULL;
  const struct expression *missing = NULL;
  if (!template_eval(external->template, scope, arena, &text, &missing, e)) {
    return false;
  }
  *known = text && !missing;
  *out = (struct xvalue){.type = XPATH_STRING, .text = json_string(text)};
  return true;
}

bool xpath_read_externals(const struct xpath *path, const struct scope *scope, struct arena *arena,
                          const struct xvalue **out, bool *known, struct err *e) {
  *known = path->external_count == 0 || scope;
  if (path->external_count == 0 || !scope) {
    return true;
  }
  struct xvalue *values = arena_array(arena, path->external_count, sizeof *values);
  if (!values) {
    return err_memory(e);
  }
  size_t i = 0;
  for (const struct xpath_external *external = path->externals; external && *known; external = external->next, i++) {
    if (!read_one(external, scope, arena, &values[i], known, e)) {
      return false;
    }
  }
  *out = values;
  return true;
}
