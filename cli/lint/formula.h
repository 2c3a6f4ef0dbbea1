/* Conditions as formulas, so that it can be said whether they can hold: simple ones and JSONPath in one form. */
#ifndef ARAZZO_FORMULA_H
#define ARAZZO_FORMULA_H

#include "criterion.h"
#include "jsonpath_tree.h"

/* A comparison of something with a literal. */
struct claim {
  sv operand;                          /* its text, by which it is recognised */
  const struct expression *expression; /* simple conditions: what is compared; else NULL */
  const struct query *query;           /* JSONPath: the same */
  enum comparison comparison;
  const json *literal; /* a number, boolean, null or text */
  bool ignores_case;   /* texts are compared without case */
};

enum formula_kind {
  FORMULA_UNKNOWN, /* nothing is known of it */
  FORMULA_TRUE,
  FORMULA_FALSE,
  FORMULA_CLAIM,
  FORMULA_NOT,
  FORMULA_AND,
  FORMULA_OR
};

struct formula {
  enum formula_kind kind;
  struct claim claim;
  struct formula *first; /* of NOT, AND, OR */
  struct formula *next;
};

/* The formula of a criterion; NULL without memory. */
const struct formula *formula_of(struct arena *arena, const struct criterion *criterion);

/* Claims that hold together. */
#define FORMULA_FACTS 64
struct facts {
  struct claim claims[FORMULA_FACTS];
  size_t count;
};

/* Adds what must hold when the formula does; beyond FORMULA_FACTS claims nothing is added. */
void facts_add(struct facts *facts, const struct formula *formula);

/* Whether the formula can't hold when the facts do. */
bool formula_never_holds(const struct formula *formula, const struct facts *facts);

/* Whether the formula can't fail. */
bool formula_always_holds(const struct formula *formula);

#endif
