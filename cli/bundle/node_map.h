/* Nodes of JSON trees with their parents, and what they are needed for. */
#ifndef ARAZZO_NODE_MAP_H
#define ARAZZO_NODE_MAP_H

#include <stdbool.h>

#include "json.h"

enum node_mark {
  NODE_UNUSED,
  NODE_ON_THE_WAY, /* to a node that is used */
  NODE_USED        /* with what is below it */
};

struct node_entry {
  const json *node; /* NULL: the place is free */
  const json *parent;
  enum node_mark mark;
};

/* A hash table by the nodes' addresses. All zero but for the arena, it is empty. */
struct node_map {
  struct arena *arena;
  struct node_entry *entries;
  size_t capacity; /* a power of two */
  size_t count;
};

/* The node's entry, valid until the next node_map_add; NULL when it was not added. */
struct node_entry *node_map_find(const struct node_map *map, const json *node);

/* Adds a tree: its root has no parent. Trees nest at most as deep as documents may. ERR_MEMORY. */
bool node_map_add(struct node_map *map, const json *root, struct err *e);

#endif
