/* JSONPath: RFC 9535, the draft that came before it, and the comparison form that Arazzo 1.0.x documents use as conditions.
 *
 * Runtime expressions are embedded in braces (Arazzo 1.1.0, "Runtime Expressions in Conditions"), in every dialect:
 * - in a quoted string, alone or among text, as text that can't leave its quotes: $[?@.id == "{$inputs.id}"], $['{$inputs.n}'];
 * - bare, as a value with its type: $[?@.size > {$inputs.size}], or as an index or name: $.items[{$inputs.index}]. In the
 *   dialects of 1.1 documents bare text that is a number, true, false or null is that value, as the specification has it by
 *   its substitution.
 * One without a value makes what it decides unknown, as a selector the whole.
 *
 * draft-goessner-dispatch-jsonpath-00 leaves most to an "underlying scripting language". No code is run here; what the draft
 * shows and says of that language is supported, in jsonpath_goessner.c.
 *
 * The comparison form is RFC 9535's logical expression (2.3.5.1) with `$` for the subject, and besides:
 * - QUERY.length: behind a singular query the length of a string or array, or the object's member of that name; behind a
 *   filter, slice or wildcard the number of nodes selected. As a test by itself it is the member, as RFC 9535 has it.
 * - QUERY contains VALUE: a singular query's string has the text in it, its array has an equal element; any other query
 *   selects an equal node. QUERY empty true|false: nothing selected, or a singular query's null, "", [] or {}.
 * - $inputs.x without braces, as an operand and in quotes. As an operand it may be absent, which is Nothing; Nothing is equal
 *   to null, since authors write `$.next != null` for "there is a next one".
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
  bool is_unknown; /* a runtime expression had no value: there may be others */
};

enum jsonpath_dialect {
  JSONPATH_RFC9535,           /* queries only */
  JSONPATH_CONDITION,         /* RFC 9535 queries, and else the comparison form of 1.0.x documents */
  JSONPATH_GOESSNER,          /* queries of draft-goessner-dispatch-jsonpath-00 */
  JSONPATH_GOESSNER_CONDITION /* these, and else the comparison form of 1.0.x documents */
};

/* Compiles a query or a condition. `text` must live as long as the arena. ERR_SYNTAX with the offset in the text as column
 * (1-based), what is expected there and, where a comparison form is refused (queries only), the query to write
 * instead, e.g. $[?$.status == "FAILED"]; ERR_LIMIT. A well-typed check (RFC 9535 2.4.3) is part of it. */
bool jsonpath_compile(struct arena *arena, sv text, enum jsonpath_dialect dialect, const struct jsonpath **out,
                      struct err *e);

/* True when it is more than a query: a comparison form, or a query with a runtime expression in it. */
bool jsonpath_is_comparison(const struct jsonpath *path);

/* The nodes that a query (not a comparison form: ERR_INVALID) selects; `scope`, which may be NULL, has the values of its runtime
 * expressions. ERR_LIMIT for LIMIT_JSONPATH_NODES and LIMIT_JSONPATH_STEPS, ERR_MEMORY. */
bool jsonpath_select(const struct jsonpath *path, const json *argument, const struct scope *scope, struct arena *arena,
                     struct node_list *out, struct err *e);

/* The same for a query without runtime expressions; ERR_INVALID for one that has some. */
bool jsonpath_query(const struct jsonpath *path, const json *argument, struct arena *arena, struct node_list *out,
                    struct err *e);

/* Evaluates as a condition on `subject`: a query holds when it selects a node (a filter at the root of an object is, when
 * it selects nothing, also tried with the object itself as its subject); a comparison form is evaluated with `$` as the
 * subject and runtime expressions ({$inputs.x}, $steps.s.outputs.o) from the scope. VERDICT_UNKNOWN when an operand can't
 * be known (malformed response, no subject, no scope), and with an error. ERR_LIMIT, ERR_MEMORY. */
bool jsonpath_eval(const struct jsonpath *path, const json *subject, const struct scope *scope, struct arena *arena,
                   enum verdict *out, struct err *e);

/* Calls `visit` for each runtime expression in it, until it returns false; returns what it returned. */
bool jsonpath_each(const struct jsonpath *path, bool (*visit)(void *context, const struct expression *expression),
                   void *context);

#endif
