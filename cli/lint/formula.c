/* From compiled conditions to formulas. Only comparisons with a literal become claims; two literals are decided here; everything else is
 * unknown, so that nothing is said that is not certain. A query of RFC 9535 whose filter stands at the root is read as that
 * filter's condition, as far as this speaks of the root: $[?$.status == "x"] says the same for each of its nodes. */
#include "formula.h"

#include "arena.h"
#include "condition_tree.h"

/* What is being translated. */
struct translation {
  struct arena *arena;
  sv text; /* of the condition */
  bool ignores_case;
  bool has_failed;
};

/* One side of a comparison. */
struct side {
  bool is_claimed; /* it is a literal or something that a claim can be about */
  const json *literal;
  const struct expression *expression;
  const struct query *query;
  sv text;
};

static struct formula *new_formula(struct translation *t, enum formula_kind kind) {
  struct formula *made = arena_alloc(t->arena, sizeof *made);
  if (!made) {
    t->has_failed = true;
    return NULL;
  }
  made->kind = kind;
  return made;
}

/* Joins what both have in common: a list of parts. */
static struct formula *join(struct translation *t, enum formula_kind kind, struct formula *first) {
  struct formula *made = new_formula(t, kind);
  if (made) {
    made->first = first;
  }
  return made;
}

static enum comparison mirrored(enum comparison comparison) {
  switch (comparison) {
  case COMPARE_EQ:
  case COMPARE_NE:
    break;
  case COMPARE_LT:
    return COMPARE_GT;
  case COMPARE_LE:
    return COMPARE_GE;
  case COMPARE_GT:
    return COMPARE_LT;
  case COMPARE_GE:
    return COMPARE_LE;
  }
  return comparison;
}

/* Two literals: only what is plain is decided. */
static enum formula_kind decide(const struct translation *t, enum comparison comparison, const json *a, const json *b) {
  if (json_type(a) != json_type(b)) {
    return FORMULA_UNKNOWN;
  }
  bool is_equal =
      t->ignores_case && json_is_string(a) ? sv_eq_nocase(json_string(a), json_string(b)) : json_equal(a, b);
  int order = json_type(a) == JSON_NUMBER ? json_number_compare(a, b) : 0;
  bool holds = false;
  switch (comparison) {
  case COMPARE_EQ:
    holds = is_equal;
    break;
  case COMPARE_NE:
    holds = !is_equal;
    break;
  case COMPARE_LT:
    holds = order < 0;
    break;
  case COMPARE_LE:
    holds = order <= 0;
    break;
  case COMPARE_GT:
    holds = order > 0;
    break;
  case COMPARE_GE:
    holds = order >= 0;
    break;
  }
  bool is_ordering = comparison != COMPARE_EQ && comparison != COMPARE_NE;
  if (is_ordering && json_type(a) != JSON_NUMBER) {
    return FORMULA_UNKNOWN;
  }
  return holds ? FORMULA_TRUE : FORMULA_FALSE;
}

static struct formula *compare(struct translation *t, enum comparison comparison, struct side left, struct side right) {
  if (!left.is_claimed || !right.is_claimed || (!left.literal && !right.literal)) {
    return new_formula(t, FORMULA_UNKNOWN);
  }
  if (left.literal && right.literal) {
    return new_formula(t, decide(t, comparison, left.literal, right.literal));
  }
  struct side operand = left.literal ? right : left;
  struct formula *made = new_formula(t, FORMULA_CLAIM);
  if (made) {
    made->claim = (struct claim){.operand = operand.text,
                                 .expression = operand.expression,
                                 .query = operand.query,
                                 .comparison = left.literal ? mirrored(comparison) : comparison,
                                 .literal = left.literal ? left.literal : right.literal,
                                 .ignores_case = t->ignores_case};
  }
  return made;
}

/* ---- simple conditions ---- */

static struct side side_of_condition(const struct condition *node) {
  bool is_literal = node->kind == CONDITION_LITERAL;
  bool is_expression = node->kind == CONDITION_EXPRESSION && !node->measured;
  return (struct side){.is_claimed = is_literal || is_expression,
                       .literal = is_literal ? node->literal : NULL,
                       .expression = is_expression ? node->expression : NULL,
                       .text = is_expression ? node->expression->text : SV("")};
}

static enum comparison comparison_of(enum condition_operator operator) {
  static const enum comparison comparisons[] = {COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE};
  return comparisons[operator];
}

static struct formula *of_condition(struct translation *t, const struct condition *node);

