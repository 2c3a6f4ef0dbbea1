/* Evaluation of XPath: its state and the parts that call each other. Internal to xpath_*.c.
 *
 * Every function that can fail returns false if and only if the evaluation's error is set. */
#ifndef ARAZZO_XPATH_EVALUATE_H
#define ARAZZO_XPATH_EVALUATE_H

#include "errinfo.h"
#include "xml.h"
#include "xpath_tree.h"

/* One of the four types. A node-set is nodes[base] and what follows on the evaluation's stack, in document order. */
struct xvalue {
  enum xpath_type type;
  bool boolean;
  double number;
  sv text;
  size_t base;
  size_t count;
};

/* XPath 1.0 1: the context. */
struct focus {
  uint32_t node;
  size_t position;
  size_t size;
};

struct xevaluation {
  const struct xpath *path;
  const struct xml_document *document;
  const struct xvalue *externals;
  sv *uris; /* of the expression's prefixes; without a pointer: not declared */
  sv default_uri;
  struct arena *arena;
  uint32_t *nodes; /* a stack: each expression in progress owns the part above what its caller left */
  size_t node_count;
  size_t node_capacity;
  uint64_t *seen; /* a bit for each node of the document; zero between uses */
  uint64_t steps; /* that are left of LIMIT_XPATH_STEPS */
  struct err *e;
};

/* xpath_external.c: reads the runtime expressions; `*known` is false when one has no value. */
bool xpath_read_externals(const struct xpath *path, const struct scope *scope, struct arena *arena,
                          const struct xvalue **out, bool *known, struct err *e);

/* xpath_evaluate.c: expressions */
bool xpath_evaluate(struct xevaluation *ev, const struct expr *expr, struct focus focus, struct xvalue *out);

/* Takes work off what is left; ERR_LIMIT. */
bool xevaluation_spend(struct xevaluation *ev, uint64_t steps);

/* XPath 1.0 4.2-4.4: boolean(), number(), string(). */
bool xvalue_boolean(const struct xvalue *value);
bool xvalue_number(struct xevaluation *ev, const struct xvalue *value, double *out);
bool xvalue_text(struct xevaluation *ev, const struct xvalue *value, sv *out);

/* xpath_compare.c: comparisons */
bool xvalue_compare(struct xevaluation *ev, enum xpath_operator operator, const struct xvalue * left,
                    const struct xvalue *right, bool *out);

/* xpath_steps.c: location steps and node-sets */
bool xpath_path_nodes(struct xevaluation *ev, const struct expr *path, struct focus focus, struct xvalue *out);

/* Puts the nodes from `base` up in document order, each once. */
bool nodes_arrange(struct xevaluation *ev, size_t base);

/* xpath_call.c: the function library */
bool xpath_call(struct xevaluation *ev, const struct expr *call, struct focus focus, struct xvalue *out);

#endif
