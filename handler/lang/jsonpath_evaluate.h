/* Evaluation of JSONPath: its state and the parts that call each other. Internal to jsonpath_*.c.
 *
 * Every function returns false if and only if the evaluation's error is set. */
#ifndef ARAZZO_JSONPATH_EVALUATE_H
#define ARAZZO_JSONPATH_EVALUATE_H

#include "condition.h"
#include "jsonpath_tree.h"

struct arena;
struct err;
struct regex_matcher;

/* The last pattern that came from data, which most often is the same for every node. */
struct pattern_cache {
  sv pattern;
  enum function function;
  const struct regex *regex; /* NULL: not an I-Regexp */
  bool is_filled;
};

struct evaluation {
  const json *root;
  struct arena *arena;
  const struct value *externals;
  /* A stack of nodes: each query in progress owns the part above what its caller left. */
  const json **nodes;
  size_t node_count;
  size_t node_capacity;
  size_t visits;          /* of LIMIT_JSONPATH_NODES */
  uint64_t steps;         /* that are left of LIMIT_JSONPATH_STEPS */
  bool is_uncertain;      /* a filter of the query in progress could not be decided for some node */
  bool absent_is_unknown; /* what is absent, or of another shape, can't be compared (struct scope) */
  bool absent_is_null;    /* comparison form: `$.next == null` also holds when there is no such member */
  struct regex_matcher *matcher;
  struct pattern_cache cache;
  struct err *e;
};

/* What a query selected: nodes[base] and what follows, until evaluation_pop. */
struct selection {
  size_t base;
  size_t count;
  bool is_uncertain; /* it may select more nodes */
};

/* jsonpath_evaluate.c: queries */

/* Takes work off what is left; ERR_LIMIT. */
bool evaluation_spend(struct evaluation *ev, uint64_t steps);

/* Counts a node that is looked at; ERR_LIMIT. */
bool evaluation_visit(struct evaluation *ev);

bool evaluation_push(struct evaluation *ev, const json *node);
void evaluation_pop(struct evaluation *ev, const struct selection *selection);

/* Selects from `start` through `segments`, which may be NULL. */
bool evaluate_segments(struct evaluation *ev, const struct segment *segments, const json *start, struct selection *out);
bool evaluate_query(struct evaluation *ev, const struct query *query, const json *current, struct selection *out);

/* The node that a singular query selects, or NULL. */
bool evaluate_singular(struct evaluation *ev, const struct query *query, const json *current, const json **out);

/* The member of an object; NULL when there is none. */
bool evaluate_member(struct evaluation *ev, const json *object, sv name, const json **out);

/* jsonpath_verdict.c: logical expressions */
bool evaluate_logical(struct evaluation *ev, const struct logical *logical, const json *current, enum verdict *out);
bool evaluate_existence(struct evaluation *ev, const struct query *query, const json *current, enum verdict *out);

/* jsonpath_external.c: reads the runtime expressions; `scope` may be NULL: then they are unknown. `*usable` is false when a
 * selector has no name or index by it, so that nothing at all can be said. */
bool evaluation_read_externals(struct evaluation *ev, const struct jsonpath *path, const struct scope *scope,
                               bool *usable);

/* The node that a selector selects whose name or index is a runtime expression's value; NULL when there is none. */
bool evaluate_external_selector(struct evaluation *ev, const struct selector *selector, const json *node,
                                const json **out);

/* jsonpath_evaluate.c: the element of an array; NULL when there is none. */
bool evaluate_element(struct evaluation *ev, const json *array, int64_t index, const json **out);

/* jsonpath_functions.c: operands */
bool evaluate_operand(struct evaluation *ev, const struct operand *operand, const json *current, struct value *out);
bool evaluate_function_test(struct evaluation *ev, const struct operand *call, const json *current, enum verdict *out);

/* True when the value is a string; its text then. */
bool value_text(const struct value *value, sv *out);

/* jsonpath_compare.c: comparisons */
bool values_compare(struct evaluation *ev, enum comparison comparison, const struct value *left,
                    const struct value *right, enum verdict *out);

#endif
