/* Percent-encoding (RFC 3986 2.1). */
#ifndef ARAZZO_PERCENT_H
#define ARAZZO_PERCENT_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;
struct sb;

/* The value of a hexadecimal digit; -1 for every other character. */
int hex_value(char c);

/* Decodes %XX into the arena; a '%' without two digits stays as it is. ERR_MEMORY. */
bool percent_decode(struct arena *arena, sv text, sv *out, struct err *e);

/* Appends `text` percent-encoded: everything but unreserved characters (RFC 3986 2.3), and but those in `keep`. */
void percent_put(struct sb *out, sv text, const char *keep);

/* The same, but "%XX" stays as it is: text that may be encoded already (RFC 6570 1.5, reserved expansion). */
void percent_put_encoded(struct sb *out, sv text, const char *keep);

#endif
