/* Scalars by YAML 1.2.2's core schema (10.3.2), as JSON values.
 *
 * A plain scalar's text is classified first, then made into a value. Numbers keep their digits: only what is no JSON number
 * text is rewritten (+1, .5, 1., 0o17, 0x1F). One deviation, on purpose: digits with a leading zero (010, 007) are text.
 * The core schema reads them as decimal, YAML 1.1 as octal, and who writes them means neither: account ids and codes. */
#include "yaml_scalar.h"

#include "arena.h"
#include "limits.h"
#include "number.h"
#include "sb.h"

enum core_type { CORE_TEXT, CORE_NULL, CORE_BOOLEAN, CORE_INTEGER, CORE_RADIX, CORE_FLOAT, CORE_NOT_FINITE };

/* A decimal number's parts: [-+]? digits? ( . digits? )? ( [eE] [-+]? digits )? */
struct decimal_text {
  bool negative;
  sv integer;
  bool has_point;
  sv fraction;
  sv exponent; /* with its 'e' */
};

static bool is_one_of(sv text, const char *const *words) {
  for (; *words; words++) {
    if (sv_eq(text, sv_from(*words))) {
      return true;
    }
  }
  return false;
}

static bool is_null(sv text) {
  static const char *const words[] = {"", "~", "null", "Null", "NULL", NULL};
  return is_one_of(text, words);
}

static bool is_true(sv text) {
  static const char *const words[] = {"true", "True", "TRUE", NULL};
  return is_one_of(text, words);
}

static bool is_false(sv text) {
  static const char *const words[] = {"false", "False", "FALSE", NULL};
  return is_one_of(text, words);
}

static bool is_sign(sv text) {
  return text.len && (text.ptr[0] == '-' || text.ptr[0] == '+');
}

static bool is_not_finite(sv text) {
  static const char *const infinite[] = {".inf", ".Inf", ".INF", NULL};
  static const char *const no_number[] = {".nan", ".NaN", ".NAN", NULL};
  return is_one_of(text, no_number) || is_one_of(sv_slice(text, is_sign(text), text.len), infinite);
}

/* The value of a digit of any base up to 16, or 16. */
static unsigned digit_value(char c) {
  if (c >= '0' && c <= '9') {
    return (unsigned)(c - '0');
  }
  if (c >= 'a' && c <= 'f') {
    return (unsigned)(c - 'a' + 10);
  }
  return c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10) : 16;
}

/* How many digits of the base the text starts with. */
static size_t digit_run(sv text, unsigned base) {
  size_t length = 0;
  while (length < text.len && digit_value(text.ptr[length]) < base) {
    length++;
  }
  return length;
}

/* The base that a prefix gives (0o: 8, 0x: 16) when digits of it follow up to the end; else 0. */
static unsigned radix_of(sv text) {
  unsigned base = sv_starts(text, SV("0o")) ? 8 : sv_starts(text, SV("0x")) ? 16 : 0;
  sv digits = sv_slice(text, 2, text.len);
  return base && digits.len && digit_run(digits, base) == digits.len ? base : 0;
}

/* Takes the run of digits at the start of `*text`. */
static sv take_digits(sv *text) {
  sv digits = sv_slice(*text, 0, digit_run(*text, 10));
  *text = sv_slice(*text, digits.len, text->len);
  return digits;
}

/* True when the text is empty or an exponent. */
static bool is_exponent_or_empty(sv text) {
  if (text.len == 0) {
    return true;
  }
  sv digits = sv_slice(text, 1, text.len);
  digits = sv_slice(digits, is_sign(digits), digits.len);
  return (text.ptr[0] == 'e' || text.ptr[0] == 'E') && digits.len && digit_run(digits, 10) == digits.len;
}

static bool read_decimal(sv text, struct decimal_text *number) {
  number->negative = sv_starts(text, SV("-"));
  text = sv_slice(text, is_sign(text), text.len);
  number->integer = take_digits(&text);
  number->has_point = sv_starts(text, SV("."));
  text = sv_slice(text, number->has_point, text.len);
  number->fraction = number->has_point ? take_digits(&text) : (sv){"", 0};
  number->exponent = text;
  bool leading_zero = number->integer.len > 1 && number->integer.ptr[0] == '0';
  return (number->integer.len || number->fraction.len) && !leading_zero && is_exponent_or_empty(text);
}

static enum core_type core_type_of(sv text) {
  struct decimal_text number;
  if (is_null(text)) {
    return CORE_NULL;
  }
  if (is_true(text) || is_false(text)) {
    return CORE_BOOLEAN;
  }
  if (is_not_finite(text)) {
    return CORE_NOT_FINITE;
  }
  if (radix_of(text)) {
    return CORE_RADIX;
  }
  if (!read_decimal(text, &number)) {
    return CORE_TEXT;
  }
  return number.has_point || number.exponent.len ? CORE_FLOAT : CORE_INTEGER;
}

