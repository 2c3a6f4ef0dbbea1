/* The strict scan over JSON text that goes before cJSON.
 *
 * cJSON accepts more than RFC 8259 does: numbers like 01 and 1., control characters and broken UTF-8 in strings, text
 * behind the value. Here every token is checked by sections 2 to 8 of the RFC. What may come next is one state; which
 * brackets are open is a stack of fixed size, so there is no recursion. Columns are kept by counting, so that a place is
 * known at every token without looking back.
 *
 * Refused although the RFC allows it: U+0000 in strings (text ends at NUL in the tree), and a byte order mark (RFC 8259
 * 8.1 leaves that to the parser). Duplicate names are checked on the tree, where escapes are resolved. */
#include "json_scan.h"

#include <stdarg.h>
#include <stdio.h>

#include "errinfo.h"
#include "number.h"
#include "utf8.h"

struct json_scan json_scan_begin(sv text) {
  return (struct json_scan){.text = text, .line = 1, .expect = EXPECT_VALUE};
}

bool json_token_is_value(const struct json_token *token) {
  switch (token->kind) {
  case JSON_TOKEN_STRING:
  case JSON_TOKEN_NUMBER:
  case JSON_TOKEN_LITERAL:
  case JSON_TOKEN_OPEN:
    return true;
  case JSON_TOKEN_END:
  case JSON_TOKEN_NAME:
  case JSON_TOKEN_CLOSE:
    return false;
  }
  return false;
}

/* The byte at `ahead` from here, or -1 at the end. */
static int byte_at(const struct json_scan *s, size_t ahead) {
  return s->text.len - s->at > ahead ? (unsigned char)s->text.ptr[s->at + ahead] : -1;
}

static sv rest(const struct json_scan *s) {
  return sv_slice(s->text, s->at, s->text.len);
}

static unsigned column_here(const struct json_scan *s) {
  return (unsigned)(s->at - s->line_start - s->continuation_bytes + 1);
}

