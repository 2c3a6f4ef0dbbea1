/* Documents on their way in: internal to spec/. */
#ifndef ARAZZO_LOADING_H
#define ARAZZO_LOADING_H

#include "bundle.h"
#include "compiler.h"
#include "sb.h"
#include "source_set.h"

struct loading {
  struct arena *arena; /* of what stays */
  struct document_set *set;
  struct sb digests;       /* of each file, in order of loading */
  struct source_set files; /* with an arena of its own: texts, and the trees of descriptions */
  struct findings findings;
  struct bundle bundle; /* without a name: none; else what `files` reads from */
};

/* The Arazzo document of this path in the set; NULL when there is none yet. */
struct document *document_loaded(const struct loading *loading, sv path);

/* The Arazzo document of this path: the one of the set, or a new one, made of `source` and loaded with its own sources. */
bool document_open(struct loading *loading, sv path, struct source *source, struct document **out, struct err *e);

/* Reads a Source Description Object of the document, and loads what it names, as what its content says that it is. What is not
 * at hand (a URL) is noted, and refused where it is used. */
bool description_load(struct loading *loading, struct document *document, const json *node, struct description *out,
                      struct err *e);

#endif
