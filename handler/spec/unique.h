/* Arrays whose elements must differ. */
#ifndef ARAZZO_UNIQUE_H
#define ARAZZO_UNIQUE_H

#include <stdbool.h>

#include "json.h"

/* Looks for two equal elements (json_equal) of an array. `*twice` is one that equals an earlier one, or NULL when all
 * differ. n log n in the number of nodes; long arrays take memory of the arena, which is the caller's to drop.
 * ERR_MEMORY. */
bool unique_check(struct arena *arena, const json *array, const json **twice, struct err *e);

#endif
