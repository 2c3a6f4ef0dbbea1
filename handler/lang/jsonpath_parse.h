/* The parser of JSONPath: its state and the parts that call each other. Internal to jsonpath_*.c. */
#ifndef ARAZZO_JSONPATH_PARSE_H
#define ARAZZO_JSONPATH_PARSE_H

#include "jsonpath.h"
#include "jsonpath_tree.h"

struct err;

/* A place of a comparison form that RFC 9535 writes otherwise: what stands from `start` to `end` becomes `text`. */
struct rewrite {
  size_t start, end;
  sv text;
  struct rewrite *next;
};

struct parser {
  struct arena *arena;
  sv text;
  size_t at;
  enum jsonpath_dialect dialect;
  size_t depth;             /* open parentheses, filters and calls */
  size_t filters;           /* open filters: '@' has a meaning */
  bool has_replacement;     /* the error names what to write instead */
  bool is_beyond_rfc;       /* something was read that has no form in RFC 9535 */
  struct rewrite *rewrites; /* by start */
  struct external *externals;
  struct external *last_external;
  size_t external_count;
  struct err *e;
};

/* jsonpath_text.c: characters, white space, literals */

/* The character `ahead` of the current place; NUL at the end of the text. */
char parser_peek(const struct parser *p, size_t ahead);
bool parser_at_end(const struct parser *p);
void parser_skip_blanks(struct parser *p);

/* Takes the text if it comes next. */
bool parser_take(struct parser *p, sv text);

/* ERR_SYNTAX at the offset; always false. */
bool parser_error(struct parser *p, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "expected X here, found Y", with what other languages' operators are called in RFC 9535; always false. */
bool parser_expected(struct parser *p, const char *what);

/* Enters one level of nesting; ERR_LIMIT beyond LIMIT_EXPRESSION_DEPTH. */
bool parser_enter(struct parser *p);
void parser_leave(struct parser *p);

/* True in the dialects of 1.0.x documents. */
bool parser_takes_comparisons(const struct parser *p);

/* True in the dialects of draft-goessner-dispatch-jsonpath-00. */
bool parser_is_draft(const struct parser *p);

/* Zeroed memory, or NULL with ERR_MEMORY. */
void *parser_new(struct parser *p, size_t size);

/* A name as it may stand behind a dot; empty when there is none. */
sv parser_take_name(struct parser *p);
bool parser_string(struct parser *p, sv *out);
bool parser_integer(struct parser *p, int64_t *out);
bool parser_number(struct parser *p, const json **out);

/* jsonpath_parse.c: queries */
bool parse_query(struct parser *p, struct query **out);

/* jsonpath_goessner.c: what the draft has besides RFC 9535 */

/* The name behind '.' or '..'; empty when there is none. */
bool draft_name(struct parser *p, sv *out);

/* An index, or one part of a slice, from a script: (@.length-1) is -1. */
bool draft_script(struct parser *p, int64_t *out);

/* Refuses what the draft's slices and indexes do not have. */
bool draft_check_index(struct parser *p, size_t at, int64_t index);
bool draft_check_step(struct parser *p, size_t at, int64_t step);

/* jsonpath_embedded.c: runtime expressions */

/* True when a runtime expression begins here: '{', or in comparison forms '$' in front of a letter. */
bool embedded_begins(const struct parser *p);

/* Takes a runtime expression; `*external` is its index. */
bool embedded_expression(struct parser *p, bool is_selector, size_t *external);

/* Looks for expressions in the string that was read from `start` on: `*found`, and its index. */
bool embedded_text(struct parser *p, size_t start, sv text, bool is_selector, bool *found, size_t *external);

/* jsonpath_logical.c: logical expressions */
bool parse_logical(struct parser *p, struct logical **out);

/* jsonpath_operand.c: comparables and function expressions */

/* What a function gives (RFC 9535 2.4.1). */
bool function_is_logical(enum function function);

/* A literal, query, function expression or, in conditions, runtime expression. */
bool parse_operand(struct parser *p, struct operand **out);

/* Checks that the operand is a value that can be compared (RFC 9535 2.3.5.1, 2.4.3); reads .length in conditions.
 * `other` is the text of the comparison's operator and other side, for the message. */
bool operand_to_comparable(struct parser *p, struct operand *operand, sv other);

/* jsonpath_rewrite.c: what to write instead */

/* Notes that `.length`, which ends at `end`, behind the query is length(query) or count(query). ERR_MEMORY. */
bool rewrite_length(struct parser *p, const struct query *query, size_t end);

/* Notes that the runtime expression between the offsets stands in braces. ERR_MEMORY. */
bool rewrite_braces(struct parser *p, size_t start, size_t end);

/* Notes that a comparison of the query with null, from `start` to `end`, holds of what is absent, too: RFC 9535 has Nothing and
 * null differ. ERR_MEMORY. */
bool rewrite_null(struct parser *p, const struct query *query, size_t start, size_t end, bool is_equal);

/* The whole comparison form as a query, which it may be but for its braces; empty when there is none, or no memory. */
sv rewrite_condition(const struct parser *p, bool is_query);

/* A comparison of many nodes as a query that finds the nodes for which it holds; empty as above. */
sv rewrite_many(const struct parser *p, const struct query *query, sv other);

#endif
