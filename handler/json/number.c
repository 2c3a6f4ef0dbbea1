/* Exact decimal numbers.
 *
 * A number is read into sign, significant digits and the power of ten of its first digit. With zeros stripped from both
 * ends every value has one such form, so that numbers compare by sign, then by power, then digit by digit. An exponent is
 * never expanded: 1e999999999 costs as much as 1. The exponent's length is bounded so that the power fits a long long.
 *
 * Grammar: RFC 8259 section 6. There is no arithmetic here. */
#include "number.h"

#include "limits.h"

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static char peek(sv text, size_t at) {
  return at < text.len ? text.ptr[at] : '\0';
}

/* Takes the digits at `*at`; the view of them may be empty. */
static sv take_digits(sv text, size_t *at) {
  size_t from = *at;
  while (is_digit(peek(text, *at))) {
    (*at)++;
  }
  return sv_slice(text, from, *at);
}

static size_t refuse(struct number_problem *problem, enum err_code code, const char *text) {
  *problem = (struct number_problem){code, text};
  return 0;
}

static sv without_leading_zeros(sv digits) {
  size_t zeros = 0;
  while (peek(digits, zeros) == '0') {
    zeros++;
  }
  return sv_slice(digits, zeros, digits.len);
}

static sv without_trailing_zeros(sv digits) {
  while (digits.len && digits.ptr[digits.len - 1] == '0') {
    digits.len--;
  }
  return digits;
}

/* Brings digits around a decimal point, and a power of ten, into the one form of their value. */
static struct decimal normalise(bool negative, sv integer, sv fraction, long long exponent) {
  struct decimal number = {.sign = negative ? -1 : 1, .head = without_leading_zeros(integer)};
  number.tail = without_trailing_zeros(fraction);
  number.point = exponent + (long long)number.head.len;
  if (number.head.len == 0) {
    sv significant = without_leading_zeros(number.tail);
    number.point -= (long long)(number.tail.len - significant.len);
    number.tail = significant;
  }
  if (number.tail.len == 0) {
    number.head = without_trailing_zeros(number.head);
  }
  return number.head.len || number.tail.len ? number : (struct decimal){0};
}

/* Takes the exponent, where there is one. False with `problem` filled. */
static bool take_exponent(sv text, size_t *at, long long *exponent, struct number_problem *problem) {
  if (peek(text, *at) != 'e' && peek(text, *at) != 'E') {
    return true;
  }
  (*at)++;
  bool negative = peek(text, *at) == '-';
  if (negative || peek(text, *at) == '+') {
    (*at)++;
  }
  sv digits = take_digits(text, at);
  if (digits.len == 0) {
    return refuse(problem, ERR_SYNTAX, "a number's exponent needs a digit after 'e'") != 0;
  }
  digits = without_leading_zeros(digits);
  if (digits.len > LIMIT_JSON_EXPONENT_DIGITS) {
    return refuse(problem, ERR_LIMIT, "a number's exponent is too long") != 0;
  }
  for (size_t i = 0; i < digits.len; i++) {
    *exponent = *exponent * 10 + (digits.ptr[i] - '0');
  }
  *exponent = negative ? -*exponent : *exponent;
  return true;
}

size_t number_read(sv text, struct decimal *out, struct number_problem *problem) {
  size_t at = 0;
  bool negative = peek(text, 0) == '-';
  at += negative;
  sv integer = take_digits(text, &at);
  if (integer.len == 0) {
    return refuse(problem, ERR_SYNTAX, "a number needs a digit here: not '.5' or '+1', but 0.5 and 1");
  }
  if (integer.len > 1 && integer.ptr[0] == '0') {
    return refuse(problem, ERR_SYNTAX, "a number must not start with 0: write it without leading zeros, or in quotes");
  }
  sv fraction = {"", 0};
  if (peek(text, at) == '.') {
    at++;
    fraction = take_digits(text, &at);
    if (fraction.len == 0) {
      return refuse(problem, ERR_SYNTAX, "a number needs a digit after its '.'");
    }
  }
  long long exponent = 0;
  if (!take_exponent(text, &at, &exponent, problem)) {
    return 0;
  }
  if (at > LIMIT_JSON_NUMBER_BYTES) {
    return refuse(problem, ERR_LIMIT, "a number is too long");
  }
  *out = normalise(negative, integer, fraction, exponent);
  return at;
}

