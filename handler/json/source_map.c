/* Node -> place, as a hash table with open addressing on the node's address, which nobody outside can choose. The table
 * lies in the arena and doubles when it is three quarters full; a node is never taken out. */
#include "source_map.h"

#include <stdarg.h>
#include <stdint.h>

#include "arena.h"

#define SMALLEST_CAPACITY ((size_t)64)

struct source_map {
  struct arena *arena;
  struct node_place *slots; /* `capacity` of them, a power of two; node is NULL in a free one */
  size_t capacity;
  size_t count;
};

/* The slot that holds the node, or the free one where it belongs. */
static struct node_place *slot_of(struct node_place *slots, size_t capacity, const json *node) {
  /* Multiplying by 2^64 divided by the golden ratio spreads neighbouring addresses (Fibonacci hashing). */
  uint64_t hash = (uint64_t)(uintptr_t)node * UINT64_C(0x9E3779B97F4A7C15);
  size_t at = (size_t)(hash >> 32) & (capacity - 1);
  while (slots[at].node && slots[at].node != node) {
    at = (at + 1) & (capacity - 1);
  }
  return &slots[at];
}

static bool resize(struct source_map *map, size_t capacity) {
  struct node_place *slots = arena_array(map->arena, capacity, sizeof *slots);
  if (!slots) {
    return false;
  }
  for (size_t i = 0; i < map->capacity; i++) {
    if (map->slots[i].node) {
      *slot_of(slots, capacity, map->slots[i].node) = map->slots[i];
    }
  }
  map->slots = slots;
  map->capacity = capacity;
  return true;
}

struct source_map *source_map_new(struct arena *arena, size_t expected) {
  struct source_map *map = arena_alloc(arena, sizeof *map);
  size_t capacity = SMALLEST_CAPACITY;
  while (capacity / 4 * 3 <= expected) {
    capacity *= 2;
  }
  if (!map) {
    return NULL;
  }
  map->arena = arena;
  return resize(map, capacity) ? map : NULL;
}

bool source_map_put(struct source_map *map, const struct node_place *place) {
  if (map->count >= map->capacity / 4 * 3 && !resize(map, map->capacity * 2)) {
    return false;
  }
  *slot_of(map->slots, map->capacity, place->node) = *place;
  map->count++;
  return true;
}

const struct node_place *source_map_find(const struct source_map *map, const json *node) {
  const struct node_place *place = map && node ? slot_of(map->slots, map->capacity, node) : NULL;
  return place && place->node ? place : NULL;
}

struct source_place source_place(const struct source *source, const json *node) {
  const struct node_place *place = source_map_find(source->map, node);
  return place ? place->value : (struct source_place){0, 0};
}

struct source_place source_name_place(const struct source *source, const json *member) {
  const struct node_place *place = source_map_find(source->map, member);
  return place && place->name.line ? place->name : source_place(source, member);
}

void source_report(const struct source *source, const json *node, struct err *e, enum err_code code, const char *format,
                   ...) {
  struct source_place place = source_place(source, node);
  va_list args;
  va_start(args, format);
  err_recordv(e, code, format, args);
  va_end(args);
  err_at(e, source->name, place.line, place.column);
}
