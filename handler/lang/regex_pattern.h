/* The pattern of a `type: regex` condition: PCRE, with runtime expressions in braces (Arazzo 1.1.0, "Runtime Expressions in
 * Conditions"). */
#ifndef ARAZZO_REGEX_PATTERN_H
#define ARAZZO_REGEX_PATTERN_H

#include <stdbool.h>

#include "condition.h"
#include "expression.h"

struct regex_pattern;

/* Compiles a pattern; `text` must live as long as the arena. What stands around the expressions is checked. ERR_SYNTAX with the
 * offset in the text as column (1-based); ERR_LIMIT as regex_compile. */
bool regex_pattern_compile(struct arena *arena, sv text, const struct regex_pattern **out, struct err *e);

/* Whether the pattern, with its expressions' values put in, is found in `subject`. VERDICT_UNKNOWN when an expression has no
 * value, or the pattern that it becomes is none: then `why`, which may be NULL, says so, without the values. ERR_LIMIT for
 * LIMIT_EXPRESSION_BYTES of the whole pattern and as regex_match; ERR_MEMORY. */
bool regex_pattern_match(const struct regex_pattern *pattern, sv subject, const struct scope *scope,
                         struct arena *arena, enum verdict *out, struct err *why, struct err *e);

/* Calls `visit` for each expression, until it returns false; returns what it returned. */
bool regex_pattern_each(const struct regex_pattern *pattern,
                        bool (*visit)(void *context, const struct expression *expression), void *context);

#endif
