/* Where two JSON values differ. */
#ifndef ARAZZO_DIFFERENCE_H
#define ARAZZO_DIFFERENCE_H

#include <stdbool.h>

#include "json.h"

/* A mask in a text of `before` (MASKING_MASK) stands for anything.
 *
 * Appends the first difference as "body/json/name is "a", but was "b""; false when there is none. `name` is what the whole is
 * called; values are cut. */
bool difference_put(struct sb *out, sv name, const json *now, const json *before);

#endif
