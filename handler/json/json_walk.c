/* Preorder walk with the open parents on a stack of fixed size: the depth of every parsed tree is bounded. */
#include "json_walk.h"

struct json_walk json_walk_begin(json *root) {
  return (struct json_walk){.next = root};
}

/* The node behind `node` when its children are done with: its next sibling, or that of the nearest parent with one. */
static json *next_outward(struct json_walk *walk, json *node) {
  while (walk->depth && !node->next) {
    node = walk->parents[--walk->depth];
  }
  return walk->depth ? node->next : NULL;
}

json *json_walk_next(struct json_walk *walk) {
  json *node = walk->next;
  if (!node) {
    return NULL;
  }
  if (node->child && walk->depth < LIMIT_JSON_DEPTH) {
    walk->parents[walk->depth++] = node;
    walk->next = node->child;
  } else {
    walk->next = next_outward(walk, node);
  }
  return node;
}
