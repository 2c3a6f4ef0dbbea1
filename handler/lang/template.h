/* A JSON value of a document whose strings may be or hold runtime expressions: payloads, parameter values, outputs. */
#ifndef ARAZZO_TEMPLATE_H
#define ARAZZO_TEMPLATE_H

#include <stdbool.h>

#include "expression.h"

struct template;

/* How strings are read. */
struct template_rules {
  bool bare_expressions; /* 1.0.x documents: "Bearer $inputs.token" holds an expression without braces */
  bool selectors;        /* 1.1 documents: Selector Objects take the value that they select */
  bool form_text;        /* the text is form data: values behind '=' are encoded */
};

/* Compiles a value: a string that is one expression takes that value with its type; "{$…}" inside text is replaced by its
 * text; objects and arrays are compiled member by member. `value` must live as long as the arena. On error, `*culprit` is
 * the node at which it happened. */
bool template_compile(struct arena *arena, const json *value, struct template_rules rules, const struct template **out,
                      const json **culprit, struct err *e);

/* Compiles JSON text with expressions in it, a string node, to what the object of the same text gives; so no value can break
 * out of its place. An expression outside of quotes keeps its type; in quotes it is text, but alone in them an object or array
 * stays what it is. The whole may be one expression. ERR_SYNTAX with line and column in the text when it is neither. */
bool template_compile_json(struct arena *arena, const json *text, struct template_rules rules,
                           const struct template **out, struct err *e);

/* Evaluates to a new value in the arena. `*value` is NULL when the whole is unresolved (ABSENT, MALFORMED); inside objects
 * and arrays an unresolved member is left out and the rest stands. `*missing` (may be NULL) is set to the first unresolved
 * expression, or NULL; of a selector that selects nothing, to one whose text tells the selector, too.
 * False only with ERR_MEMORY or ERR_LIMIT. */
bool template_eval(const struct template *template, const struct scope *scope, struct arena *arena, json **value,
                   const struct expression **missing, struct err *e);

/* Calls `visit` for each expression in the template, in document order, until it returns false; returns what it returned. */
bool template_each(const struct template *template, bool (*visit)(void *context, const struct expression *expression),
                   void *context);

#endif
