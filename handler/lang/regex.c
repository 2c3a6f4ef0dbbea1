/* Regular expressions: PCRE2's 8-bit library over UTF-8, without its just-in-time compiler.
 *
 * Memory: PCRE2 allocates through a general context on an arena; what it frees is given back with the arena. A compiled
 * pattern lies in the arena of its document, what a match needs in that of the invocation. PCRE2 makes frames for
 * backtracking inside of the match data and keeps them there, so one `regex_matcher` serves many matches.
 *
 * Work: PCRE2's match limit counts anew at every place where a match can start, and does not see how far a repeat scans,
 * so that a*[bc] takes quadratic time without ever reaching it. Patterns are therefore compiled with automatic callouts:
 * PCRE2 calls us in front of each part of the pattern that it tries, and we count that, and the text that it moved over
 * since the last call. PCRE2's shortcuts (first character, possessive repeats) still work.
 *
 * I-Regexp is checked and translated by i_regexp.c. Neither \C (half of a character) nor start-of-pattern settings of
 * limits above ours are possible. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "regex_match.h"

#include <pcre2.h>

#include "arena.h"
#include "errinfo.h"
#include "i_regexp.h"
#include "limits.h"
#include "sb.h"
#include "syntax_error.h"

#define BYTES_PER_STEP 16u
#define MESSAGE_BYTES 256

struct regex {
  pcre2_code *code;
};

struct regex_matcher {
  pcre2_match_data *data;
  pcre2_match_context *context;
};

static void *allocate(size_t size, void *arena) {
  return arena_alloc(arena, size);
}

/* An arena gives everything back at once. */
static void release(void *memory, void *arena) {
  (void)memory;
  (void)arena;
}

static pcre2_general_context *general_context(struct arena *arena, struct err *e) {
  pcre2_general_context *general = pcre2_general_context_create(allocate, release, arena);
  if (!general) {
    err_memory(e);
  }
  return general;
}

/* The pattern as PCRE2 reads it. */
static bool to_pcre(struct arena *arena, sv pattern, enum regex_dialect dialect, sv *out, struct err *e) {
  if (dialect == REGEX_PCRE) {
    *out = pattern;
    return true;
  }
  /* Each dot becomes seven bytes. */
  struct sb b = sb_new(arena, 8 * LIMIT_EXPRESSION_BYTES);
  bool whole = dialect == REGEX_I_REGEXP_MATCH;
  /* RFC 9485 5.4: the whole text matches when the pattern stands in \A(?: )\z. */
  sb_put(&b, whole ? SV("\\A(?:") : SV("(?:"));
  if (!i_regexp_translate(pattern, &b, e)) {
    return false;
  }
  sb_put(&b, whole ? SV(")\\z") : SV(")"));
  return sb_finish(&b, "the translated pattern", out, e);
}

/* Bounds that are PCRE2's, not a mistake in the pattern's grammar. */
static bool is_limit(int code) {
  switch (code) {
  case PCRE2_ERROR_QUANTIFIER_TOO_BIG:
  case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP:
  case PCRE2_ERROR_PATTERN_TOO_LARGE:
  case PCRE2_ERROR_PATTERN_STRING_TOO_LONG:
  case PCRE2_ERROR_PATTERN_TOO_COMPLICATED:
  case PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED:
    return true;
  default:
    return false;
  }
}

static bool compile_failed(int code, size_t offset, sv pattern, enum regex_dialect dialect, struct err *e) {
  PCRE2_UCHAR message[MESSAGE_BYTES] = "";
  if (code == PCRE2_ERROR_HEAP_FAILED) {
    return err_memory(e);
  }
  pcre2_get_error_message(code, message, sizeof message);
  if (is_limit(code)) {
    return err_set(e, ERR_LIMIT, "the regular expression is too large: %s", (const char *)message);
  }
  /* In a translated pattern PCRE2's offset means nothing; what the check lets pass is {3,2} and [z-a]. */
  size_t at = dialect == REGEX_PCRE ? offset : 0;
  return syntax_error(e, pattern, at, "not a regular expression: %s", (const char *)message);
}

static bool compile(struct arena *arena, sv pattern, enum regex_dialect dialect, pcre2_code **out, struct err *e) {
  sv text = {0};
  pcre2_general_context *general = general_context(arena, e);
  if (!general || !to_pcre(arena, pattern, dialect, &text, e)) {
    return false;
  }
  pcre2_compile_context *context = pcre2_compile_context_create(general);
  if (!context) {
    return err_memory(e);
  }
  /* A translated pattern, whose groups were counted, stands in one more. */
  pcre2_set_parens_nest_limit(context, LIMIT_EXPRESSION_DEPTH + (dialect != REGEX_PCRE));
  uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT;
  if (dialect != REGEX_PCRE) {
    options |= PCRE2_DOLLAR_ENDONLY;
  }
  int code = 0;
  PCRE2_SIZE offset = 0;
  *out = pcre2_compile((PCRE2_SPTR)(text.len ? text.ptr : ""), text.len, options, &code, &offset, context);
  return *out || compile_failed(code, offset, pattern, dialect, e);
}

