/* The compiled form of JSONPath queries and conditions: typed trees, no words. For jsonpath_*.c, and for checks of documents.
 *
 * Every list is linked, so that a long chain (a || b || …, [0, 1, …]) is a loop and not recursion; recursion follows
 * nesting only, which LIMIT_EXPRESSION_DEPTH bounds. */
#ifndef ARAZZO_JSONPATH_TREE_H
#define ARAZZO_JSONPATH_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"
#include "sv.h"

struct expression;
struct logical;
struct regex;
struct template;

/* RFC 9535 2.4.1: what an operand of a comparison or an argument of a function is. */
enum value_kind {
  VALUE_NOTHING,
  VALUE_UNKNOWN, /* it can't be said: the response is malformed */
  VALUE_NODE,
  VALUE_TEXT, /* a string literal, or text made from a runtime expression */
  VALUE_COUNT /* what length() and count() give */
};

struct value {
  enum value_kind kind;
  const json *node;
  sv text;
  int64_t count;
};

/* RFC 9535 2.3.3.1: a part that is left out takes a default that depends on the sign of the step. */
struct slice {
  bool has_start, has_end;
  int64_t start, end, step;
};

enum selector_kind {
  SELECTOR_NAME,
  SELECTOR_WILDCARD,
  SELECTOR_INDEX,
  SELECTOR_SLICE,
  SELECTOR_FILTER,
  SELECTOR_EXTERNAL /* a name or index that a runtime expression gives */
};

struct selector {
  enum selector_kind kind;
  sv name;
  int64_t index;
  struct slice slice;
  const struct logical *filter;
  sv filter_text;  /* as it was written, for messages */
  size_t external; /* index of the external */
  struct selector *next;
};

struct segment {
  bool is_descendant;
  bool is_single; /* selects one node at most: a child segment with one name or index */
  size_t start;   /* offsets in the text */
  size_t end;
  struct selector *selectors;
  struct segment *next;
};

struct query {
  bool is_absolute; /* begins with $, not with @ */
  bool is_singular; /* RFC 9535 2.3.5.1: selects one node at most */
  size_t start;     /* offsets in the text */
  size_t end;
  struct segment *segments;
};

enum function { FUNCTION_LENGTH, FUNCTION_COUNT, FUNCTION_MATCH, FUNCTION_SEARCH, FUNCTION_VALUE };

#define FUNCTION_ARGUMENTS_COUNT 2

enum operand_kind {
  OPERAND_LITERAL,
  OPERAND_QUERY,
  OPERAND_FUNCTION,
  OPERAND_LENGTH,  /* comparison form and draft: a query, then .length */
  OPERAND_EXTERNAL /* a runtime expression, or a string literal that holds one */
};

struct operand {
  enum operand_kind kind;
  size_t start; /* offset in the text */
  struct value literal;
  struct query *query;
  enum function function;
  const struct operand *arguments[FUNCTION_ARGUMENTS_COUNT];
  const struct regex *regex; /* of match() and search() with a literal pattern */
  size_t external;           /* index of the external */
};

enum comparison { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };

enum logical_kind {
  LOGICAL_OR,
  LOGICAL_AND,
  LOGICAL_NOT,
  LOGICAL_COMPARE,
  LOGICAL_EXISTS,   /* left: a query */
  LOGICAL_CALL,     /* left: match() or search() */
  LOGICAL_CONTAINS, /* comparison form: left contains right */
  LOGICAL_EMPTY     /* comparison form: left is empty */
};

struct logical {
  enum logical_kind kind;
  enum comparison comparison;
  const struct operand *left, *right;
  struct logical *first; /* of OR, AND and NOT */
  struct logical *next;  /* sibling */
};

/* A value from outside of the subject: exactly one of the first two is set. */
struct external {
  const struct expression *expression;
  const struct template *template;
  bool is_embedded; /* in braces or quotes: without a value nothing can be said; else what is absent is Nothing */
  bool is_literal;  /* text that is a literal stands for it, as if it had been written there */
  bool is_selector; /* it is a name or an index */
  struct external *next;
};

struct jsonpath {
  const struct query *query; /* when the text is one query; it is `condition`'s, too */
  const struct logical *condition;
  bool is_comparison;
  bool absent_is_null;        /* what is absent equals null */
  struct external *externals; /* in the order of the text */
  size_t external_count;
};

#endif
