/* Characters, white space, names, strings and numbers of JSONPath (RFC 9535 2.1.1, 2.3.1.1, 2.3.3.1, 2.3.5.1).
 *
 * The text was checked to be UTF-8 before, so every byte above 0x7F belongs to a character that names may hold. Strings
 * are decoded into the arena. Numbers are JSON's, and are read by the json layer. */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "jsonpath_parse.h"
#include "limits.h"
#include "number.h"
#include "sb.h"
#include "syntax_error.h"
#include "utf8.h"

/* RFC 9535 2.1: indexes and slice parameters lie in the range of exact integers of I-JSON. */
#define INTEGER_MAX 9007199254740991

char parser_peek(const struct parser *p, size_t ahead) {
  return p->at + ahead < p->text.len ? p->text.ptr[p->at + ahead] : '\0';
}

bool parser_at_end(const struct parser *p) {
  return p->at >= p->text.len;
}

/* RFC 9535 2.1.1: B = %x20 / %x09 / %x0A / %x0D. */
void parser_skip_blanks(struct parser *p) {
  while (!parser_at_end(p) && strchr(" \t\n\r", parser_peek(p, 0)) && parser_peek(p, 0) != '\0') {
    p->at++;
  }
}

bool parser_take(struct parser *p, sv text) {
  if (!sv_starts(sv_slice(p->text, p->at, p->text.len), text)) {
    return false;
  }
  p->at += text.len;
  return true;
}

bool parser_error(struct parser *p, size_t at, const char *format, ...) {
  char message[ERR_TEXT_BYTES];
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  return syntax_error(p->e, p->text, at, "%s", message);
}

/* What stands where an operator or the end was expected, and what to write for it; longer texts first. */
static const char *instead_of(sv rest) {
  static const struct {
    const char *text, *instead;
  } slips[] = {{"===", "write =="},
               {"!==", "write !="},
               {"=~", "write match(value, 'pattern') or search(value, 'pattern')"},
               {"<>", "write !="},
               {"==", "a comparison stands inside of a filter, as in $[?$.status == \"x\"]"},
               {"!=", "a comparison stands inside of a filter, as in $[?$.status != \"x\"]"},
               {"&&", "&& stands inside of a filter, as in $[?$.a && $.b]"},
               {"||", "|| stands inside of a filter, as in $[?$.a || $.b]"},
               {"<", "a comparison stands inside of a filter, as in $[?$.size < 3]"},
               {">", "a comparison stands inside of a filter, as in $[?$.size > 3]"},
               {"=", "write =="},
               {"&", "write &&"},
               {"|", "write ||"},
               {"and ", "write &&"},
               {"AND ", "write &&"},
               {"or ", "write ||"},
               {"OR ", "write ||"},
               {"in ", "write one comparison for each value, with || between them"},
               {"contains ", "write search(value, 'pattern') for text, or a filter such as $.list[?@ == \"x\"]"},
               {"empty ", "write length(value) == 0, or ! before a query that must select nothing"},
               {"+", "JSONPath does not calculate; compare single values"},
               {"*", "JSONPath does not calculate; compare single values"}};
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    if (sv_starts(rest, sv_from(slips[i].text))) {
      return slips[i].instead;
    }
  }
  return NULL;
}

bool parser_expected(struct parser *p, const char *what) {
  char found[SYNTAX_FOUND_BYTES];
  const char *instead = instead_of(sv_slice(p->text, p->at, p->text.len));
  return parser_error(p, p->at, "expected %s here, found %s%s%s", what, syntax_found(found, p->text, p->at),
                      instead ? "; " : "", instead ? instead : "");
}

bool parser_enter(struct parser *p) {
  if (p->depth >= LIMIT_EXPRESSION_DEPTH) {
    err_set(p->e, ERR_LIMIT, "it nests more than %d levels of parentheses, filters and functions",
            LIMIT_EXPRESSION_DEPTH);
    return false;
  }
  p->depth++;
  return true;
}

bool parser_takes_comparisons(const struct parser *p) {
  return p->dialect == JSONPATH_CONDITION || p->dialect == JSONPATH_GOESSNER_CONDITION;
}

bool parser_is_draft(const struct parser *p) {
  return p->dialect == JSONPATH_GOESSNER || p->dialect == JSONPATH_GOESSNER_CONDITION;
}

void parser_leave(struct parser *p) {
  p->depth--;
}