static struct formula *parts_of_condition(struct translation *t, enum formula_kind kind, const struct condition *node) {
  struct formula *first = NULL;
  struct formula **link = &first;
  for (const struct condition *each = node->first; each && !t->has_failed; each = each->next) {
    *link = of_condition(t, each);
    link = *link ? &(*link)->next : link;
  }
  return join(t, kind, first);
}

/* Recursion is as deep as the condition, which its parser bounds. */
static struct formula *of_condition(struct translation *t, const struct condition *node) {
  switch (node->kind) {
  case CONDITION_OR:
    return parts_of_condition(t, FORMULA_OR, node);
  case CONDITION_AND:
    return parts_of_condition(t, FORMULA_AND, node);
  case CONDITION_NOT:
    return parts_of_condition(t, FORMULA_NOT, node);
  case CONDITION_COMPARE:
    return compare(t, comparison_of(node->operator), side_of_condition(node->first),
                   side_of_condition(node->first->next));
  case CONDITION_EXPRESSION:
  case CONDITION_LITERAL:
    break;
  }
  return new_formula(t, FORMULA_UNKNOWN);
}

/* ---- JSONPath ---- */

static struct side side_of_operand(struct translation *t, const struct operand *operand) {
  struct side side = {.is_claimed = false};
  if (operand->kind == OPERAND_QUERY && operand->query->is_absolute && operand->query->is_singular) {
    side = (struct side){.is_claimed = true,
                         .query = operand->query,
                         .text = sv_slice(t->text, operand->query->start, operand->query->end)};
  }
  if (operand->kind == OPERAND_LITERAL && operand->literal.kind == VALUE_NODE) {
    side = (struct side){.is_claimed = true, .literal = operand->literal.node};
  }
  if (operand->kind == OPERAND_LITERAL && operand->literal.kind == VALUE_TEXT) {
    side = (struct side){.is_claimed = true, .literal = json_new_string(t->arena, operand->literal.text)};
    t->has_failed = t->has_failed || !side.literal;
  }
  return side;
}

static struct formula *of_logical(struct translation *t, const struct logical *node);

static struct formula *parts_of_logical(struct translation *t, enum formula_kind kind, const struct logical *node) {
  struct formula *first = NULL;
  struct formula **link = &first;
  for (const struct logical *each = node->first; each && !t->has_failed; each = each->next) {
    *link = of_logical(t, each);
    link = *link ? &(*link)->next : link;
  }
  return join(t, kind, first);
}

/* The condition of a filter that is all of a query. */
static const struct logical *root_filter(const struct query *query) {
  const struct segment *only = query->segments;
  bool is_filter =
      only && !only->next && !only->is_descendant && !only->selectors->next && only->selectors->kind == SELECTOR_FILTER;
  return is_filter ? only->selectors->filter : NULL;
}

/* Recursion is as deep as the condition, which its parser bounds. */
static struct formula *of_logical(struct translation *t, const struct logical *node) {
  const struct logical *filter = NULL;
  switch (node->kind) {
  case LOGICAL_OR:
    return parts_of_logical(t, FORMULA_OR, node);
  case LOGICAL_AND:
    return parts_of_logical(t, FORMULA_AND, node);
  case LOGICAL_NOT:
    return parts_of_logical(t, FORMULA_NOT, node);
  case LOGICAL_COMPARE:
    return compare(t, node->comparison, side_of_operand(t, node->left), side_of_operand(t, node->right));
  case LOGICAL_EXISTS:
    filter = node->left->kind == OPERAND_QUERY ? root_filter(node->left->query) : NULL;
    return filter ? of_logical(t, filter) : new_formula(t, FORMULA_UNKNOWN);
  case LOGICAL_CALL:
  case LOGICAL_CONTAINS:
  case LOGICAL_EMPTY:
    break;
  }
  return new_formula(t, FORMULA_UNKNOWN);
}

static struct formula *of_path(struct translation *t, const struct jsonpath *path) {
  if (path->condition) {
    return of_logical(t, path->condition);
  }
  const struct logical *filter = path->query ? root_filter(path->query) : NULL;
  return filter ? of_logical(t, filter) : new_formula(t, FORMULA_UNKNOWN);
}

const struct formula *formula_of(struct arena *arena, const struct criterion *criterion) {
  struct translation t = {.arena = arena, .text = criterion->text, .ignores_case = criterion->type == CRITERION_SIMPLE};
  const struct formula *made = NULL;
  switch (criterion->type) {
  case CRITERION_SIMPLE:
    made = of_condition(&t, criterion->condition);
    break;
  case CRITERION_JSONPATH:
    made = of_path(&t, criterion->path);
    break;
  case CRITERION_REGEX:
  case CRITERION_XPATH:
    made = new_formula(&t, FORMULA_UNKNOWN);
    break;
  }
  return t.has_failed ? NULL : made;
}
