/* Simple conditions (Arazzo 1.1.0, Criterion Object: literals, operators, grouping, de-references). */
#ifndef ARAZZO_CONDITION_H
#define ARAZZO_CONDITION_H

#include <stdbool.h>

#include "expression.h"

struct condition;

/* What a condition says of a response. UNKNOWN is never false: the caller stops or retries. */
enum verdict { VERDICT_FAILS, VERDICT_HOLDS, VERDICT_UNKNOWN };

/* Compiles a simple condition. `text` must live as long as the arena. ERR_SYNTAX with the offset in the text as column
 * (1-based) and what is expected there; ERR_LIMIT for LIMIT_EXPRESSION_BYTES and LIMIT_EXPRESSION_DEPTH. */
bool condition_compile(struct arena *arena, sv text, const struct condition **out, struct err *e);

/* Evaluates it. VERDICT_UNKNOWN when it reads the body of a malformed response and the rest does not decide. */
enum verdict condition_eval(const struct condition *condition, const struct scope *scope);

/* Calls `visit` for each expression, until it returns false; returns what it returned. */
bool condition_each(const struct condition *condition,
                    bool (*visit)(void *context, const struct expression *expression), void *context);

#endif