void *parser_new(struct parser *p, size_t size) {
  void *memory = arena_alloc(p->arena, size);
  if (!memory) {
    err_memory(p->e);
  }
  return memory;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* RFC 9535 2.5.1.1: name-first = ALPHA / "_" / %x80-D7FF / %xE000-10FFFF. */
static bool is_name_first(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

sv parser_take_name(struct parser *p) {
  size_t start = p->at;
  while (is_name_first(parser_peek(p, 0)) || (p->at > start && is_digit(parser_peek(p, 0)))) {
    p->at++;
  }
  return sv_slice(p->text, start, p->at);
}

/* Four hexadecimal digits at the current place; -1 when there are none. */
static int32_t hex4(struct parser *p) {
  int32_t value = 0;
  for (size_t i = 0; i < 4; i++) {
    char c = parser_peek(p, i);
    int32_t digit = is_digit(c)            ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
    if (digit < 0) {
      return -1;
    }
    value = value * 16 + digit;
  }
  p->at += 4;
  return value;
}

/* RFC 9535 2.3.1.1: hexchar = non-surrogate / (high-surrogate "\" "u" low-surrogate). */
static bool unicode_escape(struct parser *p, struct sb *out) {
  size_t start = p->at - 2;
  int32_t unit = hex4(p);
  if (unit < 0) {
    return parser_error(p, start, "\\u is followed by four hexadecimal digits");
  }
  uint32_t code_point = (uint32_t)unit;
  if (unit >= 0xD800 && unit <= 0xDFFF) {
    int32_t low = unit < 0xDC00 && parser_take(p, SV("\\u")) ? hex4(p) : -1;
    if (low < 0xDC00 || low > 0xDFFF) {
      return parser_error(p, start, "a surrogate stands alone: \\uD800-\\uDBFF is followed by \\uDC00-\\uDFFF");
    }
    code_point = 0x10000 + (((uint32_t)unit - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
  }
  utf8_put(out, code_point);
  return true;
}

/* RFC 9535 2.3.1.1: a quote is escaped only in a string that stands in that quote. */
static bool string_escape(struct parser *p, char quote, struct sb *out) {
  static const char names[] = "btnfr/\\", characters[] = "\b\t\n\f\r/\\";
  char c = parser_peek(p, 1);
  const char *known = c ? strchr(names, c) : NULL;
  p->at += 2;
  if (c == 'u') {
    return unicode_escape(p, out);
  }
  if (c != quote && !known) {
    return parser_error(p, p->at - 2,
                        "this escape does not exist; \\ stands before b t n f r / \\ u and the string's own "
                        "quote");
  }
  sb_char(out, known ? characters[known - names] : quote);
  return true;
}

/* Decodes the string from its first character to its closing quote. */
static bool decode_string(struct parser *p, char quote, size_t start, struct sb *out) {
  while (parser_peek(p, 0) != quote) {
    if (parser_at_end(p)) {
      return parser_error(p, start, "the string is not closed: expected %c", quote);
    }
    if ((unsigned char)parser_peek(p, 0) < 0x20) {
      return parser_error(p, p->at, "a control character in a string is written as an escape, such as \\n or \\u0000");
    }
    if (parser_peek(p, 0) != '\\') {
      sb_char(out, p->text.ptr[p->at++]);
    } else if (!string_escape(p, quote, out)) {
      return false;
    }
  }
  p->at++;
  return true;
}

bool parser_string(struct parser *p, sv *out) {
  size_t start = p->at;
  char quote = parser_peek(p, 0);
  struct sb b = sb_new(p->arena, LIMIT_EXPRESSION_BYTES);
  p->at++;
  return decode_string(p, quote, start, &b) && sb_finish(&b, "the string", out, p->e);
}

/* RFC 9535 2.3.3.1: int = "0" / (["-"] DIGIT1 *DIGIT), within the range of 2.1. */
bool parser_integer(struct parser *p, int64_t *out) {
  size_t start = p->at;
  bool negative = parser_take(p, SV("-"));
  if (!is_digit(parser_peek(p, 0))) {
    return parser_expected(p, "a digit");
  }
  if (parser_peek(p, 0) == '0' && (negative || is_digit(parser_peek(p, 1)))) {
    return parser_error(p, start, "an index has no leading zero, and there is no -0");
  }
  int64_t value = 0;
  while (is_digit(parser_peek(p, 0))) {
    value = value * 10 + (parser_peek(p, 0) - '0');
    if (value > INTEGER_MAX) {
      return parser_error(p, start, "an index lies between -9007199254740991 and 9007199254740991");
    }
    p->at++;
  }
  *out = negative ? -value : value;
  return true;
}

/* RFC 9535 2.3.5.1: number = (int / "-0") [ frac ] [ exp ], which is JSON's grammar. */
bool parser_number(struct parser *p, const json **out) {
  struct decimal ignored = {0};
  struct number_problem problem = {0};
  sv rest = sv_slice(p->text, p->at, p->text.len);
  size_t length = number_read(rest, &ignored, &problem);
  if (length == 0) {
    return problem.code == ERR_LIMIT ? err_set(p->e, ERR_LIMIT, "%s", problem.text)
                                     : parser_error(p, p->at, "%s", problem.text);
  }
  *out = json_new_number(p->arena, sv_slice(rest, 0, length));
  p->at += length;
  return *out || err_memory(p->e);
}
