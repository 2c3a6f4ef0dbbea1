/* The compiled form of XPath expressions: typed trees, no words. Internal to xpath_*.c.
 *
 * Operands of one level of precedence are one linked list, and so are steps, so that a long chain (a or b or …, a/b/c/…)
 * is a loop and not recursion; recursion follows nesting only, which LIMIT_EXPRESSION_DEPTH bounds. */
#ifndef ARAZZO_XPATH_TREE_H
#define ARAZZO_XPATH_TREE_H

#include <stdbool.h>

#include "sv.h"
#include "xpath.h"

struct template;

/* XPath 1.0 1: the four types; what a bare runtime expression gives is known when it is read. */
enum xpath_type { XPATH_NODES, XPATH_BOOLEAN, XPATH_NUMBER, XPATH_STRING, XPATH_ANY };

/* XPath 1.0 2.2, in the order of the table of names in xpath_parse.c. */
enum axis {
  AXIS_ANCESTOR,
  AXIS_ANCESTOR_OR_SELF,
  AXIS_ATTRIBUTE,
  AXIS_CHILD,
  AXIS_DESCENDANT,
  AXIS_DESCENDANT_OR_SELF,
  AXIS_FOLLOWING,
  AXIS_FOLLOWING_SIBLING,
  AXIS_NAMESPACE,
  AXIS_PARENT,
  AXIS_PRECEDING,
  AXIS_PRECEDING_SIBLING,
  AXIS_SELF
};

enum node_test {
  TEST_NAME,       /* name, prefix:name */
  TEST_ANY_NAME,   /* * */
  TEST_ANY_IN,     /* prefix:* */
  TEST_NODE,       /* node() */
  TEST_TEXT,       /* text() */
  TEST_COMMENT,    /* comment() */
  TEST_INSTRUCTION /* processing-instruction(), with or without a target */
};

struct prefix {
  sv name;
  size_t index;
  struct prefix *next;
};

struct step {
  enum axis axis;
  enum node_test test;
  sv name;         /* of TEST_NAME; the target of TEST_INSTRUCTION, when has_target */
  bool has_target; /* processing-instruction('target') */
  const struct prefix *prefix;
  bool is_double_slash; /* made from "//", not written */
  struct expr *predicates;
  struct step *next;
};

/* XPath 1.0 4, in the order of the table in xpath_functions.c. */
enum xpath_function {
  FN_BOOLEAN,
  FN_CEILING,
  FN_CONCAT,
  FN_CONTAINS,
  FN_COUNT,
  FN_FALSE,
  FN_FLOOR,
  FN_LANG,
  FN_LAST,
  FN_LOCAL_NAME,
  FN_NAME,
  FN_NAMESPACE_URI,
  FN_NORMALIZE_SPACE,
  FN_NOT,
  FN_NUMBER,
  FN_POSITION,
  FN_ROUND,
  FN_STARTS_WITH,
  FN_STRING,
  FN_STRING_LENGTH,
  FN_SUBSTRING,
  FN_SUBSTRING_AFTER,
  FN_SUBSTRING_BEFORE,
  FN_SUM,
  FN_TRANSLATE,
  FN_TRUE
};

/* The name, the result, how many arguments, and whether they are node-sets. */
struct xpath_signature {
  sv name;
  enum xpath_type result;
  unsigned minimum;
  unsigned maximum;
  bool takes_nodes;
};

#define XPATH_FUNCTIONS_COUNT 26
#define XPATH_MANY_ARGUMENTS 1000000u

extern const struct xpath_signature xpath_functions[XPATH_FUNCTIONS_COUNT];

enum xpath_operator { OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD };

enum expr_kind {
  EXPR_OR,
  EXPR_AND,
  EXPR_FOLD, /* a chain of comparisons or arithmetic, from the left */
  EXPR_NEGATE,
  EXPR_UNION,
  EXPR_LITERAL,
  EXPR_NUMBER,
  EXPR_EXTERNAL,
  EXPR_CALL,
  EXPR_PATH
};

struct expr {
  enum expr_kind kind;
  enum xpath_type type;
  size_t start;       /* offset in the text */
  struct expr *first; /* operands or arguments; of a path what it starts from, when that is an expression */
  struct expr *next;
  enum xpath_operator operator; /* of a further operand of a chain */
  bool is_odd;                  /* of EXPR_NEGATE: an odd number of signs */
  bool is_absolute;             /* of EXPR_PATH: begins at the document */
  enum xpath_function function;
  sv text;
  double number;
  size_t external;
  struct expr *predicates; /* of what a path starts from */
  struct step *steps;
};

/* A value from outside of the document: exactly one of the two is set. */
struct xpath_external {
  const struct expression *expression; /* bare: it keeps its type */
  const struct template *template;     /* a string literal that holds expressions: text */
  struct xpath_external *next;
};

struct xpath {
  const struct expr *expr;
  enum xpath_version version;
  bool uses_namespace_axis;
  struct prefix *prefixes;
  size_t prefix_count;
  struct xpath_external *externals; /* in the order of the text */
  size_t external_count;
};

#endif
