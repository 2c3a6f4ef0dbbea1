/* JSONPath: RFC 9535, and the comparison form that Arazzo 1.0.x documents use as conditions.
 *
 * The comparison form is RFC 9535's logical expression (2.3.5.1) with `$` for the subject, and besides:
 * - QUERY.length: behind a singular query the length of a string or array, or the object's member of that name; behind a
 *   filter, slice or wildcard the number of nodes selected. As a test by itself it is the member, as RFC 9535 has it.
 * - QUERY contains VALUE: a singular query's string has the text in it, its array has an equal element; any other query
 *   selects an equal node. QUERY empty true|false: nothing selected, or a singular query's null, "", [] or {}.
 * - $inputs.x and {$inputs.x} as operands; in quotes, too, where numbers and booleans become text. Absent is Nothing,
 *   and equal to null, since authors write `$.next != null` for "there is a next one".
 * Only singular queries are compared: `$.list[*].a == 1` is refused, with the filter to write instead. */
#ifndef ARAZZO_JSONPATH_H
#define ARAZZO_JSONPATH_H

#include <stdbool.h>

#include "condition.h"
#include "expression.h"

struct jsonpath;

/* Nodes selected by a query, in RFC 9535's order; they point into the argument. */
struct node_list {
  const json **nodes;
  size_t count;
};

enum jsonpath_dialect {
  JSONPATH_RFC9535,  /* queries only */
  JSONPATH_CONDITION /* RFC 9535 queries, and else the comparison form of 1.0.x documents */
};

/* Compiles a query or a condition. `text` must live as long as the arena. ERR_SYNTAX with the offset in the text as column
 * (1-based), what is expected there and, where a comparison form is refused (JSONPATH_RFC9535), the RFC 9535 form to write
 * instead, e.g. $[?$.status == "FAILED"]; ERR_LIMIT. A well-typed check (RFC 9535 2.4.3) is part of it. */
bool jsonpath_compile(struct arena *arena, sv text, enum jsonpath_dialect dialect, const struct jsonpath **out,
                      struct err *e);

/* True when it is more than a query: a comparison form, or a query with a runtime expression in it. */
bool jsonpath_is_comparison(const struct jsonpath *path);

/* The nodes that a query (not a comparison form: ERR_INVALID) selects. ERR_LIMIT for LIMIT_JSONPATH_NODES and
 * LIMIT_JSONPATH_STEPS, ERR_MEMORY. */
bool jsonpath_query(const struct jsonpath *path, const json *argument, struct arena *arena, struct node_list *out,
                    struct err *e);

/* Evaluates as a condition on `subject`: a query holds when it selects a node (a filter at the root of an object is, when
 * it selects nothing, also tried with the object itself as its subject); a comparison form is evaluated with `$` as the
 * subject and runtime expressions ({$inputs.x}, $steps.s.outputs.o) from the scope. VERDICT_UNKNOWN when an operand can't
 * be known (malformed response, no subject, no scope), and with an error. ERR_LIMIT, ERR_MEMORY. */
bool jsonpath_eval(const struct jsonpath *path, const json *subject, const struct scope *scope, struct arena *arena,
                   enum verdict *out, struct err *e);

/* Calls `visit` for each runtime expression in a comparison form, until it returns false; returns what it returned. */
bool jsonpath_each(const struct jsonpath *path, bool (*visit)(void *context, const struct expression *expression),
                   void *context);

#endif
