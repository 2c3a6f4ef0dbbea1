/* I-Regexp to PCRE2 (RFC 9485).
 *
 * A walk over the pattern by the grammar of section 4. Groups are counted, not descended into, so that nesting costs no
 * stack. What is left after the check is the common ground of all engines, so almost every character is copied; section
 * 5.4 names the two differences: '.' leaves out LF and CR, and the whole is anchored (that is done by regex.c).
 *
 * The grammar has '^' and '$' among the ordinary characters. As the conformance suite of JSONPath does, they are read as
 * the anchors that every author means by them. Nothing else of PCRE2 (\d, \b, lazy and possessive repeats, look-around,
 * named groups, back references) passes the check. */
#include "i_regexp.h"

#include <string.h>

#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "syntax_error.h"
#include "utf8.h"

struct translation {
  sv pattern;
  size_t at;
  size_t groups;
  struct sb *out;
  struct err *e;
};

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* The character at the current place plus `ahead`; NUL beyond the end, which is told from a real one by at_end. */
static char peek(const struct translation *t, size_t ahead) {
  return t->at + ahead < t->pattern.len ? t->pattern.ptr[t->at + ahead] : '\0';
}

static bool at_end(const struct translation *t) {
  return t->at >= t->pattern.len;
}

static bool is_one_of(char c, const char *set) {
  return c != '\0' && strchr(set, c) != NULL;
}

static void copy(struct translation *t, size_t length) {
  sb_put(t->out, sv_slice(t->pattern, t->at, t->at + length));
  t->at += length;
}

/* The length of the code point at the current place. The pattern was checked to be UTF-8. */
static size_t character_length(const struct translation *t) {
  uint32_t ignored = 0;
  size_t length = utf8_decode(sv_slice(t->pattern, t->at, t->pattern.len), &ignored);
  return length ? length : 1;
}

/* RFC 9485 4: IsCategory, a letter and, mostly, a second one. */
static bool is_category(sv name) {
  static const struct {
    char first;
    const char *second;
  } categories[] = {{'L', "lmotu"}, {'M', "cen"},  {'N', "dlo"}, {'P', "cdefios"},
                    {'Z', "lps"},   {'S', "ckmo"}, {'C', "cfno"}};
  for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
    if (name.len > 0 && name.ptr[0] == categories[i].first) {
      return name.len == 1 || (name.len == 2 && is_one_of(name.ptr[1], categories[i].second));
    }
  }
  return false;
}

/* RFC 9485 4: catEsc, complEsc: \p{Lu}, \P{Lu}. */
static bool category_escape(struct translation *t) {
  sv rest = sv_slice(t->pattern, t->at + 3, t->pattern.len);
  size_t close = sv_find(rest, '}');
  if (peek(t, 2) != '{' || close == rest.len || !is_category(sv_slice(rest, 0, close))) {
    return syntax_error(t->e, t->pattern, t->at,
                        "a Unicode category is written as \\p{L} or \\p{Lu}, and is one of L, M, "
                        "N, P, Z, S, C and their second letters (RFC 9485)");
  }
  copy(t, close + 4);
  return true;
}

/* RFC 9485 4: SingleCharEsc, charClassEsc. */
static bool escape(struct translation *t, bool *is_class) {
  char c = peek(t, 1);
  *is_class = c == 'p' || c == 'P';
  if (*is_class) {
    return category_escape(t);
  }
  if (!is_one_of(c, "()*+-.?[\\]^nrt{|}")) {
    const char *instead = c == 'd'   ? "; write [0-9]"
                          : c == 's' ? "; write [ \\t\\n\\r]"
                          : c == 'w' ? "; write [A-Za-z0-9_]"
                                     : "; \\ stands only before ( ) * + - . ? [ \\ ] ^ { | } and n r t p P";
    return syntax_error(t->e, t->pattern, t->at, "this escape is not part of I-Regexp (RFC 9485)%s", instead);
  }
  copy(t, 2);
  return true;
}

/* RFC 9485 4: CCchar, or charClassEsc where `*is_class` is set then. */
static bool class_character(struct translation *t, bool *is_class) {
  *is_class = false;
  char c = peek(t, 0);
  if (at_end(t)) {
    return syntax_error(t->e, t->pattern, t->at, "the character class is not closed: expected ']'");
  }
  if (c == '\\') {
    return escape(t, is_class);
  }
  if (c == '[' || c == '-') {
    return syntax_error(t->e, t->pattern, t->at, "'%c' inside a character class is written as \\%c", c, c);
  }
  copy(t, character_length(t));
  return true;
}

