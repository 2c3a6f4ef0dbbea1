/* The files of source descriptions while documents are loaded: each is read and parsed once. */
#ifndef ARAZZO_SOURCE_SET_H
#define ARAZZO_SOURCE_SET_H

#include <stdbool.h>

#include "yaml_load.h"

struct arena;
struct sb;

/* Reads one file. `path` is relative to the working directory or absolute, and how errors call it. */
struct document_reader {
  bool (*read)(void *context, sv path, struct arena *arena, sv *text, struct err *e);
  bool fetches; /* `path` may also be a URL: source descriptions may be fetched */
  void *context;
};

/* A file that was read. */
struct source_file {
  sv path;
  sv text;
  struct source *source;
  struct source_file *next;
};

struct source_set {
  struct arena *arena; /* of texts and trees: dropped when loading has ended */
  struct document_reader reader;
  struct sb *digests; /* a line for each file, in the order of reading; NULL: not wanted */
  struct source_file *first;
  size_t count;
};

/* Reads a file's text, and notes its digest. ERR_INVALID when it can't be read, ERR_LIMIT, ERR_MEMORY. */
bool source_set_read(struct source_set *set, sv path, sv *text, struct err *e);

/* The file of this path: the one of the set, or a new one, read and parsed. Errors as source_set_read and yaml_parse; ERR_LIMIT
 * for more than LIMIT_SOURCE_FILES. */
bool source_set_load(struct source_set *set, sv path, const struct source_file **out, struct err *e);

/* The file whose `$self` is this URI; NULL when there is none in the set. */
const struct source_file *source_set_self(const struct source_set *set, sv uri);

#endif
