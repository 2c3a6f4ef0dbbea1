/* Evaluation of XPath expressions (XPath 1.0 3, and the conversions of 4.2-4.4) over the document's array of nodes.
 *
 * Work is counted: a step for each node looked at, pair of values compared and 16 bytes of text read, so that expressions
 * that multiply (//a[//b = //c]) end at LIMIT_XPATH_STEPS, in a second or two. Types are right since the parser checked
 * them. Recursion follows the expression's nesting only. */
#include "xpath_evaluate.h"

#include <math.h>

#include "limits.h"
#include "xpath_value.h"

#define BYTES_PER_STEP 16u

bool xevaluation_spend(struct xevaluation *ev, uint64_t steps) {
  if (steps > ev->steps) {
    ev->steps = 0;
    return err_set(ev->e, ERR_LIMIT,
                   "the XPath expression needs more than %d steps on this document (LIMIT_XPATH_STEPS); paths with "
                   "'//' or 'preceding' inside of predicates are the usual cause",
                   LIMIT_XPATH_STEPS);
  }
  ev->steps -= steps;
  return true;
}

bool xvalue_boolean(const struct xvalue *value) {
  switch (value->type) {
  case XPATH_NODES:
    return value->count > 0;
  case XPATH_BOOLEAN:
    return value->boolean;
  case XPATH_NUMBER:
    return !isnan(value->number) && fpclassify(value->number) != FP_ZERO;
  case XPATH_STRING:
    return value->text.len > 0;
  case XPATH_ANY:
    break;
  }
  return false;
}

bool xvalue_text(struct xevaluation *ev, const struct xvalue *value, sv *out) {
  *out = SV("");
  switch (value->type) {
  case XPATH_NODES:
    /* XPath 1.0 4.2: of the node that is first in document order. */
    *out = value->count ? ev->document->nodes[ev->nodes[value->base]].value : SV("");
    break;
  case XPATH_BOOLEAN:
    *out = value->boolean ? SV("true") : SV("false");
    break;
  case XPATH_NUMBER:
    if (!xpath_number_text(ev->arena, value->number, out)) {
      return err_memory(ev->e);
    }
    break;
  case XPATH_STRING:
    *out = value->text;
    break;
  case XPATH_ANY:
    break;
  }
  return xevaluation_spend(ev, 1);
}

bool xvalue_number(struct xevaluation *ev, const struct xvalue *value, double *out) {
  sv text = {0};
  if (value->type == XPATH_NUMBER || value->type == XPATH_BOOLEAN) {
    *out = value->type == XPATH_NUMBER ? value->number : value->boolean ? 1 : 0;
    return true;
  }
  if (!xvalue_text(ev, value, &text) || !xevaluation_spend(ev, 1 + text.len / BYTES_PER_STEP)) {
    return false;
  }
  return xpath_to_number(ev->arena, text, out) || err_memory(ev->e);
}

/* XPath 1.0 3.5: numeric operators, and div and mod, which truncates. */
static double calculate(enum xpath_operator operator, double a, double b) {
  switch (operator) {
  case OP_ADD:
    return a + b;
  case OP_SUB:
    return a - b;
  case OP_MUL:
    return a * b;
  case OP_DIV:
    return a / b;
  case OP_MOD:
    return fmod(a, b);
  case OP_EQ:
  case OP_NE:
  case OP_LT:
  case OP_LE:
  case OP_GT:
  case OP_GE:
    break;
  }
  return (double)NAN;
}

static bool apply(struct xevaluation *ev, enum xpath_operator operator, struct xvalue * left,
                  const struct xvalue *right) {
  if (operator<OP_ADD) {
    bool result = false;
    bool ok = xvalue_compare(ev, operator, left, right, &result);
    *left = (struct xvalue){.type = XPATH_BOOLEAN, .boolean = result};
    return ok;
  }
  double a = 0, b = 0;
  if (!xvalue_number(ev, left, &a) || !xvalue_number(ev, right, &b)) {
    return false;
  }
  *left = (struct xvalue){.type = XPATH_NUMBER, .number = calculate(operator, a, b)};
  return true;
}

static bool evaluate_fold(struct xevaluation *ev, const struct expr *chain, struct focus focus, struct xvalue *out) {
  size_t mark = ev->node_count;
  if (!xpath_evaluate(ev, chain->first, focus, out)) {
    return false;
  }
  for (const struct expr *operand = chain->first->next; operand; operand = operand->next) {
    struct xvalue right = {0};
    if (!xevaluation_spend(ev, 1) || !xpath_evaluate(ev, operand, focus, &right) ||
        !apply(ev, operand->operator, out, &right)) {
      return false;
    }
    ev->node_count = mark;
  }
  return true;
}

/* XPath 1.0 3.4: what decides ends it. */
static bool evaluate_logic(struct xevaluation *ev, const struct expr *chain, struct focus focus, struct xvalue *out) {
  bool deciding = chain->kind == EXPR_OR;
  size_t mark = ev->node_count;
  struct xvalue result = {.type = XPATH_BOOLEAN, .boolean = !deciding};
  for (const struct expr *part = chain->first; part && result.boolean != deciding; part = part->next) {
    struct xvalue value = {0};
    if (!xevaluation_spend(ev, 1) || !xpath_evaluate(ev, part, focus, &value)) {
      return false;
    }
    ev->node_count = mark;
    result.boolean = xvalue_boolean(&value);
  }
  *out = result;
  return true;
}

static bool evaluate_negation(struct xevaluation *ev, const struct expr *expr, struct focus focus, struct xvalue *out) {
  size_t mark = ev->node_count;
  struct xvalue value = {0};
  double number = 0;
  if (!xpath_evaluate(ev, expr->first, focus, &value) || !xvalue_number(ev, &value, &number)) {
    return false;
  }
  ev->node_count = mark;
  *out = (struct xvalue){.type = XPATH_NUMBER, .number = expr->is_odd ? -number : number};
  return true;
}

static bool evaluate_union(struct xevaluation *ev, const struct expr *expr, struct focus focus, struct xvalue *out) {
  size_t base = ev->node_count;
  for (const struct expr *part = expr->first; part; part = part->next) {
    struct xvalue value = {0};
    if (!xpath_evaluate(ev, part, focus, &value) || !nodes_arrange(ev, base)) {
      return false;
    }
  }
  *out = (struct xvalue){.type = XPATH_NODES, .base = base, .count = ev->node_count - base};
  return true;
}

bool xpath_evaluate(struct xevaluation *ev, const struct expr *expr, struct focus focus, struct xvalue *out) {
  switch (expr->kind) {
  case EXPR_OR:
  case EXPR_AND:
    return evaluate_logic(ev, expr, focus, out);
  case EXPR_FOLD:
    return evaluate_fold(ev, expr, focus, out);
  case EXPR_NEGATE:
    return evaluate_negation(ev, expr, focus, out);
  case EXPR_UNION:
    return evaluate_union(ev, expr, focus, out);
  case EXPR_LITERAL:
    *out = (struct xvalue){.type = XPATH_STRING, .text = expr->text};
    return true;
  case EXPR_NUMBER:
    *out = (struct xvalue){.type = XPATH_NUMBER, .number = expr->number};
    return true;
  case EXPR_EXTERNAL:
    *out = ev->externals[expr->external];
    out->base = ev->node_count;
    return true;
  case EXPR_CALL:
    return xpath_call(ev, expr, focus, out);
  case EXPR_PATH:
    return xpath_path_nodes(ev, expr, focus, out);
  }
  return err_set(ev->e, ERR_INTERNAL, "an XPath expression has no kind");
}
