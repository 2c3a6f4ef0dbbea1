/* How wide text will be, without knowing the font. */
#ifndef ARAZZO_TEXT_WIDTH_H
#define ARAZZO_TEXT_WIDTH_H

#include <stdint.h>

#include "sv.h"

/* The width of one line of UTF-8 in a proportional font without serifs, in pixels, rounded up: what the wider ones of the usual fonts need.
 * `size` is the font's size in pixels. */
int64_t text_width(sv text, int64_t size);

#endif
