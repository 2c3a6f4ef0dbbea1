/* Which schemas a wire_compiler knows: internal to wire_compile.c and wire_merge.c. */
#ifndef ARAZZO_WIRE_SLOTS_H
#define ARAZZO_WIRE_SLOTS_H

#include "wire_compile.h"

/* A schema that is known. */
struct wire_slot {
  struct place place;
  struct wire_schema *schema;
  struct wire_slot *next; /* pending */
};

/* The compiled schema of the place, behind plain references; it may still be pending. NULL for `true`, `false` and no node. */
bool wire_schema_of(struct wire_compiler *compiler, struct place place, const struct wire_schema **out, struct err *e);

/* Counts one schema that is looked at; ERR_LIMIT at its place. */
bool wire_count(struct wire_compiler *compiler, struct place place, struct err *e);

/* Gives the schema the name of the component that the reference names, unless it has one. */
bool wire_name(struct wire_compiler *compiler, sv reference, struct wire_schema *schema, struct err *e);

/* Fills the slot's schema by what its node says. */
bool wire_merge(struct wire_compiler *compiler, const struct wire_slot *slot, struct err *e);

#endif
