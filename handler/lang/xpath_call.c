/* The core function library (XPath 1.0 4). Characters are code points, as XPath 1.0 3.6 says of XML's characters.
 *
 * An argument that may be left out is the context node; the parser has counted the others. Texts that a function makes lie in the
 * arena; their bytes are counted as work, as are those that are read. */
#include <math.h>
#include <string.h>

#include "limits.h"
#include "sb.h"
#include "utf8.h"
#include "xpath_evaluate.h"

#define ARGUMENTS_COUNT 3
#define BYTES_PER_STEP 16u

struct call {
  struct xevaluation *ev;
  const struct expr *expr;
  struct focus focus;
  struct xvalue arguments[ARGUMENTS_COUNT]; /* concat() reads its own */
  size_t count;
};

static const struct xml_node *node_at(const struct call *c, uint32_t node) {
  return &c->ev->document->nodes[node];
}

/* The argument, or the context node. */
static struct xvalue argument_or_focus(const struct call *c) {
  return c->count ? c->arguments[0] : (struct xvalue){.type = XPATH_STRING, .text = node_at(c, c->focus.node)->value};
}

static bool text_argument(const struct call *c, size_t i, sv *out) {
  return xvalue_text(c->ev, &c->arguments[i], out) && xevaluation_spend(c->ev, 1 + out->len / BYTES_PER_STEP);
}

static bool give_text(struct xvalue *out, sv text) {
  *out = (struct xvalue){.type = XPATH_STRING, .text = text};
  return true;
}

static bool give_number(struct xvalue *out, double number) {
  *out = (struct xvalue){.type = XPATH_NUMBER, .number = number};
  return true;
}

static bool give_boolean(struct xvalue *out, bool value) {
  *out = (struct xvalue){.type = XPATH_BOOLEAN, .boolean = value};
  return true;
}

/* ---- nodes (XPath 1.0 4.1) ---- */

/* The first node of the argument, or the context node; NULL of an empty set. */
static const struct xml_node *named_node(const struct call *c) {
  const struct xvalue *set = &c->arguments[0];
  uint32_t node = c->count == 0 ? c->focus.node : set->count ? c->ev->nodes[set->base] : 0;
  return c->count && !set->count ? NULL : node_at(c, node);
}

static bool has_name(const struct xml_node *node) {
  return node && node->kind != XML_ROOT && node->kind != XML_TEXT && node->kind != XML_COMMENT;
}

static bool call_name(const struct call *c, struct xvalue *out) {
  const struct xml_node *node = named_node(c);
  if (!has_name(node) || node->prefix.len == 0) {
    return give_text(out, has_name(node) ? node->name : SV(""));
  }
  struct sb name = sb_new(c->ev->arena, LIMIT_XML_BYTES);
  sb_put(&name, node->prefix);
  sb_char(&name, ':');
  sb_put(&name, node->name);
  give_text(out, sb_view(&name));
  return xevaluation_spend(c->ev, 1 + name.len / BYTES_PER_STEP) && sb_check(&name, "a name", c->ev->e);
}

static bool call_sum(const struct call *c, struct xvalue *out) {
  double sum = 0;
  for (size_t i = 0; i < c->arguments[0].count; i++) {
    sv text = node_at(c, c->ev->nodes[c->arguments[0].base + i])->value;
    double number = 0;
    if (!xvalue_number(c->ev, &(struct xvalue){.type = XPATH_STRING, .text = text}, &number)) {
      return false;
    }
    sum += number;
  }
  return give_number(out, sum);
}

/* XPath 1.0 4.3: lang(): the nearest xml:lang is the language, or begins with it and a '-'. */
static bool call_lang(const struct call *c, struct xvalue *out) {
  sv wanted = {0};
  if (!text_argument(c, 0, &wanted)) {
    return false;
  }
  for (uint32_t node = c->focus.node;; node = node_at(c, node)->parent) {
    for (uint32_t at = node + 1; node_at(c, node)->kind == XML_ELEMENT && at < node_at(c, node)->children; at++) {
      const struct xml_node *attribute = node_at(c, at);
      if (!xevaluation_spend(c->ev, 1)) {
        return false;
      }
      if (sv_eq(attribute->prefix, SV("xml")) && sv_eq(attribute->name, SV("lang"))) {
        sv language = attribute->value;
        bool starts = language.len >= wanted.len && sv_eq_nocase(sv_slice(language, 0, wanted.len), wanted);
        return give_boolean(out, starts && (language.len == wanted.len || language.ptr[wanted.len] == '-'));
      }
    }
    if (node == 0) {
      return give_boolean(out, false);
    }
  }
}

/* ---- texts (XPath 1.0 4.2) ---- */

static bool finish_text(const struct call *c, const struct sb *text, struct xvalue *out) {
  give_text(out, sb_view(text));
  return xevaluation_spend(c->ev, 1 + text->len / BYTES_PER_STEP) && sb_check(text, "an XPath text", c->ev->e);
}

