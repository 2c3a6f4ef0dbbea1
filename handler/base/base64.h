/* Base64 (RFC 4648, sections 4 and 5). */
#ifndef ARAZZO_BASE64_H
#define ARAZZO_BASE64_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;
struct sb;

enum base64_alphabet { BASE64_STANDARD, BASE64_URL };

/* Appends the bytes in base64, padded with '='. */
void base64_put(struct sb *out, sv bytes, enum base64_alphabet alphabet);

/* Decodes text of either alphabet into the arena. Strictly (RFC 4648 3): no line breaks or other characters, the alphabets not
 * mixed, padded or without any padding, unused bits zero. ERR_INVALID with the offset of what is wrong, which is never quoted;
 * ERR_MEMORY. */
bool base64_decode(struct arena *arena, sv text, sv *bytes, struct err *e);

#endif
