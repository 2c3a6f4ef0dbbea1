/* XPath 1.0 (W3C Recommendation of 1999) as conditions, selectors and targets.
 *
 * At load, xpath_parse*.c makes a typed tree of the text and refuses what XPath 1.0 does not have (xpath_later.c). At run time the
 * XML text becomes an array of nodes (xml_scan.c, xml.c), over which xpath_evaluate.c and its neighbours work; all
 * memory is the arena's. Expressions are evaluated by our own code, since libxml2's XPath can't be bounded (xml.c has
 * the measurements), reports unknown functions only when it gets to them, and knows no default namespace.
 *
 * XPath 2.0 and later (3.1 is Arazzo's default) read these expressions the same way, but for what follows. An unprefixed
 * name also selects elements in the default namespace that the root element declares: there the host sets it (XPath 2.0
 * 2.1.1), and the XML of AWS's services always has one. `<` and its like between two texts would compare as texts: refused. What
 * is an error there (a text where a number is needed, two nodes where one is) has XPath 1.0's value here, and so have NaN
 * where 2.0 has the empty sequence, and the texts of large numbers, which have no exponent. */
#include "xpath.h"

#include <math.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "syntax_error.h"
#include "template.h"
#include "utf8.h"
#include "xpath_evaluate.h"
#include "xpath_parse.h"
#include "xpath_replace.h"
#include "xpath_value.h"

static bool check_text(sv text, struct err *e) {
  if (text.len > LIMIT_EXPRESSION_BYTES) {
    return err_set(e, ERR_LIMIT, "the XPath expression has %zu bytes; at most %zu are allowed (LIMIT_EXPRESSION_BYTES)",
                   text.len, LIMIT_EXPRESSION_BYTES);
  }
  size_t valid = utf8_valid_prefix(text);
  valid = sv_find(sv_slice(text, 0, valid), '\0');
  return valid == text.len || syntax_error(e, text, valid, "an XPath expression is UTF-8 text without U+0000");
}

bool xpath_compile(struct arena *arena, sv text, enum xpath_version version, const struct xpath **out, struct err *e) {
  struct xpath_parser parser = {.arena = arena, .text = text, .e = e};
  struct expr *expr = NULL;
  if (!check_text(text, e)) {
    return false;
  }
  parser.path = xpath_new(&parser, sizeof *parser.path);
  if (!parser.path) {
    return false;
  }
  parser.path->version = version;
  if (!xpath_parse(&parser, &expr)) {
    return false;
  }
  if (parser.at < text.len) {
    return xpath_expected(&parser, "an operator or the end");
  }
  parser.path->expr = expr;
  *out = parser.path;
  return true;
}

bool xpath_selects_nodes(const struct xpath *path) {
  return path->expr->type == XPATH_NODES;
}

/* ---- evaluation ---- */

static sv find_namespace(const struct xml_document *document, sv prefix) {
  for (uint32_t i = 0; i < document->namespace_count; i++) {
    if (sv_eq(document->namespaces[i].prefix, prefix)) {
      return document->namespaces[i].uri;
    }
  }
  /* Namespaces in XML 1.0 3: xml is bound without being declared. */
  return sv_eq(prefix, SV("xml")) ? SV("http://www.w3.org/XML/1998/namespace") : (sv){NULL, 0};
}

static bool bind_prefixes(struct xevaluation *ev) {
  if (ev->path->version != XPATH_10) {
    ev->default_uri = find_namespace(ev->document, SV(""));
  }
  if (ev->path->prefix_count == 0) {
    return true;
  }
  ev->uris = arena_array(ev->arena, ev->path->prefix_count, sizeof *ev->uris);
  if (!ev->uris) {
    return err_memory(ev->e);
  }
  for (const struct prefix *prefix = ev->path->prefixes; prefix; prefix = prefix->next) {
    ev->uris[prefix->index] = find_namespace(ev->document, prefix->name);
  }
  return true;
}

/* What an evaluation is made of; it must stay where it is while `ev` is used. */
struct room {
  struct xml_document document;
  struct xevaluation ev;
};

static bool evaluate(struct room *room, const struct xvalue *externals, struct xvalue *out) {
  struct focus focus = {.node = 0, .position = 1, .size = 1};
  room->ev.document = &room->document;
  room->ev.externals = externals;
  room->ev.steps = LIMIT_XPATH_STEPS;
  return bind_prefixes(&room->ev) && xpath_evaluate(&room->ev, room->ev.path->expr, focus, out);
}

static struct room room_of(const struct xpath *path, struct arena *arena, struct err *e) {
  return (struct room){.ev = {.path = path, .arena = arena, .e = e}};
}

