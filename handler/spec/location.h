/* Where the documents that an Arazzo document refers to are (Arazzo 1.1.0, Relative References in Arazzo Description URIs). */
#ifndef ARAZZO_LOCATION_H
#define ARAZZO_LOCATION_H

#include <stdbool.h>

#include "errinfo.h"
#include "sv.h"

struct arena;

/* Where a reference leads: a file, or else a URL. */
struct location {
  sv path; /* normalised; empty: the reference leads to no file */
  sv uri;  /* absolute; empty: the reference has none */
};

/* Resolves `text`, a source description's `url`, in the document that was read from `path` and calls itself `self` (may be
 * empty). With an absolute `self`, URLs of the same authority are looked for where the same relation leads from `path`: a set
 * of documents may be mirrored as a whole. A `path` that is a URL leads to URLs only. ERR_INVALID, ERR_LIMIT, ERR_MEMORY. */
bool location_resolve(struct arena *arena, sv path, sv self, sv text, struct location *out, struct err *e);

/* "a/./b/../c" is "a/c"; leading ".." stay. */
bool location_normalize(struct arena *arena, sv path, sv *out, struct err *e);

#endif