static bool call_concat(const struct call *c, struct xvalue *out) {
  struct sb text = sb_new(c->ev->arena, LIMIT_XML_BYTES);
  size_t mark = c->ev->node_count;
  for (const struct expr *argument = c->expr->first; argument; argument = argument->next) {
    struct xvalue value = {0};
    sv part = {0};
    if (!xpath_evaluate(c->ev, argument, c->focus, &value) || !xvalue_text(c->ev, &value, &part) ||
        !xevaluation_spend(c->ev, part.len / BYTES_PER_STEP)) {
      return false;
    }
    c->ev->node_count = mark;
    sb_put(&text, part);
  }
  return finish_text(c, &text, out);
}

/* Finds `part` in `text`, in linear time. */
static bool find_text(sv text, sv part, size_t *at) {
  const char *found = part.len ? memmem(text.ptr, text.len, part.ptr, part.len) : text.ptr;
  *at = found ? (size_t)(found - text.ptr) : 0;
  return found != NULL;
}

/* contains(), substring-before(), substring-after(), starts-with(). */
static bool call_search(const struct call *c, struct xvalue *out) {
  sv text = SV(""), part = SV("");
  if (!text_argument(c, 0, &text) || !text_argument(c, 1, &part)) {
    return false;
  }
  if (c->expr->function == FN_STARTS_WITH) {
    return give_boolean(out, sv_starts(text, part));
  }
  size_t at = 0;
  bool found = find_text(text, part, &at);
  if (c->expr->function == FN_CONTAINS || !found) {
    return c->expr->function == FN_CONTAINS ? give_boolean(out, found) : give_text(out, SV(""));
  }
  return give_text(out, c->expr->function == FN_SUBSTRING_BEFORE ? sv_slice(text, 0, at)
                                                                 : sv_slice(text, at + part.len, text.len));
}

/* XPath 1.0 4.4: to the nearest integer, halves towards positive infinity; from -0.5 to zero it is negative zero. */
static double rounded(double number) {
  double below = floor(number);
  return number - below >= 0.5 ? copysign(below + 1, number) : below;
}

