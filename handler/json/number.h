/* JSON numbers as exact decimals: the text is the value. */
#ifndef ARAZZO_NUMBER_H
#define ARAZZO_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "errinfo.h"
#include "sv.h"

/* The value 0.DDD... times 10 to the power of `point`, where DDD... is `head` followed by `tail`, without zeros at either
 * end. The views lie in the text that was read. Zero has sign 0 and no digits. */
struct decimal {
  int sign;
  sv head;
  sv tail;
  long long point;
};

/* Why a text is no number; `code` is ERR_SYNTAX or ERR_LIMIT, `text` is static. */
struct number_problem {
  enum err_code code;
  const char *text;
};

/* Reads the number at the start of `text` (RFC 8259 section 6). The length of its text, or 0 with `problem` filled.
 * Bounds: LIMIT_JSON_NUMBER_BYTES, LIMIT_JSON_EXPONENT_DIGITS. */
size_t number_read(sv text, struct decimal *out, struct number_problem *problem);

/* True when the whole of `text` is one number that number_read accepts. */
bool number_valid(sv text);

/* Negative, zero, positive; exact. */
int number_compare(const struct decimal *a, const struct decimal *b);

/* True when the value is an integer within int64_t. */
bool number_to_int(const struct decimal *number, int64_t *out);

/* True when the value has no fractional part. */
bool number_is_integer(const struct decimal *number);

/* Digits that a divisor may have. */
#define NUMBER_DIVISOR_DIGITS 18

/* True when `number` is an integer times `divisor`; exact. False when the divisor is 0 or has more than
 * NUMBER_DIVISOR_DIGITS significant digits. */
bool number_is_multiple(const struct decimal *number, const struct decimal *divisor);

#endif
