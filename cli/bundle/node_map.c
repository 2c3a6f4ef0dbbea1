/* A hash table with open addressing, at most half full. Trees of JSON know children and siblings only; going from a node that a
 * reference leads to up to the root needs the parents. */
#include "node_map.h"

#include <stdint.h>

#include "arena.h"
#include "errinfo.h"

#define FIRST_CAPACITY 1024

static struct node_entry *place_of(const struct node_map *map, const json *node) {
  uint64_t hash = (uint64_t)(uintptr_t)node * UINT64_C(0x9E3779B97F4A7C15);
  size_t at = (size_t)(hash >> 32) & (map->capacity - 1);
  while (map->entries[at].node && map->entries[at].node != node) {
    at = (at + 1) & (map->capacity - 1);
  }
  return &map->entries[at];
}

struct node_entry *node_map_find(const struct node_map *map, const json *node) {
  struct node_entry *entry = map->count ? place_of(map, node) : NULL;
  return entry && entry->node ? entry : NULL;
}

static bool grow(struct node_map *map, struct err *e) {
  struct node_map larger = {
      .arena = map->arena, .capacity = map->capacity ? map->capacity * 2 : FIRST_CAPACITY, .count = map->count};
  larger.entries = arena_array(map->arena, larger.capacity, sizeof *larger.entries);
  if (!larger.entries) {
    return err_memory(e);
  }
  for (size_t i = 0; i < map->capacity; i++) {
    if (map->entries[i].node) {
      *place_of(&larger, map->entries[i].node) = map->entries[i];
    }
  }
  *map = larger;
  return true;
}

static bool add(struct node_map *map, const json *node, const json *parent, struct err *e) {
  if (map->count * 2 >= map->capacity && !grow(map, e)) {
    return false;
  }
  *place_of(map, node) = (struct node_entry){node, parent, NODE_UNUSED};
  map->count++;
  return true;
}

static bool add_below(struct node_map *map, const json *parent, struct err *e) {
  for (const json *child = json_first(parent); child; child = child->next) {
    if (!add(map, child, parent, e) || !add_below(map, child, e)) {
      return false;
    }
  }
  return true;
}

bool node_map_add(struct node_map *map, const json *root, struct err *e) {
  return node_map_find(map, root) || (add(map, root, NULL, e) && add_below(map, root, e));
}
