/* Parser of XPath 1.0 expressions. Internal to xpath_*.c. */
#ifndef ARAZZO_XPATH_PARSE_H
#define ARAZZO_XPATH_PARSE_H

#include "errinfo.h"
#include "xpath_tree.h"

/* Reading position; every function below returns false if and only if the error is set. */
struct xpath_parser {
  struct arena *arena;
  sv text;
  size_t at;
  unsigned depth;
  struct xpath *path;
  struct xpath_external *last_external;
  struct err *e;
};

/* xpath_parse.c: the text */
void *xpath_new(struct xpath_parser *p, size_t size); /* NULL: ERR_MEMORY is set */
char xpath_peek(const struct xpath_parser *p, size_t ahead);
bool xpath_blanks(struct xpath_parser *p); /* skips white space, and refuses comments */
bool xpath_take(struct xpath_parser *p, const char *token);
bool xpath_wrong(struct xpath_parser *p, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool xpath_expected(struct xpath_parser *p, const char *what);

/* The length of the name (NCName) that begins at the offset, or 0. */
size_t xpath_name_length(const struct xpath_parser *p, size_t at);

/* What is inside of quotes, from the offset of the first quote; p->at moves behind the last one. */
bool xpath_quoted(struct xpath_parser *p, sv *out);

/* xpath_parse.c: a whole expression */
bool xpath_parse(struct xpath_parser *p, struct expr **out);

/* xpath_parse_primary.c: literals, runtime expressions, calls, parentheses */
bool xpath_primary(struct xpath_parser *p, struct expr **out);

/* True when a primary expression begins here: neither a step nor a path. */

/* xpath_parse_path.c: paths, steps, predicates */
bool xpath_path(struct xpath_parser *p, struct expr **out);

/* xpath_later.c: what XPath 1.0 does not have. Each sets ERR_UNSUPPORTED when it finds such a thing at the position, and
 * else returns true. */
bool xpath_later_operator(struct xpath_parser *p);
bool xpath_later_operand(struct xpath_parser *p);
bool xpath_later_call(struct xpath_parser *p, size_t at, sv name);

/* Refuses `what`, which came with `version`; `instead` (may be NULL) is what to do in XPath 1.0. */
bool xpath_later(struct xpath_parser *p, size_t at, const char *what, const char *version, const char *instead);

#endif
