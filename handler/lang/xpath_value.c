/* Numbers and texts. XPath 1.0's numbers are IEEE doubles; their texts have neither sign "+" nor exponent. The digits are found
 * by trying: the shortest that reads back as the same number, at most 17. */
#include "xpath_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "sb.h"

#define SHORT_BYTES 64
#define DIGITS_MAX 17
#define NUMBER_TEXT_BYTES ((size_t)512) /* the largest double has 309 digits, the smallest 342 behind the point */

static size_t count_digits(sv text) {
  size_t count = 0;
  while (count < text.len && text.ptr[count] >= '0' && text.ptr[count] <= '9') {
    count++;
  }
  return count;
}

/* XPath 1.0 4.4: optional white space, an optional minus, a Number, optional white space. */
static bool is_number(sv text) {
  sv rest = sv_slice(text, sv_starts(text, SV("-")), text.len);
  size_t whole = count_digits(rest);
  rest = sv_slice(rest, whole, rest.len);
  if (rest.len == 0) {
    return whole > 0;
  }
  size_t fraction = count_digits(sv_slice(rest, 1, rest.len));
  return rest.ptr[0] == '.' && fraction + 1 == rest.len && whole + fraction > 0;
}

bool xpath_to_number(struct arena *arena, sv text, double *out) {
  char room[SHORT_BYTES];
  char *copy = room;
  sv number = sv_trim(text);
  if (!is_number(number)) {
    *out = (double)NAN;
    return true;
  }
  if (number.len >= sizeof room) {
    copy = arena_alloc(arena, number.len + 1);
  }
  if (!copy) {
    return false;
  }
  memcpy(copy, number.ptr, number.len);
  copy[number.len] = '\0';
  *out = strtod(copy, NULL);
  return true;
}

/* "d.ddde±x" with the fewest digits: the digits without the point go to `digits`, the exponent is returned. */
static int shortest_digits(double number, char digits[DIGITS_MAX + 1]) {
  char text[SHORT_BYTES];
  for (int precision = 0; precision < DIGITS_MAX; precision++) {
    snprintf(text, sizeof text, "%.*e", precision, number);
    if (strtod(text, NULL) >= number && strtod(text, NULL) <= number) {
      break;
    }
  }
  size_t count = 0;
  const char *at = text;
  for (; *at && *at != 'e'; at++) {
    if (*at != '.') {
      digits[count++] = *at;
    }
  }
  digits[count] = '\0';
  return (int)strtol(at + 1, NULL, 10);
}

static void put_digits(struct sb *out, const char *digits, int exponent) {
  int count = (int)strlen(digits);
  if (exponent < 0) {
    sb_put(out, SV("0."));
  }
  for (int i = -1; i > exponent; i--) {
    sb_char(out, '0');
  }
  for (int i = 0; i < count || i <= exponent; i++) {
    if (i == exponent + 1 && i > 0) {
      sb_char(out, '.');
    }
    sb_char(out, i < count ? digits[i] : '0');
  }
}

bool xpath_number_text(struct arena *arena, double number, sv *out) {
  char digits[DIGITS_MAX + 1] = "";
  /* XPath 1.0 4.2: NaN, Infinity and -Infinity; both zeros are "0". */
  if (isnan(number) || isinf(number)) {
    *out = isnan(number) ? SV("NaN") : number > 0 ? SV("Infinity") : SV("-Infinity");
    return true;
  }
  if (fpclassify(number) == FP_ZERO) {
    *out = SV("0");
    return true;
  }
  struct sb text = sb_new(arena, NUMBER_TEXT_BYTES);
  int exponent = shortest_digits(fabs(number), digits);
  sb_put(&text, number < 0 ? SV("-") : SV(""));
  put_digits(&text, digits, exponent);
  *out = sb_view(&text);
  return text.state == SB_OK;
}
