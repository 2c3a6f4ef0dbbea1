/* Comparisons (XPath 1.0 3.4). A node-set compares as each of its nodes' string-values does, with every one of the other side's;
 * one pair is enough. Against a boolean the whole set is one boolean. */
#include "xpath_evaluate.h"

#define BYTES_PER_STEP 16u
#define STEPS_PER_NUMBER 4u /* to read a number from a text */

/* The i-th of the values that a side stands for. */
static struct xvalue atom(const struct xevaluation *ev, const struct xvalue *side, size_t i) {
  return side->type == XPATH_NODES
             ? (struct xvalue){.type = XPATH_STRING, .text = ev->document->nodes[ev->nodes[side->base + i]].value}
             : *side;
}

static bool is_equality(enum xpath_operator operator) {
  return operator== OP_EQ || operator== OP_NE;
}

static bool compare_numbers(enum xpath_operator operator, double a, double b) {
  switch (operator) {
  case OP_EQ:
    return a == b;
  case OP_NE:
    return a != b;
  case OP_LT:
    return a < b;
  case OP_LE:
    return a <= b;
  case OP_GT:
    return a > b;
  case OP_GE:
    return a >= b;
  case OP_ADD:
  case OP_SUB:
  case OP_MUL:
  case OP_DIV:
  case OP_MOD:
    break;
  }
  return false;
}

/* XPath 1.0 3.4: as booleans when one is, else as numbers when one is or the operator orders, else as texts. */
static bool compare_atoms(struct xevaluation *ev, enum xpath_operator operator, const struct xvalue * a,
                          const struct xvalue *b, bool *out) {
  double left = 0, right = 0;
  if (is_equality(operator) && (a->type == XPATH_BOOLEAN || b->type == XPATH_BOOLEAN)) {
    *out = (xvalue_boolean(a) == xvalue_boolean(b)) == (operator== OP_EQ);
    return true;
  }
  if (is_equality(operator) && a->type == XPATH_STRING && b->type == XPATH_STRING) {
    *out = sv_eq(a->text, b->text) == (operator== OP_EQ);
    return a->text.len != b->text.len || xevaluation_spend(ev, a->text.len / BYTES_PER_STEP);
  }
  if (!xvalue_number(ev, a, &left) || !xvalue_number(ev, b, &right)) {
    return false;
  }
  *out = compare_numbers(operator, left, right);
  return true;
}

/* A node-set that meets a boolean is one. */
static struct xvalue side_of(const struct xvalue *side, const struct xvalue *other) {
  return side->type == XPATH_NODES && other->type == XPATH_BOOLEAN
             ? (struct xvalue){.type = XPATH_BOOLEAN, .boolean = side->count > 0}
             : *side;
}

bool xvalue_compare(struct xevaluation *ev, enum xpath_operator operator, const struct xvalue * left,
                    const struct xvalue *right, bool *out) {
  struct xvalue a = side_of(left, right);
  struct xvalue b = side_of(right, left);
  size_t a_count = a.type == XPATH_NODES ? a.count : 1;
  size_t b_count = b.type == XPATH_NODES ? b.count : 1;
  *out = false;
  for (size_t i = 0; i < a_count && !*out; i++) {
    struct xvalue x = atom(ev, &a, i);
    for (size_t j = 0; j < b_count && !*out; j++) {
      struct xvalue y = atom(ev, &b, j);
      if (!xevaluation_spend(ev, is_equality(operator) ? 1 : 1 + STEPS_PER_NUMBER) ||
          !compare_atoms(ev, operator, & x, &y, out)) {
        return false;
      }
    }
  }
  return true;
}
