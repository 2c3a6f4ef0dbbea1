/* Text in other encodings (WHATWG Encoding Standard). */
#ifndef ARAZZO_CHARSET_H
#define ARAZZO_CHARSET_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;

/* Converts bytes of the encoding `name` (compared without case) to UTF-8, in the arena where they change: UTF-8, US-ASCII,
 * ISO-8859-1, windows-1252, UTF-16 with a byte order mark, UTF-16LE, UTF-16BE. Of UTF-8 the bytes are not checked.
 * ERR_UNSUPPORTED for other names, ERR_INVALID for bytes that are not of the encoding, ERR_MEMORY. */
bool charset_decode(struct arena *arena, sv name, sv bytes, sv *text, struct err *e);

#endif