/* XPath 1.0 4.2: substring(): the characters at the positions p, from 1, with round(from) <= p < round(from) + round(length). */
static bool call_substring(const struct call *c, struct xvalue *out) {
  sv text = {0};
  double from = 0, length = 0;
  if (!text_argument(c, 0, &text) || !xvalue_number(c->ev, &c->arguments[1], &from) ||
      (c->count > 2 && !xvalue_number(c->ev, &c->arguments[2], &length))) {
    return false;
  }
  double first = rounded(from);
  double end = c->count > 2 ? first + rounded(length) : (double)INFINITY;
  size_t start = text.len, stop = text.len;
  size_t position = 0;
  uint32_t ignored = 0;
  for (size_t at = 0, size = 0; at < text.len; at += size) {
    size = utf8_decode(sv_slice(text, at, text.len), &ignored);
    position++;
    bool inside = (double)position >= first && (double)position < end;
    start = inside && start == text.len ? at : start;
    if (!inside && start < text.len) {
      stop = at;
      break;
    }
  }
  return give_text(out, sv_slice(text, start, stop)) && xevaluation_spend(c->ev, text.len / 4);
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool call_normalize_space(const struct call *c, struct xvalue *out) {
  struct xvalue value = argument_or_focus(c);
  sv text = {0};
  if (!xvalue_text(c->ev, &value, &text) || !xevaluation_spend(c->ev, text.len / 4)) {
    return false;
  }
  text = sv_trim(text);
  struct sb made = sb_new(c->ev->arena, LIMIT_XML_BYTES);
  for (size_t at = 0; at < text.len;) {
    size_t start = at;
    while (at < text.len && !is_blank(text.ptr[at])) {
      at++;
    }
    sb_put(&made, sv_slice(text, start, at));
    sb_put(&made, at < text.len ? SV(" ") : SV(""));
    while (at < text.len && is_blank(text.ptr[at])) {
      at++;
    }
  }
  return finish_text(c, &made, out);
}

/* The place of a character among those of `set`; false when it is not there. */
static bool find_character(sv set, sv character, size_t *place) {
  uint32_t ignored = 0;
  *place = 0;
  for (size_t at = 0; at < set.len; (*place)++) {
    if (sv_starts(sv_slice(set, at, set.len), character)) {
      return true;
    }
    at += utf8_decode(sv_slice(set, at, set.len), &ignored);
  }
  return false;
}

static sv character_at(sv set, size_t place) {
  uint32_t ignored = 0;
  size_t at = 0;
  while (place-- && at < set.len) {
    at += utf8_decode(sv_slice(set, at, set.len), &ignored);
  }
  sv rest = sv_slice(set, at, set.len);
  return sv_slice(rest, 0, rest.len ? utf8_decode(rest, &ignored) : 0);
}

/* XPath 1.0 4.2: a character without one at its place in the third argument is taken out. */
static bool call_translate(const struct call *c, struct xvalue *out) {
  sv text = {0}, from = {0}, to = {0};
  if (!text_argument(c, 0, &text) || !text_argument(c, 1, &from) || !text_argument(c, 2, &to) ||
      !xevaluation_spend(c->ev, text.len * (2 + from.len / 2))) {
    return false;
  }
  struct sb made = sb_new(c->ev->arena, LIMIT_XML_BYTES);
  uint32_t ignored = 0;
  for (size_t at = 0; at < text.len;) {
    sv rest = sv_slice(text, at, text.len);
    sv character = sv_slice(rest, 0, utf8_decode(rest, &ignored));
    size_t place = 0;
    bool found = find_character(from, character, &place);
    sb_put(&made, found ? character_at(to, place) : character);
    at += character.len;
  }
  return finish_text(c, &made, out);
}

static bool call_string(const struct call *c, struct xvalue *out) {
  struct xvalue value = argument_or_focus(c);
  out->type = XPATH_STRING;
  sv text = {0};
  return xvalue_text(c->ev, &value, &text) && give_text(out, text);
}

static bool call_string_length(const struct call *c, struct xvalue *out) {
  struct xvalue value = argument_or_focus(c);
  sv text = {0};
  return xvalue_text(c->ev, &value, &text) && xevaluation_spend(c->ev, text.len / 4) &&
         give_number(out, (double)utf8_count(text));
}

/* ---- numbers (XPath 1.0 4.4) ---- */

static bool call_number(const struct call *c, struct xvalue *out) {
  struct xvalue value = argument_or_focus(c);
  double number = 0;
  if (!xvalue_number(c->ev, &value, &number)) {
    return false;
  }
  enum xpath_function function = c->expr->function;
  return give_number(out, function == FN_FLOOR     ? floor(number)
                          : function == FN_CEILING ? ceil(number)
                          : function == FN_ROUND   ? rounded(number)
                                                   : number);
}

static bool dispatch(const struct call *c, struct xvalue *out) {
  const struct xml_node *node = NULL;
  switch (c->expr->function) {
  case FN_BOOLEAN:
    return give_boolean(out, xvalue_boolean(&c->arguments[0]));
  case FN_CEILING:
  case FN_FLOOR:
  case FN_NUMBER:
  case FN_ROUND:
    return call_number(c, out);
  case FN_CONCAT:
    return call_concat(c, out);
  case FN_CONTAINS:
  case FN_STARTS_WITH:
  case FN_SUBSTRING_AFTER:
  case FN_SUBSTRING_BEFORE:
    return call_search(c, out);
  case FN_COUNT:
    return give_number(out, (double)c->arguments[0].count);
  case FN_FALSE:
  case FN_TRUE:
    return give_boolean(out, c->expr->function == FN_TRUE);
  case FN_LANG:
    return call_lang(c, out);
  case FN_LAST:
    return give_number(out, (double)c->focus.size);
  case FN_LOCAL_NAME:
    node = named_node(c);
    return give_text(out, has_name(node) ? node->name : SV(""));
  case FN_NAME:
    return call_name(c, out);
  case FN_NAMESPACE_URI:
    node = named_node(c);
    return give_text(out, has_name(node) ? node->uri : SV(""));
  case FN_NORMALIZE_SPACE:
    return call_normalize_space(c, out);
  case FN_NOT:
    return give_boolean(out, !xvalue_boolean(&c->arguments[0]));
  case FN_POSITION:
    return give_number(out, (double)c->focus.position);
  case FN_STRING:
    return call_string(c, out);
  case FN_STRING_LENGTH:
    return call_string_length(c, out);
  case FN_SUBSTRING:
    return call_substring(c, out);
  case FN_SUM:
    return call_sum(c, out);
  case FN_TRANSLATE:
    return call_translate(c, out);
  }
  return err_set(c->ev->e, ERR_INTERNAL, "an XPath function is unknown");
}

bool xpath_call(struct xevaluation *ev, const struct expr *expr, struct focus focus, struct xvalue *out) {
  struct call call = {.ev = ev, .expr = expr, .focus = focus};
  size_t mark = ev->node_count;
  bool reads_arguments = expr->function != FN_CONCAT;
  for (const struct expr *argument = expr->first; reads_arguments && argument; argument = argument->next) {
    if (!xpath_evaluate(ev, argument, focus, &call.arguments[call.count++])) {
      return false;
    }
  }
  bool ok = xevaluation_spend(ev, 1) && dispatch(&call, out);
  ev->node_count = mark;
  return ok;
}
