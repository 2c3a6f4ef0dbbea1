/* "Did you mean …?" */
#ifndef ARAZZO_NEAREST_H
#define ARAZZO_NEAREST_H

#include "sv.h"

/* The one of `words` that `word` is most likely a slip of (up to a third of its letters differ; case counts for nothing),
 * or the empty view. */
sv nearest_word(sv word, const sv *words, size_t count);

#endif
