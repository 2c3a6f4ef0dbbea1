/* The places of a loaded file's nodes: what yaml.c fills in and source_place reads. */
#ifndef ARAZZO_SOURCE_MAP_H
#define ARAZZO_SOURCE_MAP_H

#include "yaml_load.h"

/* Where one node lies. `name` has line 0 when the node is not a member. */
struct node_place {
  const json *node;
  struct source_place value;
  struct source_place name;
};

/* An empty map with room for about `expected` nodes; NULL when the arena is exhausted. */
struct source_map *source_map_new(struct arena *arena, size_t expected);

/* Adds a node, which must be new to the map. False when the arena is exhausted. */
bool source_map_put(struct source_map *map, const struct node_place *place);

/* The place of the node, or NULL when it is not in the map. Valid until the next source_map_put. */
const struct node_place *source_map_find(const struct source_map *map, const json *node);

#endif