bool regex_compile(struct arena *arena, sv pattern, enum regex_dialect dialect, const struct regex **out,
                   struct err *e) {
  if (pattern.len > LIMIT_EXPRESSION_BYTES) {
    return err_set(e, ERR_LIMIT, "the regular expression has %zu bytes; at most %zu are allowed", pattern.len,
                   LIMIT_EXPRESSION_BYTES);
  }
  struct regex *regex = arena_alloc(arena, sizeof *regex);
  if (!regex) {
    return err_memory(e);
  }
  if (!compile(arena, pattern, dialect, &regex->code, e)) {
    return false;
  }
  *out = regex;
  return true;
}

bool regex_matcher_new(struct arena *arena, struct regex_matcher **out, struct err *e) {
  struct regex_matcher *matcher = arena_alloc(arena, sizeof *matcher);
  pcre2_general_context *general = matcher ? general_context(arena, e) : NULL;
  if (!general) {
    return err_memory(e);
  }
  /* One pair of offsets: nobody asks where it matched. */
  matcher->data = pcre2_match_data_create(1, general);
  matcher->context = pcre2_match_context_create(general);
  if (!matcher->data || !matcher->context) {
    return err_memory(e);
  }
  pcre2_set_match_limit(matcher->context, LIMIT_REGEX_MATCH);
  pcre2_set_depth_limit(matcher->context, LIMIT_REGEX_DEPTH);
  pcre2_set_heap_limit(matcher->context, LIMIT_REGEX_HEAP_KIB);
  *out = matcher;
  return true;
}

static bool too_much_work(struct err *e) {
  return err_set(e, ERR_LIMIT,
                 "the regular expression needs too much work on this text; repeats inside of repeats, such "
                 "as (a*)*, are the usual cause: write it so that each text can match in one way only");
}

/* What PCRE2's result says: zero is a match with more groups than offsets. */
static bool outcome(int result, bool *matched, struct err *e) {
  *matched = result >= 0;
  bool not_utf8 = result <= PCRE2_ERROR_UTF8_ERR1 && result >= PCRE2_ERROR_UTF8_ERR21;
  if (*matched || result == PCRE2_ERROR_NOMATCH || not_utf8) {
    return true;
  }
  if (result == PCRE2_ERROR_NOMEMORY) {
    return err_memory(e);
  }
  if (result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT || result == PCRE2_ERROR_HEAPLIMIT ||
      result == PCRE2_ERROR_CALLOUT) {
    return too_much_work(e);
  }
  PCRE2_UCHAR message[MESSAGE_BYTES] = "";
  pcre2_get_error_message(result, message, sizeof message);
  return err_set(e, ERR_LIMIT, "the regular expression can't be matched: %s", (const char *)message);
}

/* The work of one match. */
struct meter {
  uint64_t steps; /* that are left */
  size_t position;
};

/* PCRE2 calls this in front of each part of the pattern. Zero goes on; another number ends the match with that error. */
static int count_work(pcre2_callout_block *block, void *context) {
  struct meter *meter = context;
  size_t at = block->current_position;
  size_t moved = at > meter->position ? at - meter->position : meter->position - at;
  uint64_t steps = 1 + moved / BYTES_PER_STEP;
  meter->position = at;
  if (steps > meter->steps) {
    return PCRE2_ERROR_CALLOUT;
  }
  meter->steps -= steps;
  return 0;
}

bool regex_match_within(const struct regex *regex, sv text, struct regex_matcher *matcher, uint64_t *steps,
                        bool *matched, struct err *e) {
  /* Checking that the text is UTF-8 reads all of it. */
  uint64_t reading = 1 + text.len / BYTES_PER_STEP;
  if (reading > *steps) {
    return too_much_work(e);
  }
  struct meter meter = {.steps = *steps - reading};
  pcre2_set_callout(matcher->context, count_work, &meter);
  int result =
      pcre2_match(regex->code, (PCRE2_SPTR)(text.len ? text.ptr : ""), text.len, 0, 0, matcher->data, matcher->context);
  *steps = meter.steps;
  return outcome(result, matched, e);
}

bool regex_match(const struct regex *regex, sv text, struct arena *arena, bool *matched, struct err *e) {
  uint64_t steps = LIMIT_REGEX_STEPS;
  struct regex_matcher *matcher = NULL;
  return regex_matcher_new(arena, &matcher, e) && regex_match_within(regex, text, matcher, &steps, matched, e);
}
