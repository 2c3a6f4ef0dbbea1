/* Where `$ref` of a schema leads; internal to schema_compile.c. */
#ifndef ARAZZO_SCHEMA_REFERENCE_H
#define ARAZZO_SCHEMA_REFERENCE_H

#include "schema.h"

#define SCHEMA_REFERENCE_STEPS 1000000 /* schemas looked at for the anchors and ids of one description */

/* Where references are resolved. */
struct schema_scope {
  const struct source *source;
  const json *start;    /* the schema that is compiled */
  const json *resource; /* what '#' means: the document, or the nearest schema with `$id` */
  unsigned long *steps; /* schemas that were looked at so far */
};

struct schema_target {
  const json *node;
  const json *resource; /* what '#' means in it */
};

/* Resolves the `$ref` member of a schema. ERR_INVALID, ERR_SYNTAX or ERR_UNSUPPORTED at its place says what to write
 * instead; ERR_MEMORY. */
bool schema_reference(struct arena *arena, const struct schema_scope *scope, const json *reference,
                      struct schema_target *out, struct err *e);

/* True when the schema starts a resource of its own: it has an `$id`. */
bool schema_is_resource(const json *node);

#endif
