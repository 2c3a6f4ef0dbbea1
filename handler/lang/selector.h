/* Selector Objects (Arazzo 1.1.0): a value that is picked out of structured data by a JSON Pointer, a JSONPath or an XPath. */
#ifndef ARAZZO_SELECTOR_H
#define ARAZZO_SELECTOR_H

#include <stdbool.h>

#include "expression.h"

struct selector_object;

/* True when the value is a Selector Object, right or wrong in its parts: an object with `context`, which is a runtime expression,
 * `selector`, which is text, `type`, which names a language, and nothing else but extensions. Anything else is plain data. */
bool selector_is(const json *value);

/* Compiles what selector_is is true of. `value` must live as long as the arena. ERR_SYNTAX with the offset in the text as column
 * (1-based), ERR_INVALID, ERR_UNSUPPORTED, ERR_LIMIT, ERR_MEMORY; then `*culprit` is the node that is wrong. */
bool selector_compile(struct arena *arena, const json *value, const struct selector_object **out, const json **culprit,
                      struct err *e);

/* Evaluates to a new value in the arena: the only node's, or an array of several. `*value` is NULL when the context has no value
 * or nothing is selected; then `*missing` is an expression whose text says what is missing. ERR_LIMIT, ERR_MEMORY. */
bool selector_eval(const struct selector_object *selector, const struct scope *scope, struct arena *arena, json **value,
                   const struct expression **missing, struct err *e);

/* Calls `visit` for the context and each expression in the selector, until it returns false; returns what it returned. */
bool selector_each(const struct selector_object *selector,
                   bool (*visit)(void *context, const struct expression *expression), void *context);

#endif
