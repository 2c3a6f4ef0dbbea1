/* Parser of what a path can start from (XPath 1.0 3.1-3.3): literals, numbers, function calls, parentheses, and runtime
 * expressions, which take the place of XPath's variables: a value is never part of the expression's text, so that it can't
 * change what the expression means. */
#include "xpath_parse.h"

#include <stdlib.h>

#include "condition.h"
#include "limits.h"
#include "nearest.h"
#include "syntax_error.h"
#include "template.h"
#include "xpath_value.h"

static bool to_external(struct xpath_parser *p, struct expr *expr, const struct expression *expression,
                        const struct template *template) {
  struct xpath_external *external = xpath_new(p, sizeof *external);
  if (!external) {
    return false;
  }
  *external = (struct xpath_external){.expression = expression, .template = template};
  *(p->last_external ? &p->last_external->next : &p->path->externals) = external;
  p->last_external = external;
  expr->kind = EXPR_EXTERNAL;
  expr->type = template ? XPATH_STRING : XPATH_ANY;
  expr->external = p->path->external_count++;
  return true;
}

/* Arazzo 1.1.0, Runtime Expressions: embedded in a string in braces. */
static bool bare_expression(struct xpath_parser *p, struct expr *expr) {
  const struct expression *expression = NULL;
  size_t start = ++p->at;
  sv rest = sv_slice(p->text, start, p->text.len);
  size_t length = sv_find(rest, '}');
  if (length == rest.len) {
    return xpath_wrong(p, start - 1, "the runtime expression that begins here has no closing brace");
  }
  if (!expression_compile(p->arena, sv_slice(rest, 0, length), &expression, p->e)) {
    return syntax_error_shift(p->e, p->text, start);
  }
  p->at = start + length + 1;
  return to_external(p, expr, expression, NULL);
}

static bool quoted_expressions(struct xpath_parser *p, struct expr *expr) {
  const struct template *template = NULL;
  const json *culprit = NULL;
  json *text = json_new_string(p->arena, expr->text);
  if (!text) {
    return err_memory(p->e);
  }
  /* In quotes the author asked for text, and text is what braces give. */
  struct template_rules rules = {.bare_expressions = false};
  return template_compile(p->arena, text, rules, &template, &culprit, p->e)
             ? to_external(p, expr, NULL, template)
             : syntax_error_shift(p->e, p->text, expr->start + 1);
}

