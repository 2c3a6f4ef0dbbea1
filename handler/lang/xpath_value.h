/* Conversions between XPath's numbers and texts (XPath 1.0 4.2, 4.4). Internal to xpath_*.c. */
#ifndef ARAZZO_XPATH_VALUE_H
#define ARAZZO_XPATH_VALUE_H

#include <stdbool.h>

#include "sv.h"

/* The number that a text is; NaN when it is none. False when the arena is exhausted. */
bool xpath_to_number(struct arena *arena, sv text, double *out);

/* The text of a number, without an exponent, with the fewest digits that tell it from its neighbours. False when the arena is
 * exhausted. */
bool xpath_number_text(struct arena *arena, double number, sv *out);

#endif
