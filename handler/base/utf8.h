/* UTF-8 as RFC 3629 defines it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
#ifndef ARAZZO_UTF8_H
#define ARAZZO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sv.h"

struct sb;

/* Decodes the code point at the start of `text`: its length in bytes (1-4), or 0 when the bytes are not UTF-8. */
size_t utf8_decode(sv text, uint32_t *code_point);

/* Writes a code point (no surrogate, at most U+10FFFF); the number of its bytes. */
size_t utf8_encode(uint32_t code_point, char out[4]);

/* Appends a code point (no surrogate, at most U+10FFFF). */
void utf8_put(struct sb *out, uint32_t code_point);

/* The offset of the first byte that is not UTF-8; text.len when all of it is. */
size_t utf8_valid_prefix(sv text);

/* The number of code points of valid UTF-8. */
size_t utf8_count(sv text);

/* Whether a code point may be shown: it is no control character (C0, DEL, C1), no mark of writing direction, which could let a text be
 * read as another one, and not U+FEFF, U+FFFE or U+FFFF, of which XML 1.0 has no place for the last two. */
bool utf8_may_show(uint32_t point);

#endif
