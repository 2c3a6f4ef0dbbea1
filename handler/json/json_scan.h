/* A strict reader of JSON text, token by token (RFC 8259). It makes no tree: it says whether the text is JSON, where each
 * token lies, and what a number's text is. */
#ifndef ARAZZO_JSON_SCAN_H
#define ARAZZO_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "limits.h"
#include "sv.h"

struct err;

enum json_token_kind {
  JSON_TOKEN_END,
  JSON_TOKEN_NAME, /* a member's name, the colon taken too; its value is the next token */
  JSON_TOKEN_STRING,
  JSON_TOKEN_NUMBER,
  JSON_TOKEN_LITERAL, /* null, true, false */
  JSON_TOKEN_OPEN,    /* [ or { */
  JSON_TOKEN_CLOSE    /* ] or } */
};

struct json_token {
  enum json_token_kind kind;
  sv text;         /* as it is written, in the scanned text */
  unsigned line;   /* of its first character, 1-based */
  unsigned column; /* in code points, 1-based */
};

enum json_expect {
  EXPECT_VALUE,
  EXPECT_ELEMENT_OR_CLOSE,
  EXPECT_NAME,
  EXPECT_NAME_OR_CLOSE,
  EXPECT_COMMA_OR_CLOSE,
  EXPECT_END
};

struct json_scan {
  sv text;
  size_t at;
  size_t line_start;
  size_t continuation_bytes; /* UTF-8 bytes of this line that start no code point */
  unsigned line;
  enum json_expect expect;
  size_t depth;
  char open[LIMIT_JSON_DEPTH];
};

/* A scan at the start of `text`, which must outlive it. */
struct json_scan json_scan_begin(sv text);

/* The next token. False with line and column: ERR_SYNTAX, ERR_LIMIT (LIMIT_JSON_DEPTH, LIMIT_JSON_NUMBER_BYTES,
 * LIMIT_JSON_EXPONENT_DIGITS), or ERR_UNSUPPORTED for U+0000 in a string. */
bool json_scan_next(struct json_scan *scan, struct json_token *token, struct err *e);

/* True for the tokens that start a value: each of them is one node of the tree, in preorder. */
bool json_token_is_value(const struct json_token *token);

#endif
