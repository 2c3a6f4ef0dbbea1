/* Whether formulas can hold. A conjunction never holds when two of its claims contradict each other; a disjunction when none of its
 * parts can hold beside what is claimed around it. That is sound, not complete: what is not found is not told.
 *
 * "Always" is "its negation never holds", for claims of equality only: what is absent is neither less nor greater than anything, so
 * that x < 5 and x >= 5 may both fail. */
#include "formula.h"

#include "expression.h"

enum relation { RELATION_UNKNOWN, RELATION_EQUAL, RELATION_LESS, RELATION_GREATER, RELATION_DIFFERENT };

static bool starts_as_number(sv text) {
  return text.len &&
         (text.ptr[0] == '-' || text.ptr[0] == '+' || text.ptr[0] == '.' || (text.ptr[0] >= '0' && text.ptr[0] <= '9'));
}

/* Texts that may be numbers are compared as such by simple conditions, so that nothing is said of them unless they are equal. */
static enum relation relate_texts(sv a, sv b) {
  if (sv_eq(a, b)) {
    return RELATION_EQUAL;
  }
  bool may_be_equal = sv_eq_nocase(a, b) || (starts_as_number(a) && starts_as_number(b));
  return may_be_equal ? RELATION_UNKNOWN : RELATION_DIFFERENT;
}

/* How the value of one literal lies to that of another. */
static enum relation relate(const json *a, const json *b) {
  enum json_type type = json_type(a);
  bool has_null = type == JSON_NULL || json_type(b) == JSON_NULL;
  if (type != json_type(b)) {
    return has_null ? RELATION_DIFFERENT : RELATION_UNKNOWN;
  }
  if (type == JSON_NUMBER) {
    int order = json_number_compare(a, b);
    return order == 0 ? RELATION_EQUAL : order < 0 ? RELATION_LESS : RELATION_GREATER;
  }
  if (type == JSON_STRING) {
    return relate_texts(json_string(a), json_string(b));
  }
  return json_equal(a, b) ? RELATION_EQUAL : RELATION_DIFFERENT;
}

/* Whether x <early> a and x <late> b can't both hold, where `relation` is that of a to b, and early comes first in the enum. */
static bool excludes(enum comparison early, enum comparison late, enum relation relation) {
  bool is_less = relation == RELATION_LESS;
  bool is_equal = relation == RELATION_EQUAL;
  bool is_greater = relation == RELATION_GREATER;
  if (early == COMPARE_EQ) {
    switch (late) {
    case COMPARE_EQ:
      return is_less || is_greater || relation == RELATION_DIFFERENT;
    case COMPARE_NE:
      return is_equal;
    case COMPARE_LT:
      return is_equal || is_greater;
    case COMPARE_LE:
      return is_greater;
    case COMPARE_GT:
      return is_equal || is_less;
    case COMPARE_GE:
      return is_less;
    }
  }
  bool is_upper = early == COMPARE_LT || early == COMPARE_LE;
  bool is_lower = late == COMPARE_GT || late == COMPARE_GE;
  bool meets = early == COMPARE_LE && late == COMPARE_GE;
  return is_upper && is_lower && (is_less || (is_equal && !meets));
}

static bool contradicts(const struct claim *a, const struct claim *b) {
  if (!sv_eq(a->operand, b->operand)) {
    return false;
  }
  bool is_in_order = a->comparison <= b->comparison;
  const struct claim *early = is_in_order ? a : b;
  const struct claim *late = is_in_order ? b : a;
  return excludes(early->comparison, late->comparison, relate(early->literal, late->literal));
}

/* RFC 9110 15: a status code has three digits, from 100 to 599. */
static bool is_impossible(const struct claim *claim) {
  int64_t status = 0;
  return claim->expression && claim->expression->source == EXPRESSION_STATUS_CODE && claim->comparison == COMPARE_EQ &&
         json_type(claim->literal) == JSON_NUMBER &&
         (!json_to_int(claim->literal, &status) || status < 100 || status > 599);
}