bool number_valid(sv text) {
  struct decimal ignored;
  struct number_problem problem;
  size_t length = number_read(text, &ignored, &problem);
  return length != 0 && length == text.len;
}

/* The digit at `index` behind the point of 0.DDD; zeros follow the last one. */
static int digit_at(const struct decimal *number, size_t index) {
  if (index < number->head.len) {
    return number->head.ptr[index] - '0';
  }
  index -= number->head.len;
  return index < number->tail.len ? number->tail.ptr[index] - '0' : 0;
}

static size_t digit_count(const struct decimal *number) {
  return number->head.len + number->tail.len;
}

/* Compares without the signs. */
static int compare_magnitude(const struct decimal *a, const struct decimal *b) {
  if (a->point != b->point) {
    return a->point < b->point ? -1 : 1;
  }
  size_t count = digit_count(a) > digit_count(b) ? digit_count(a) : digit_count(b);
  for (size_t i = 0; i < count; i++) {
    int order = digit_at(a, i) - digit_at(b, i);
    if (order != 0) {
      return order;
    }
  }
  return 0;
}

int number_compare(const struct decimal *a, const struct decimal *b) {
  if (a->sign != b->sign) {
    return a->sign - b->sign;
  }
  return a->sign * compare_magnitude(a, b);
}

bool number_to_int(const struct decimal *number, int64_t *out) {
  /* A last digit right of the point is not zero, so then the value is no integer. */
  if (number->point < (long long)digit_count(number) || number->point > 19) {
    return false;
  }
  uint64_t limit = number->sign < 0 ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
  uint64_t value = 0;
  for (size_t i = 0; i < (size_t)number->point; i++) {
    uint64_t digit = (uint64_t)digit_at(number, i);
    if (value > limit / 10 || value * 10 > limit - digit) {
      return false;
    }
    value = value * 10 + digit;
  }
  *out = number->sign < 0 ? (int64_t)(0 - value) : (int64_t)value;
  return true;
}

/* The exponent of the last digit: the value is the digits as an integer, times 10 to this power. */
static long long exponent_of(const struct decimal *number) {
  return number->point - (long long)(number->head.len + number->tail.len);
}

bool number_is_integer(const struct decimal *number) {
  return number->sign == 0 || exponent_of(number) >= 0;
}

/* The digits as an integer, modulo `modulus` (below 10^18, so that ten times a remainder fits). */
static uint64_t digits_modulo(const struct decimal *number, uint64_t modulus) {
  const sv parts[] = {number->head, number->tail};
  uint64_t remainder = 0;
  for (size_t part = 0; part < 2; part++) {
    for (size_t i = 0; i < parts[part].len; i++) {
      remainder = (remainder * 10 + (uint64_t)(parts[part].ptr[i] - '0')) % modulus;
    }
  }
  return remainder;
}

static uint64_t multiply_modulo(uint64_t a, uint64_t b, uint64_t modulus) {
  return (uint64_t)((__extension__(unsigned __int128) a * b) % modulus);
}

static uint64_t power_of_ten_modulo(long long exponent, uint64_t modulus) {
  uint64_t power = 1 % modulus;
  for (uint64_t base = 10 % modulus; exponent > 0; exponent >>= 1) {
    power = exponent & 1 ? multiply_modulo(power, base, modulus) : power;
    base = multiply_modulo(base, base, modulus);
  }
  return power;
}

bool number_is_multiple(const struct decimal *number, const struct decimal *divisor) {
  long long shift = exponent_of(number) - exponent_of(divisor);
  bool is_short = divisor->head.len + divisor->tail.len <= NUMBER_DIVISOR_DIGITS;
  uint64_t modulus = is_short ? digits_modulo(divisor, UINT64_C(1000000000000000000)) : 0;
  if (modulus == 0) {
    return false;
  }
  if (number->sign == 0) {
    return true;
  }
  /* The last digit of a number is not 0, so that it is no multiple of a higher power of ten. */
  if (shift < 0) {
    return false;
  }
  return multiply_modulo(digits_modulo(number, modulus), power_of_ten_modulo(shift, modulus), modulus) == 0;
}