/* `*known` is false when the subject is no XML, or a runtime expression has no value. */
static bool evaluate_subject(struct room *room, const json *subject, const struct scope *scope, struct xvalue *out,
                             bool *known) {
  const struct xvalue *externals = NULL;
  struct xevaluation *ev = &room->ev;
  *known = false;
  if (!json_is_string(subject)) {
    return true;
  }
  if (!xpath_read_externals(ev->path, scope, ev->arena, &externals, known, ev->e) || !*known) {
    return ev->e->code == ERR_NONE;
  }
  enum xml_result result =
      xml_read(ev->arena, json_string(subject), ev->path->uses_namespace_axis, &room->document, ev->e);
  *known = result == XML_READ;
  return result == XML_MALFORMED || (result == XML_READ && evaluate(room, externals, out));
}

bool xpath_eval(const struct xpath *path, const json *subject, const struct scope *scope, struct arena *arena,
                enum verdict *out, struct err *e) {
  struct room room = room_of(path, arena, e);
  struct xvalue value = {0};
  bool known = false;
  *out = VERDICT_UNKNOWN;
  if (!evaluate_subject(&room, subject, scope, &value, &known)) {
    return false;
  }
  if (known) {
    /* Arazzo 1.1.0, XPath Conditions: true, a number other than zero, a text that is not empty, a node. */
    *out = xvalue_boolean(&value) ? VERDICT_HOLDS : VERDICT_FAILS;
  }
  return true;
}

/* XPath 1.0 4.2 writes integers without a point, as JSON may. JSON has neither NaN nor infinities. */
static bool number_to_json(const struct xevaluation *ev, double number, json **out) {
  sv text = {0};
  if (isnan(number) || isinf(number)) {
    return true;
  }
  *out = xpath_number_text(ev->arena, number, &text) ? json_new_number(ev->arena, text) : NULL;
  return *out || err_memory(ev->e);
}

static json *text_of(const struct xevaluation *ev, const struct xvalue *nodes, size_t i) {
  return json_new_string(ev->arena, ev->document->nodes[ev->nodes[nodes->base + i]].value);
}

static bool nodes_to_json(struct xevaluation *ev, const struct xvalue *nodes, json **out) {
  if (nodes->count == 0) {
    return true;
  }
  json *list = nodes->count == 1 ? text_of(ev, nodes, 0) : json_new_array(ev->arena);
  for (size_t i = 0; list && nodes->count > 1 && i < nodes->count; i++) {
    json *text = text_of(ev, nodes, i);
    if (!xevaluation_spend(ev, 1)) {
      return false;
    }
    list = text && json_append(list, text) ? list : NULL;
  }
  *out = list;
  return list || err_memory(ev->e);
}

static bool value_to_json(struct xevaluation *ev, const struct xvalue *value, json **out) {
  switch (value->type) {
  case XPATH_NODES:
    return nodes_to_json(ev, value, out);
  case XPATH_BOOLEAN:
    *out = json_new_boolean(ev->arena, value->boolean);
    break;
  case XPATH_NUMBER:
    return number_to_json(ev, value->number, out);
  case XPATH_STRING:
    *out = json_new_string(ev->arena, value->text);
    break;
  case XPATH_ANY:
    break;
  }
  return *out || err_memory(ev->e);
}

bool xpath_select(const struct xpath *path, const json *subject, const struct scope *scope, struct arena *arena,
                  json **value, struct err *e) {
  struct room room = room_of(path, arena, e);
  struct xvalue selected = {0};
  bool known = false;
  *value = NULL;
  return evaluate_subject(&room, subject, scope, &selected, &known) &&
         (!known || value_to_json(&room.ev, &selected, value));
}

bool xpath_replace(const struct xpath *path, sv xml, const struct scope *scope, sv value, struct arena *arena, sv *out,
                   struct err *e) {
  struct room room = room_of(path, arena, e);
  const struct xvalue *externals = NULL;
  struct xvalue selected = {0};
  bool known = false;
  if (!xpath_read_externals(path, scope, arena, &externals, &known, e)) {
    return false;
  }
  if (!known) {
    return err_set(e, ERR_UNRESOLVED, "a runtime expression in the XPath target has no value");
  }
  enum xml_result result = xml_read(arena, xml, path->uses_namespace_axis, &room.document, e);
  if (result == XML_MALFORMED) {
    return err_set(e, ERR_INVALID, "the payload to replace values in is not well-formed XML");
  }
  if (result == XML_FAILED || !evaluate(&room, externals, &selected)) {
    return false;
  }
  if (selected.type != XPATH_NODES) {
    return err_set(e, ERR_UNRESOLVED,
                   "the XPath target gives a value of its own; a target is a path, such as /root/item");
  }
  return xml_replace(&room.ev, &selected, value, out, e);
}

bool xpath_each(const struct xpath *path, bool (*visit)(void *context, const struct expression *expression),
                void *context) {
  for (const struct xpath_external *external = path->externals; external; external = external->next) {
    if (!(external->expression ? visit(context, external->expression)
                               : template_each(external->template, visit, context))) {
      return false;
    }
  }
  return true;
}
