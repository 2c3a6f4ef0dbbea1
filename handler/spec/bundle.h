/* Bundles: an Arazzo document and all files that it needs of its descriptions, in one file (docs/adr/0013-bundle.md). */
#ifndef ARAZZO_BUNDLE_H
#define ARAZZO_BUNDLE_H

#include <stdbool.h>

#include "digest.h"
#include "json.h"
#include "source_set.h"

#define BUNDLE_FORMAT 1

/* A bundle that is open; its files are views of what it was read into. */
struct bundle {
  sv name;           /* of the bundle's file, for errors */
  const json *files; /* [{"path", "sha256", "isPruned", "text"}]; the first one is the entry document */
  sv digest;         /* of the files that it was made of: what a run's state carries */
};

/* Whether a file's text is that of a bundle: a JSON object that begins with "arazzoBundle". */
bool bundle_is(sv text);

/* Reads a bundle's text into the arena. ERR_SYNTAX for what is no JSON, such as one that was cut; ERR_UNSUPPORTED for another
 * format; ERR_INVALID; ERR_LIMIT beyond LIMIT_BUNDLE_FILES; ERR_MEMORY. */
bool bundle_open(struct arena *arena, sv name, sv text, struct bundle *out, struct err *e);

/* The path of the entry document. */
sv bundle_entry(const struct bundle *bundle);

/* Whether the file of this path holds only what is needed, on one line: then places in it are of no use to anybody. */
bool bundle_is_pruned(const struct bundle *bundle, sv path);

/* A reader of the bundle's files, which must outlive it. ERR_INVALID for a path that it does not have, and for a text that was
 * changed since the bundle was made. */
struct document_reader bundle_reader(struct bundle *bundle);

#endif