static bool fail(const struct json_scan *s, struct err *e, enum err_code code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool fail(const struct json_scan *s, struct err *e, enum err_code code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  err_recordv(e, code, format, args);
  va_end(args);
  return err_at(e, SV(""), s->line, column_here(s));
}

/* "expected WHAT, found CHARACTER". */
static bool fail_expected(const struct json_scan *s, struct err *e, const char *what) {
  uint32_t found = 0;
  if (s->at == s->text.len) {
    return fail(s, e, ERR_SYNTAX, "expected %s, found the end of the text", what);
  }
  if (utf8_decode(rest(s), &found) == 0) {
    return fail(s, e, ERR_SYNTAX, "expected %s, found the byte 0x%02X, which is not UTF-8", what,
                (unsigned)byte_at(s, 0));
  }
  if (found > 0x20 && found < 0x7F) {
    return fail(s, e, ERR_SYNTAX, "expected %s, found '%c'", what, (char)found);
  }
  if (found == 0xFEFF && s->at == 0) {
    return fail(s, e, ERR_SYNTAX, "expected %s, found a byte order mark: save the text without it", what);
  }
  return fail(s, e, ERR_SYNTAX, "expected %s, found U+%04X", what, (unsigned)found);
}

/* Skips RFC 8259's white space and counts lines: LF, CR LF, and CR alone end one. */
static void skip_space(struct json_scan *s) {
  for (;; s->at++) {
    int c = byte_at(s, 0);
    if (c == '\n' || (c == '\r' && byte_at(s, 1) != '\n')) {
      s->line++;
      s->line_start = s->at + 1;
      s->continuation_bytes = 0;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      return;
    }
  }
}

static int hex_value(int c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  int lower = c | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The code unit of the \uXXXX at `ahead` from here, or -1 when there is none. */
static long code_unit(const struct json_scan *s, size_t ahead) {
  if (byte_at(s, ahead) != '\\' || byte_at(s, ahead + 1) != 'u') {
    return -1;
  }
  long value = 0;
  for (size_t i = ahead + 2; i < ahead + 6; i++) {
    int digit = hex_value(byte_at(s, i));
    if (digit < 0) {
      return -1;
    }
    value = value * 16 + digit;
  }
  return value;
}

static bool scan_unicode_escape(struct json_scan *s, struct err *e) {
  long unit = code_unit(s, 0);
  if (unit < 0) {
    return fail(s, e, ERR_SYNTAX, "\\u needs four hexadecimal digits");
  }
  if (unit == 0) {
    return fail(s, e, ERR_UNSUPPORTED, "the character U+0000 (\\u0000) is not supported in text");
  }
  /* RFC 8259 7: a character outside the Basic Multilingual Plane is a surrogate pair; half of one is no character. */
  if (unit >= 0xD800 && unit <= 0xDFFF) {
    long second = code_unit(s, 6);
    if (unit >= 0xDC00 || second < 0xDC00 || second > 0xDFFF) {
      return fail(s, e, ERR_SYNTAX, "\\u%04lX is half of a surrogate pair: the other half is missing", unit);
    }
    s->at += 6;
  }
  s->at += 6;
  return true;
}

static bool scan_escape(struct json_scan *s, struct err *e) {
  switch (byte_at(s, 1)) {
  case '"':
  case '\\':
  case '/':
  case 'b':
  case 'f':
  case 'n':
  case 'r':
  case 't':
    s->at += 2;
    return true;
  case 'u':
    return scan_unicode_escape(s, e);
  default:
    return fail(s, e, ERR_SYNTAX, "an escape that JSON does not have: after \\ comes one of \" \\ / b f n r t u");
  }
}

/* One character, or one escape, of a string. */
static bool scan_character(struct json_scan *s, struct err *e) {
  int c = byte_at(s, 0);
  uint32_t code_point = 0;
  if (c == '\\') {
    return scan_escape(s, e);
  }
  if (c < 0) {
    return fail(s, e, ERR_SYNTAX, "the text ends within a string: its closing '\"' is missing");
  }
  /* RFC 8259 7: the control characters U+0000 to U+001F MUST be escaped. */
  if (c < 0x20) {
    return fail(s, e, ERR_SYNTAX, "the control character U+%04X must be escaped in a string: write \\u%04x",
                (unsigned)c, (unsigned)c);
  }
  /* RFC 8259 8.1: JSON text MUST be encoded using UTF-8. */
  size_t length = c < 0x80 ? 1 : utf8_decode(rest(s), &code_point);
  if (length == 0) {
    return fail(s, e, ERR_SYNTAX, "the byte 0x%02X is not valid UTF-8", (unsigned)c);
  }
  s->continuation_bytes += length - 1;
  s->at += length;
  return true;
}

static bool scan_string(struct json_scan *s, struct err *e) {
  s->at++;
  while (byte_at(s, 0) != '"') {
    if (!scan_character(s, e)) {
      return false;
    }
  }
  s->at++;
  return true;
}

static bool scan_number(struct json_scan *s, struct err *e) {
  struct decimal ignored;
  struct number_problem problem;
  size_t length = number_read(rest(s), &ignored, &problem);
  if (length == 0) {
    return problem.code == ERR_LIMIT ? fail(s, e, ERR_LIMIT, "%s: at most %d bytes, %d digits of them in the exponent",
                                            problem.text, LIMIT_JSON_NUMBER_BYTES, LIMIT_JSON_EXPONENT_DIGITS)
                                     : fail(s, e, ERR_SYNTAX, "%s", problem.text);
  }
  s->at += length;
  return true;
}

static bool scan_literal(struct json_scan *s, struct err *e) {
  static const sv literals[] = {{"null", 4}, {"true", 4}, {"false", 5}};
  for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++) {
    if (sv_starts(rest(s), literals[i])) {
      s->at += literals[i].len;
      return true;
    }
  }
  return fail_expected(s, e, "a value (an object, array, string in double quotes, number, true, false or null)");
}

static void expect_after_value(struct json_scan *s) {
  s->expect = s->depth ? EXPECT_COMMA_OR_CLOSE : EXPECT_END;
}

static bool scan_open(struct json_scan *s, struct err *e) {
  if (s->depth == LIMIT_JSON_DEPTH) {
    return fail(s, e, ERR_LIMIT, "arrays and objects are nested deeper than %d levels", LIMIT_JSON_DEPTH);
  }
  char open = s->text.ptr[s->at++];
  s->open[s->depth++] = open;
  s->expect = open == '[' ? EXPECT_ELEMENT_OR_CLOSE : EXPECT_NAME_OR_CLOSE;
  return true;
}

static bool scan_close(struct json_scan *s, struct json_token *token) {
  token->kind = JSON_TOKEN_CLOSE;
  s->at++;
  s->depth--;
  expect_after_value(s);
  return true;
}

/* Whether the bracket that closes the innermost array or object is next. */
static bool at_close(const struct json_scan *s) {
  return s->depth && byte_at(s, 0) == (s->open[s->depth - 1] == '[' ? ']' : '}');
}

static bool scan_value(struct json_scan *s, struct json_token *token, struct err *e) {
  int c = byte_at(s, 0);
  if (c == '[' || c == '{') {
    token->kind = JSON_TOKEN_OPEN;
    return scan_open(s, e);
  }
  expect_after_value(s);
  if (c == '"') {
    token->kind = JSON_TOKEN_STRING;
    return scan_string(s, e);
  }
  if (c == '-' || c == '+' || c == '.' || (c >= '0' && c <= '9')) {
    token->kind = JSON_TOKEN_NUMBER;
    return scan_number(s, e);
  }
  token->kind = JSON_TOKEN_LITERAL;
  return scan_literal(s, e);
}

/* A name and its colon; the token's text is the name alone. */
static bool scan_name(struct json_scan *s, struct json_token *token, struct err *e) {
  size_t from = s->at;
  if (byte_at(s, 0) != '"') {
    return fail_expected(s, e, "a member's name in double quotes");
  }
  if (!scan_string(s, e)) {
    return false;
  }
  token->kind = JSON_TOKEN_NAME;
  token->text = sv_slice(s->text, from, s->at);
  skip_space(s);
  if (byte_at(s, 0) != ':') {
    return fail_expected(s, e, "':' after a member's name");
  }
  s->at++;
  s->expect = EXPECT_VALUE;
  return true;
}

/* Goes over the comma between two elements or members. */
static bool skip_comma(struct json_scan *s, struct err *e) {
  bool in_array = s->open[s->depth - 1] == '[';
  if (byte_at(s, 0) != ',') {
    return fail_expected(s, e, in_array ? "',' or ']'" : "',' or '}'");
  }
  s->at++;
  skip_space(s);
  s->expect = in_array ? EXPECT_VALUE : EXPECT_NAME;
  return true;
}

static bool scan_token(struct json_scan *s, struct json_token *token, struct err *e) {
  switch (s->expect) {
  case EXPECT_ELEMENT_OR_CLOSE:
  case EXPECT_VALUE:
    return scan_value(s, token, e);
  case EXPECT_NAME_OR_CLOSE:
  case EXPECT_NAME:
    return scan_name(s, token, e);
  case EXPECT_COMMA_OR_CLOSE:
  case EXPECT_END:
    break;
  }
  return s->at == s->text.len || fail_expected(s, e, "the end of the text after the value");
}

/* Whether the state allows the closing bracket here: not after a comma, and not where a member's value is due. */
static bool may_close(enum json_expect expect) {
  return expect == EXPECT_ELEMENT_OR_CLOSE || expect == EXPECT_NAME_OR_CLOSE || expect == EXPECT_COMMA_OR_CLOSE;
}

bool json_scan_next(struct json_scan *s, struct json_token *token, struct err *e) {
  skip_space(s);
  bool closes = may_close(s->expect) && at_close(s);
  if (!closes && s->expect == EXPECT_COMMA_OR_CLOSE && !skip_comma(s, e)) {
    return false;
  }
  size_t from = s->at;
  *token = (struct json_token){.kind = JSON_TOKEN_END, .line = s->line, .column = column_here(s)};
  if (!(closes ? scan_close(s, token) : scan_token(s, token, e))) {
    return false;
  }
  if (token->kind != JSON_TOKEN_NAME) {
    token->text = sv_slice(s->text, from, s->at);
  }
  return true;
}
