/* `$ref` in OpenAPI descriptions (OpenAPI 3.2, Reference Object). */
#ifndef ARAZZO_REFERENCE_H
#define ARAZZO_REFERENCE_H

#include <stdbool.h>

#include "yaml_load.h"

struct source_set;

/* A node and the file in which it stands. */
struct place {
  const struct source *source;
  const json *node;
};

/* Follows one `$ref` of the node, if it has one; `*followed` tells. Within the file, or into another one relative to it, which is
 * read once. ERR_INVALID at the reference when it leads nowhere or to no JSON Pointer, ERR_UNSUPPORTED for URLs that are not
 * fetched; errors of reading the file; ERR_MEMORY. */
bool reference_step(struct source_set *files, struct place *place, bool *followed, struct err *e);

/* Follows `$ref` until the node has none. ERR_INVALID, too, at a reference that leads back to itself, or through more than
 * LIMIT_REFERENCES others. */
bool reference_follow(struct source_set *files, struct place *place, struct err *e);

/* The member of the place's node; its node is NULL when there is none. */
struct place place_get(struct place place, sv name);

/* source_error at the place. */
#define place_error(place, ...) source_error((place).source, (place).node, __VA_ARGS__)

#endif