/* RFC 9485 4: CCE1 = ( CCchar [ "-" CCchar ] ) / charClassEsc. */
static bool class_item(struct translation *t) {
  bool is_class = false;
  if (!class_character(t, &is_class)) {
    return false;
  }
  if (is_class || peek(t, 0) != '-' || peek(t, 1) == ']') {
    return true;
  }
  size_t end = t->at + 1;
  copy(t, 1);
  if (!class_character(t, &is_class)) {
    return false;
  }
  return !is_class || syntax_error(t->e, t->pattern, end, "a range ends in one character, not in a category");
}

/* RFC 9485 4: charClassExpr = "[" [ "^" ] ( "-" / CCE1 ) *CCE1 [ "-" ] "]". */
static bool class_expression(struct translation *t) {
  copy(t, peek(t, 1) == '^' ? 2 : 1);
  if (peek(t, 0) == ']') {
    return syntax_error(t->e, t->pattern, t->at, "a character class is not empty; ']' in it is written as \\]");
  }
  if (peek(t, 0) == '-') {
    copy(t, 1);
  }
  while (peek(t, 0) != ']') {
    if (peek(t, 0) == '-' && peek(t, 1) == ']') {
      copy(t, 1);
    } else if (!class_item(t)) {
      return false;
    }
  }
  copy(t, 1);
  return true;
}

/* RFC 9485 4: range-quantifier = "{" QuantExact [ "," [ QuantExact ] ] "}". */
static bool range_quantifier(struct translation *t) {
  size_t start = t->at;
  size_t length = 1;
  while (is_digit(peek(t, length))) {
    length++;
  }
  bool exact = length > 1;
  if (exact && peek(t, length) == ',') {
    length++;
    while (is_digit(peek(t, length))) {
      length++;
    }
  }
  if (!exact || peek(t, length) != '}') {
    return syntax_error(t->e, t->pattern, start,
                        "a repeat is written as {2}, {2,} or {2,5}; the character itself as \\{");
  }
  copy(t, length + 1);
  return true;
}

static bool quantifier(struct translation *t) {
  char c = peek(t, 0);
  if (c == '{') {
    return range_quantifier(t);
  }
  if (is_one_of(c, "*+?")) {
    copy(t, 1);
  }
  return true;
}

static bool open_group(struct translation *t) {
  if (++t->groups > LIMIT_EXPRESSION_DEPTH) {
    return err_set(t->e, ERR_LIMIT, "the pattern nests more than %d groups", LIMIT_EXPRESSION_DEPTH);
  }
  t->at++;
  sb_put(t->out, SV("(?:"));
  return true;
}

static bool close_group(struct translation *t) {
  if (t->groups == 0) {
    return syntax_error(t->e, t->pattern, t->at, "this ')' closes no group; the character itself is written as \\)");
  }
  t->groups--;
  copy(t, 1);
  return quantifier(t);
}

static bool refuse(struct translation *t, char c) {
  if (is_one_of(c, "*+?{")) {
    return syntax_error(t->e, t->pattern, t->at,
                        "'%c' repeats nothing here; lazy and possessive repeats and (?…) are not part of I-Regexp "
                        "(RFC 9485), and the character itself is written as \\%c",
                        c, c);
  }
  return syntax_error(t->e, t->pattern, t->at, "'%c' is written as \\%c (RFC 9485)", c, c);
}

/* One atom with its quantifier, or a mark of the structure. */
static bool piece(struct translation *t) {
  char c = peek(t, 0);
  bool ignored = false;
  switch (c) {
  case '|':
    copy(t, 1);
    return true;
  case '(':
    return open_group(t);
  case ')':
    return close_group(t);
  case '[':
    return class_expression(t) && quantifier(t);
  case '\\':
    return escape(t, &ignored) && quantifier(t);
  case '.':
    /* RFC 9485 5.3: the dot leaves out LF and CR, and nothing else. */
    t->at++;
    sb_put(t->out, SV("[^\\n\\r]"));
    return quantifier(t);
  case '*':
  case '+':
  case '?':
  case '{':
  case '}':
  case ']':
    return refuse(t, c);
  default:
    copy(t, character_length(t));
    return quantifier(t);
  }
}

bool i_regexp_translate(sv pattern, struct sb *out, struct err *e) {
  struct translation t = {.pattern = pattern, .out = out, .e = e};
  size_t valid = utf8_valid_prefix(pattern);
  if (valid < pattern.len) {
    return syntax_error(e, pattern, valid, "the pattern is not valid UTF-8");
  }
  while (!at_end(&t)) {
    if (!piece(&t)) {
      return false;
    }
  }
  return t.groups == 0 || syntax_error(e, pattern, pattern.len, "a group is not closed: expected ')'");
}
