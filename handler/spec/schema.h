/* JSON Schema 2020-12, as far as it says something about JSON values: what `inputs` of a workflow must be. */
#ifndef ARAZZO_SCHEMA_H
#define ARAZZO_SCHEMA_H

#include <stdbool.h>

#include "yaml_load.h"

struct schema;

/* Compiles a schema of a document; `$ref` is resolved inside the same file, by JSON Pointer or `$anchor`. Assertions that are
 * not implemented, bad patterns and references that lead nowhere are ERR_INVALID / ERR_UNSUPPORTED at their place;
 * annotations and unknown keywords are ignored. */
bool schema_compile(struct arena *arena, const struct source *source, const json *node, const struct schema **out,
                    struct err *e);

/* True when the schema names the property: in its own `properties` or `required`, behind `$ref`, or in a part of `allOf`. */
bool schema_declares(const struct schema *schema, sv property);

/* Adds the defaults that the schema gives for absent members, at every depth, also behind `$ref`, in `allOf` and inside of
 * defaults; the nearest one wins. `value` is changed; its new parts live in the arena. ERR_MEMORY; ERR_LIMIT for defaults
 * without end. */
bool schema_apply_defaults(const struct schema *schema, struct arena *arena, json *value, struct err *e);

/* Checks the value. ERR_INVALID says which rule it breaks, at which JSON Pointer, and of which type the value is there; it
 * never quotes the value, which may be a secret. ERR_LIMIT when a pattern needs too much work. */
bool schema_check(const struct schema *schema, struct arena *arena, const json *value, struct err *e);

/* Calls `visit` for every text that is not empty, and every number (as it is written), that the schema marks `format: password`
 * or that lies inside of an object or array so marked; a schema that may describe the value counts, whichever branch the
 * value takes. Ends early, but well, when `visit` returns false. ERR_MEMORY; ERR_LIMIT when it is too much work. */
bool schema_each_secret(const struct schema *schema, struct arena *arena, const json *value,
                        bool (*visit)(void *context, sv secret), void *context, struct err *e);

#endif