static bool literal(struct xpath_parser *p, struct expr *expr) {
  expr->kind = EXPR_LITERAL;
  expr->type = XPATH_STRING;
  if (!xpath_quoted(p, &expr->text)) {
    return false;
  }
  return !sv_contains(expr->text, SV("{$")) || quoted_expressions(p, expr);
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* XPath 1.0 3.7: Number. */
static bool number(struct xpath_parser *p, struct expr *expr) {
  size_t start = p->at;
  while (is_digit(xpath_peek(p, 0))) {
    p->at++;
  }
  if (xpath_take(p, ".")) {
    while (is_digit(xpath_peek(p, 0))) {
      p->at++;
    }
  }
  expr->kind = EXPR_NUMBER;
  expr->type = XPATH_NUMBER;
  expr->text = sv_slice(p->text, start, p->at);
  char c = xpath_peek(p, 0);
  if (c == 'e' || c == 'E') {
    return xpath_later(p, p->at, "a number with an exponent", "2.0", "write its digits, 1000 for 1e3");
  }
  return xpath_to_number(p->arena, expr->text, &expr->number) || err_memory(p->e);
}

static bool variable(struct xpath_parser *p) {
  sv rest = sv_slice(p->text, p->at, p->text.len);
  size_t length = expression_length(rest);
  if (length) {
    return xpath_wrong(p, p->at, "a runtime expression stands in braces here: {%.*s}",
                       SV_ARG(sv_slice(rest, 0, length)));
  }
  sv name = sv_slice(rest, 0, 1 + xpath_name_length(p, p->at + 1));
  return xpath_wrong(p, p->at,
                     "there is no variable %.*s; values come from runtime expressions, such as {$inputs.name}",
                     SV_ARG(name));
}

static bool unknown_function(struct xpath_parser *p, size_t at, sv name) {
  sv names[XPATH_FUNCTIONS_COUNT];
  for (size_t i = 0; i < XPATH_FUNCTIONS_COUNT; i++) {
    names[i] = xpath_functions[i].name;
  }
  sv meant = nearest_word(name, names, XPATH_FUNCTIONS_COUNT);
  return xpath_wrong(p, at, "there is no function %.*s()%s%.*s%s", SV_ARG(name), meant.len ? "; did you mean " : "",
                     SV_ARG(meant), meant.len ? "()?" : "");
}

static bool wrong_count(struct xpath_parser *p, const struct expr *call, const struct xpath_signature *function,
                        unsigned count) {
  const char *more = function->maximum == XPATH_MANY_ARGUMENTS ? " or more" : "";
  if (function->minimum == function->maximum || *more) {
    return xpath_wrong(p, call->start, "%.*s() takes %u%s argument%s, not %u", SV_ARG(function->name),
                       function->minimum, more, function->minimum == 1 ? "" : "s", count);
  }
  return xpath_wrong(p, call->start, "%.*s() takes %u to %u arguments, not %u", SV_ARG(function->name),
                     function->minimum, function->maximum, count);
}

/* The arguments, behind the parenthesis, and the closing one. */
static bool arguments(struct xpath_parser *p, struct expr *call, const struct xpath_signature *function) {
  unsigned count = 0;
  struct expr **end = &call->first;
  if (!xpath_blanks(p)) {
    return false;
  }
  while (xpath_peek(p, 0) != ')') {
    if ((count && !xpath_take(p, ",")) || count == XPATH_MANY_ARGUMENTS) {
      return xpath_expected(p, "an operator, ',' or ')'");
    }
    if (!xpath_parse(p, end)) {
      return false;
    }
    if (function->takes_nodes && (*end)->type != XPATH_NODES) {
      return xpath_wrong(p, (*end)->start, "%.*s() takes a path", SV_ARG(function->name));
    }
    end = &(*end)->next;
    count++;
  }
  p->at++;
  return (count >= function->minimum && count <= function->maximum) || wrong_count(p, call, function, count);
}

/* XPath 1.0 3.2: FunctionCall. */
static bool function_call(struct xpath_parser *p, struct expr *call) {
  size_t at = p->at;
  sv rest = sv_slice(p->text, at, p->text.len);
  sv name = sv_trim(sv_slice(rest, 0, sv_find(rest, '(')));
  if (!xpath_later_call(p, at, name)) {
    return false;
  }
  for (size_t i = 0; i < XPATH_FUNCTIONS_COUNT; i++) {
    if (sv_eq(xpath_functions[i].name, name)) {
      call->kind = EXPR_CALL;
      call->type = xpath_functions[i].result;
      call->function = (enum xpath_function)i;
      p->at += sv_find(rest, '(') + 1;
      return arguments(p, call, &xpath_functions[i]);
    }
  }
  return unknown_function(p, at, name);
}

static bool parenthesis(struct xpath_parser *p, struct expr **out) {
  size_t start = p->at++;
  if (!xpath_blanks(p)) {
    return false;
  }
  if (xpath_peek(p, 0) == ')') {
    return xpath_later(p, start, "the empty sequence ()", "2.0", "write not(x) to ask whether x is empty");
  }
  if (!xpath_parse(p, out)) {
    return false;
  }
  if (xpath_peek(p, 0) == ',') {
    return xpath_later(p, p->at, "a sequence (a, b)", "2.0",
                       "join paths with '|': (a | b), and comparisons with 'or': x = 1 or x = 2");
  }
  return xpath_take(p, ")") || xpath_expected(p, "an operator, or ')'");
}

bool xpath_primary(struct xpath_parser *p, struct expr **out) {
  char c = xpath_peek(p, 0);
  if (c == '(') {
    return parenthesis(p, out);
  }
  struct expr *expr = xpath_new(p, sizeof *expr);
  if (!expr) {
    return false;
  }
  *expr = (struct expr){.start = p->at};
  *out = expr;
  if (c == '\'' || c == '"') {
    return literal(p, expr);
  }
  if (is_digit(c) || c == '.') {
    return number(p, expr);
  }
  if (c == '{') {
    return bare_expression(p, expr);
  }
  return c == '$' ? variable(p) : function_call(p, expr);
}
