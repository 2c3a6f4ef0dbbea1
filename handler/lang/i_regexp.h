/* I-Regexp, the interoperable regular expressions of RFC 9485. */
#ifndef ARAZZO_I_REGEXP_H
#define ARAZZO_I_REGEXP_H

#include <stdbool.h>

#include "sv.h"

struct err;
struct sb;

/* Checks `pattern` against the grammar of RFC 9485 section 4 and appends the PCRE2 pattern that means the same. ERR_SYNTAX
 * with the offset in the pattern as column (1-based) and what to write instead; ERR_LIMIT for LIMIT_EXPRESSION_DEPTH. */
bool i_regexp_translate(sv pattern, struct sb *out, struct err *e);

#endif
