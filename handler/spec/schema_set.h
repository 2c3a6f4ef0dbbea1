/* The schemas that describe one value at once; internal to schema_defaults.c and schema_secrets.c. */
#ifndef ARAZZO_SCHEMA_SET_H
#define ARAZZO_SCHEMA_SET_H

#include "errinfo.h"
#include "schema_tree.h"

struct arena;

#define SCHEMA_SET_STEPS 1000000 /* schemas that are put into sets in one walk over a value */

/* A walk over a value together with its schemas. */
struct schema_walk {
  struct arena *arena;
  bool branches; /* also what describes the value only under a condition: anyOf, oneOf, if, contains … */
  unsigned long steps;
  unsigned depth;
};

/* Each schema once, the nearest first. Starts as {0}. */
struct schema_set {
  const struct schema **items;
  size_t count;
  size_t capacity;
};

/* Adds a schema unless it is NULL or there already. ERR_MEMORY; ERR_LIMIT beyond SCHEMA_SET_STEPS. */
bool schema_set_add(struct schema_walk *walk, struct schema_set *set, const struct schema *schema, struct err *e);

/* Adds all that the schemas of the set refer to for the same value. Errors as schema_set_add. */
bool schema_set_close(struct schema_walk *walk, struct schema_set *set, struct err *e);

/* Adds to `out` what the (closed) set says about a member of this name. Errors as schema_set_add; ERR_LIMIT when a pattern
 * needs too much work. */
bool schema_set_member(struct schema_walk *walk, const struct schema_set *set, sv name, struct schema_set *out,
                       struct err *e);

/* Adds to `out` what the (closed) set says about the item at `index`. Errors as schema_set_add. */
bool schema_set_item(struct schema_walk *walk, const struct schema_set *set, size_t index, struct schema_set *out,
                     struct err *e);

/* One level down the value, and up again. ERR_LIMIT beyond LIMIT_JSON_DEPTH. */
bool schema_walk_down(struct schema_walk *walk, struct err *e);
void schema_walk_up(struct schema_walk *walk);

#endif
