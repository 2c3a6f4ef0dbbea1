/* Regular expressions by PCRE2, with bounded work; I-Regexp (RFC 9485) for JSONPath's match() and search(). */
#ifndef ARAZZO_REGEX_MATCH_H
#define ARAZZO_REGEX_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

struct arena;
struct err;
struct regex;
struct regex_matcher;

enum regex_dialect {
  REGEX_PCRE,           /* type: regex criteria; finds the pattern anywhere */
  REGEX_I_REGEXP_MATCH, /* the whole text must match */
  REGEX_I_REGEXP_SEARCH /* some part of the text must match */
};

/* Compiles a pattern for UTF-8 text; its memory is the arena's. ERR_SYNTAX with PCRE2's message and the offset in the
 * pattern as column (1-based, in code points); ERR_LIMIT for LIMIT_EXPRESSION_BYTES, LIMIT_EXPRESSION_DEPTH (nested
 * groups) and PCRE2's own bounds (a count up to 65,535, 64 KiB of compiled code). */
bool regex_compile(struct arena *arena, sv pattern, enum regex_dialect dialect, const struct regex **out,
                   struct err *e);

/* `*matched` tells whether the text matches. Text that is not valid UTF-8 never matches. ERR_LIMIT when PCRE2 gives up at
 * LIMIT_REGEX_MATCH, _STEPS, _DEPTH or _HEAP_KIB; ERR_MEMORY. */
bool regex_match(const struct regex *regex, sv text, struct arena *arena, bool *matched, struct err *e);

/* Memory that many matches, of any patterns, use one after the other; it lives in the arena. ERR_MEMORY. */
bool regex_matcher_new(struct arena *arena, struct regex_matcher **out, struct err *e);

/* regex_match with memory that is used again, and within a number of steps that many matches share: a step is a
 * part of the pattern that is tried, or 16 bytes of text that are read. `*steps` is lowered by what was done. */
bool regex_match_within(const struct regex *regex, sv text, struct regex_matcher *matcher, uint64_t *steps,
                        bool *matched, struct err *e);

#endif
