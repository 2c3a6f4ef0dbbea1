/* Secrets that must not be printed: a set of texts, and a way to hide them in another text. */
#ifndef ARAZZO_MASKING_H
#define ARAZZO_MASKING_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;
struct masking;

/* What stands where a secret was. */
#define MASKING_MASK "***"

/* An empty set in the arena; NULL when the arena is exhausted. */
struct masking *masking_new(struct arena *arena);

/* Adds a secret, which is copied; the empty text is ignored. ERR_LIMIT beyond LIMIT_MASKING_SECRETS, ERR_MEMORY. */
bool masking_add(struct masking *masking, sv secret, struct err *e);

/* The text with MASKING_MASK in place of each secret, in whatever form it occurs: as it is, percent-encoded (+ for a space),
 * escaped as JSON or XML, in a mixture of these, or in base64. A secret that was cut is hidden, too: whatever of its beginning
 * stands in front of "...", LIMIT_MASKING_WORD_BYTES or more at the end of the text, LIMIT_MASKING_PREFIX_BYTES or more
 * elsewhere. A secret shorter than LIMIT_MASKING_WORD_BYTES is hidden only where no letter or digit touches it.
 *
 * The result is `text` itself or lives in the arena. Without memory, or beyond LIMIT_MASKING_STEPS, it is MASKING_MASK
 * alone. `masking` may be NULL: nothing is hidden. */
sv masking_apply(const struct masking *masking, struct arena *arena, sv text);

#endif
