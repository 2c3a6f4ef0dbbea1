/* Schemas of OpenAPI descriptions, compiled to what the wire needs of them (wire/wire_schema.h). */
#ifndef ARAZZO_WIRE_COMPILE_H
#define ARAZZO_WIRE_COMPILE_H

#include <stdbool.h>

#include "reference.h"
#include "wire_schema.h"

struct arena;
struct wire_slot;

/* The compiler of one description: each schema is compiled once, and recursive ones refer to themselves. */
struct wire_compiler {
  struct arena *arena;      /* of the compiled schemas */
  struct source_set *files; /* its arena holds what is dropped after loading */
  bool ignores_siblings;    /* of `$ref`: Swagger 2.0 and OpenAPI 3.0 */
  size_t looked_at;         /* schemas so far; LIMIT_WIRE_SCHEMAS of them */
  struct wire_slot **slots; /* by node: a hash table */
  size_t capacity;
  size_t count;
  struct wire_slot *pending; /* schemas that are known, but not compiled yet, first in, first out */
  struct wire_slot *last_pending;
};

/* Compiles the Schema Object at the place, and all that it refers to. `*out` is NULL for a place without a node and for `true` and
 * `false`. ERR_INVALID for schemas that are no objects, `$ref` that lead nowhere and `allOf` that leads back to itself, ERR_UNSUPPORTED
 * for what XML can't be read or written without, ERR_LIMIT for LIMIT_WIRE_SCHEMAS and LIMIT_WIRE_DEPTH, each at its place;
 * ERR_MEMORY. */
bool wire_compile(struct wire_compiler *compiler, struct place place, const struct wire_schema **out, struct err *e);

#endif
