/* The grammar of runtime expressions, for expression.c. */
#ifndef ARAZZO_EXPRESSION_PARSE_H
#define ARAZZO_EXPRESSION_PARSE_H

#include <stdbool.h>

#include "expression.h"
#include "limits.h"

#define EXPRESSION_SOURCE_COUNT 13

/* The word behind '$' for each source, which is also its member's name in the scope. */
extern const sv expression_words[EXPRESSION_SOURCE_COUNT];

enum expression_extent {
  EXPRESSION_WHOLE,  /* the expression is all of the text */
  EXPRESSION_LEADING /* the expression is the longest one at the start of the text */
};

/* What was read. It allocates nothing: names are views of the text, or of this program's constants. */
struct expression_parse {
  sv text;
  enum expression_extent extent;
  size_t at; /* behind what was read */
  enum expression_source source;
  enum expression_part part;
  size_t segment_count;
  size_t exact_count;
  bool escaped_name; /* the last segment holds JSON escapes (CHAR in the grammar), still to be decoded */
  bool has_pointer;
  sv pointer;
  struct expression_segment segments[LIMIT_EXPRESSION_SEGMENTS]; /* last: 5 KiB that need no zeros */
};

/* Reads an expression; ERR_SYNTAX with column, ERR_LIMIT for LIMIT_EXPRESSION_BYTES and LIMIT_EXPRESSION_SEGMENTS. */
bool expression_parse(struct expression_parse *parse, sv text, enum expression_extent extent, struct err *e);

#endif
