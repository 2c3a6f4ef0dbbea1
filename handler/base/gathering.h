/* Errors that are gathered, where otherwise the first one ends what is done.
 *
 * A loop over independent units gives each an error of its own, and puts it to the others:
 *
 *   struct err one;
 *   err_clear(&one);
 *   for (…) {
 *     if (!unit_compile(…, &one) && !gather(gathering, &one, e)) {
 *       return false;
 *     }
 *   }
 *   return e->code == ERR_NONE;
 *
 * Without a gathering (NULL) `gather` is false: the first error ends the loop, as ever. */
#ifndef ARAZZO_GATHERING_H
#define ARAZZO_GATHERING_H

#include <stddef.h>
#include <stdint.h>

#include "errinfo.h"

struct arena;

struct gathering {
  struct arena *arena;
  uint64_t *seen; /* LIMIT_FINDINGS digests of what was gathered */
  size_t count;
  size_t left_out; /* errors beyond LIMIT_FINDINGS */
};

/* ERR_MEMORY. */
bool gathering_open(struct gathering *gathering, struct arena *arena, struct err *e);

/* Moves `one` with its further errors to the end of `all`, and clears it. An error that was gathered before (the same text at the
 * same place), and one beyond LIMIT_FINDINGS, become ERR_KNOWN. False when the caller must stop: without a gathering, and for
 * errors that are not those of a document (ERR_MEMORY, ERR_INTERNAL); `all` is this error then. */
bool gather(struct gathering *gathering, struct err *one, struct err *all);

/* The first error of the chain that is to be told, from `e` on; NULL when there is none. For a walk: start with the error
 * itself, go on with `->more`. */
const struct err *gathered_from(const struct err *e);

#endif