static enum comparison negated(enum comparison comparison) {
  switch (comparison) {
  case COMPARE_EQ:
    return COMPARE_NE;
  case COMPARE_NE:
    break;
  case COMPARE_LT:
    return COMPARE_GE;
  case COMPARE_LE:
    return COMPARE_GT;
  case COMPARE_GT:
    return COMPARE_LE;
  case COMPARE_GE:
    return COMPARE_LT;
  }
  return COMPARE_EQ;
}

/* A question about a formula. */
struct question {
  struct facts facts;
  bool is_about_equality; /* orderings say nothing */
};

static bool is_conjunction(const struct formula *formula, bool is_negated) {
  return formula->kind == (is_negated ? FORMULA_OR : FORMULA_AND);
}

/* Adds a claim; whether it contradicts what is there. */
static bool add_claim(struct question *q, const struct claim *claim, bool is_negated) {
  struct claim added = *claim;
  added.comparison = is_negated ? negated(claim->comparison) : claim->comparison;
  bool is_ordering = added.comparison != COMPARE_EQ && added.comparison != COMPARE_NE;
  if (is_ordering && q->is_about_equality) {
    return false;
  }
  for (size_t i = 0; i < q->facts.count; i++) {
    if (contradicts(&q->facts.claims[i], &added)) {
      return true;
    }
  }
  if (q->facts.count < FORMULA_FACTS) {
    q->facts.claims[q->facts.count++] = added;
  }
  return is_impossible(&added);
}

/* Adds the claims of a conjunction; whether they contradict each other. */
static bool collect(struct question *q, const struct formula *formula, bool is_negated) {
  if (formula->kind == FORMULA_CLAIM) {
    return add_claim(q, &formula->claim, is_negated);
  }
  if (formula->kind == FORMULA_NOT) {
    return collect(q, formula->first, !is_negated);
  }
  if (formula->kind == FORMULA_TRUE || formula->kind == FORMULA_FALSE) {
    return (formula->kind == FORMULA_TRUE) == is_negated;
  }
  bool is_contradictory = false;
  if (is_conjunction(formula, is_negated)) {
    for (const struct formula *each = formula->first; each && !is_contradictory; each = each->next) {
      is_contradictory = collect(q, each, is_negated);
    }
  }
  return is_contradictory;
}

static bool never(const struct question *q, const struct formula *formula, bool is_negated);

static bool is_any_never(const struct question *q, const struct formula *formula, bool is_negated) {
  for (const struct formula *each = formula->first; each; each = each->next) {
    if (never(q, each, is_negated)) {
      return true;
    }
  }
  return false;
}

static bool is_each_never(const struct question *q, const struct formula *formula, bool is_negated) {
  for (const struct formula *each = formula->first; each; each = each->next) {
    if (!never(q, each, is_negated)) {
      return false;
    }
  }
  return formula->first != NULL;
}

/* Recursion is as deep as the condition. */
static bool never(const struct question *q, const struct formula *formula, bool is_negated) {
  struct question with = *q;
  if (collect(&with, formula, is_negated)) {
    return true;
  }
  switch (formula->kind) {
  case FORMULA_NOT:
    return never(q, formula->first, !is_negated);
  case FORMULA_AND:
  case FORMULA_OR:
    return is_conjunction(formula, is_negated) ? is_any_never(&with, formula, is_negated)
                                               : is_each_never(q, formula, is_negated);
  case FORMULA_UNKNOWN:
  case FORMULA_TRUE:
  case FORMULA_FALSE:
  case FORMULA_CLAIM:
    break;
  }
  return false;
}

void facts_add(struct facts *facts, const struct formula *formula) {
  struct question q = {.facts = *facts};
  collect(&q, formula, false);
  *facts = q.facts;
}

bool formula_never_holds(const struct formula *formula, const struct facts *facts) {
  struct question q = {.facts = *facts};
  return never(&q, formula, false);
}

bool formula_always_holds(const struct formula *formula) {
  struct question q = {.is_about_equality = true};
  return never(&q, formula, true);
}
