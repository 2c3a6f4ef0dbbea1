/* Percent-encoding (RFC 3986 2.1). */
#ifndef ARAZZO_PERCENT_H
#define ARAZZO_PERCENT_H

#include <stdbool.h>

#include "sv.h"

/* The value of a hexadecimal digit; -1 for every other character. */
int hex_value(char c);

/* Decodes %XX into the arena; a '%' without two digits stays as it is. ERR_MEMORY. */
bool percent_decode(struct arena *arena, sv text, sv *out, struct err *e);

#endif
