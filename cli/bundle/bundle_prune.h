/* What of descriptions the called operations need. */
#ifndef ARAZZO_BUNDLE_PRUNE_H
#define ARAZZO_BUNDLE_PRUNE_H

#include "node_map.h"
#include "openapi.h"
#include "reference.h"
#include "source_set.h"

struct arena;
struct sb;

/* Where a `$ref` leads: still to be kept. */
struct pending_place {
  struct place place;
  struct pending_place *next;
};

struct bundle_prune {
  struct arena *arena;
  struct source_set *files; /* all that the loader has read, parsed when they are needed */
  struct node_map map;
  struct pending_place *pending;
};

/* Keeps what is said of all of a description's operations: version, info, servers, security. Errors of reading the file. */
bool bundle_prune_description(struct bundle_prune *prune, sv path, struct err *e);

/* Keeps an operation of the description of this path, and what it refers to. Errors of reading the file. */
bool bundle_prune_operation(struct bundle_prune *prune, sv path, const struct operation *operation, struct err *e);

/* Whether something of the file is kept. */
bool bundle_prune_keeps(const struct bundle_prune *prune, const struct source_file *file);

/* Appends what is kept of the file, as compact JSON. */
void bundle_prune_write(const struct bundle_prune *prune, const struct source_file *file, struct sb *out);

#endif