/* The node, or ERR_MEMORY. */
static bool give(json *node, json **out, struct err *e) {
  *out = node;
  return node || err_memory(e);
}

static bool make_decimal(struct arena *arena, sv text, json **out, struct err *e) {
  struct decimal_text parts;
  struct decimal ignored;
  struct number_problem problem;
  read_decimal(text, &parts);
  struct sb rewritten = sb_new(arena, text.len + 2);
  sb_put(&rewritten, parts.negative ? SV("-") : SV(""));
  sb_put(&rewritten, parts.integer.len ? parts.integer : SV("0"));
  sb_put(&rewritten, parts.has_point ? SV(".") : SV(""));
  sb_put(&rewritten, parts.has_point && parts.fraction.len == 0 ? SV("0") : parts.fraction);
  sb_put(&rewritten, parts.exponent);
  if (!sb_finish(&rewritten, "a number", &text, e)) {
    return false;
  }
  if (number_read(text, &ignored, &problem) == 0) {
    return err_set(e, problem.code, "%s; put it in quotes if it is text", problem.text);
  }
  return give(json_new_number(arena, text), out, e);
}

static bool make_radix(struct arena *arena, sv text, json **out, struct err *e) {
  unsigned base = sv_starts(text, SV("0o")) ? 8 : 16;
  unsigned long long value = 0;
  for (size_t i = 2; i < text.len; i++) {
    if (value > ULLONG_MAX / base) {
      return err_set(e, ERR_LIMIT,
                     "an octal or hexadecimal number is larger than 64 bits; put it in quotes if it is text");
    }
    value = value * base + digit_value(text.ptr[i]);
  }
  struct sb decimal = sb_new(arena, 20);
  sb_format(&decimal, "%llu", value);
  return sb_finish(&decimal, "a number", &text, e) && give(json_new_number(arena, text), out, e);
}

bool yaml_quoted(struct arena *arena, sv text, json **out, struct err *e) {
  if (sv_find(text, '\0') != text.len) {
    return err_set(e, ERR_UNSUPPORTED, "the character U+0000 is not supported in text");
  }
  return give(json_new_string(arena, text), out, e);
}

bool yaml_plain(struct arena *arena, sv text, json **out, struct err *e) {
  switch (core_type_of(text)) {
  case CORE_TEXT:
    return yaml_quoted(arena, text, out, e);
  case CORE_NULL:
    return give(json_new_null(arena), out, e);
  case CORE_BOOLEAN:
    return give(json_new_boolean(arena, is_true(text)), out, e);
  case CORE_INTEGER:
  case CORE_FLOAT:
    return make_decimal(arena, text, out, e);
  case CORE_RADIX:
    return make_radix(arena, text, out, e);
  case CORE_NOT_FINITE:
    return err_set(e, ERR_UNSUPPORTED, "JSON has no number for %.*s; put it in quotes if it is text", SV_ARG(text));
  }
  return err_set(e, ERR_INTERNAL, "a scalar of an unknown type");
}

/* Which texts a tag of the core schema takes; YAML 1.2.2 10.3.2: !!float takes integers too. */
static bool fits(sv tag, enum core_type type) {
  bool integer = type == CORE_INTEGER || type == CORE_RADIX;
  if (sv_eq(tag, SV("null"))) {
    return type == CORE_NULL;
  }
  if (sv_eq(tag, SV("bool"))) {
    return type == CORE_BOOLEAN;
  }
  return sv_eq(tag, SV("int")) ? integer : integer || type == CORE_FLOAT || type == CORE_NOT_FINITE;
}

bool yaml_tagged(struct arena *arena, sv tag, sv text, json **out, struct err *e) {
  static const char *const core[] = {"null", "bool", "int", "float", NULL};
  static const sv prefix = {"tag:yaml.org,2002:", 18};
  sv name = sv_starts(tag, prefix) ? sv_slice(tag, prefix.len, tag.len) : (sv){"", 0};
  /* YAML 1.2.2 6.9.1: the non-specific tag "!" makes a scalar text. */
  if (sv_eq(tag, SV("!")) || sv_eq(name, SV("str"))) {
    return yaml_quoted(arena, text, out, e);
  }
  if (!is_one_of(name, core)) {
    return err_set(e, ERR_UNSUPPORTED, "the tag %.*s is not one of !!str, !!int, !!float, !!bool and !!null",
                   SV_ARG(tag));
  }
  if (!fits(name, core_type_of(text))) {
    return err_set(e, ERR_INVALID, "the text does not fit its tag !!%.*s", SV_ARG(name));
  }
  return yaml_plain(arena, text, out, e);
}
