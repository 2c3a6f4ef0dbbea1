/* The tree of a compiled condition, for condition.c and condition_parse.c, and for checks of documents. */
#ifndef ARAZZO_CONDITION_TREE_H
#define ARAZZO_CONDITION_TREE_H

#include "condition.h"
#include "number.h"

enum condition_kind {
  CONDITION_OR,      /* of two or more children */
  CONDITION_AND,     /* of two or more children */
  CONDITION_NOT,     /* of one child */
  CONDITION_COMPARE, /* of two children */
  CONDITION_EXPRESSION,
  CONDITION_LITERAL
};

enum condition_operator {
  CONDITION_EQUAL,
  CONDITION_NOT_EQUAL,
  CONDITION_LESS,
  CONDITION_LESS_EQUAL,
  CONDITION_GREATER,
  CONDITION_GREATER_EQUAL
};

struct condition {
  enum condition_kind kind;
  enum condition_operator operator;    /* CONDITION_COMPARE */
  const struct expression *expression; /* CONDITION_EXPRESSION */
  const struct expression *measured;   /* the value whose .length it may be, or NULL */
  const json *literal;                 /* CONDITION_LITERAL */
  struct condition *first;
  struct condition *next;
};

#endif
