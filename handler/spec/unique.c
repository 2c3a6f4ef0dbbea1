/* Finding equal elements of an array: JSON Schema's uniqueItems (JSON Schema Validation 2020-12, 6.4.3).
 *
 * A short array is compared pairwise, without memory. A long one is sorted: the elements are mirrored as forms, in which the
 * members of each object are sorted by name, so that one walk over two forms orders them; equal elements end up side by
 * side. A document can't make this quadratic. */
#include "unique.h"

#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"

#define FEW_ELEMENTS 16

/* A value whose members, if it is an object, are sorted by name. */
struct mirror {
  const json *node;
  struct mirror *children;
  size_t count;
};

static int order(const struct mirror *a, const struct mirror *b);

static int order_children(const struct mirror *a, const struct mirror *b) {
  bool named = json_type(a->node) == JSON_OBJECT;
  for (size_t i = 0; i < a->count && i < b->count; i++) {
    int difference = named ? sv_compare(json_name(a->children[i].node), json_name(b->children[i].node)) : 0;
    if (difference == 0) {
      difference = order(&a->children[i], &b->children[i]);
    }
    if (difference != 0) {
      return difference;
    }
  }
  return (a->count > b->count) - (a->count < b->count);
}

/* Any total order that agrees with json_equal. */
static int order(const struct mirror *a, const struct mirror *b) {
  enum json_type type = json_type(a->node);
  if (type != json_type(b->node)) {
    return type < json_type(b->node) ? -1 : 1;
  }
  switch (type) {
  case JSON_NULL:
    return 0;
  case JSON_BOOLEAN:
    return (int)json_is_true(a->node) - (int)json_is_true(b->node);
  case JSON_NUMBER:
    return json_number_compare(a->node, b->node);
  case JSON_STRING:
    return sv_compare(json_string(a->node), json_string(b->node));
  case JSON_ARRAY:
  case JSON_OBJECT:
    return order_children(a, b);
  }
  return 0;
}

static int by_value(const void *a, const void *b) {
  return order(a, b);
}

static int by_name(const void *a, const void *b) {
  const struct mirror *left = a;
  const struct mirror *right = b;
  return sv_compare(json_name(left->node), json_name(right->node));
}

/* Recursion is bounded by the depth of the tree, which its parser bounds. */
static bool mirror(struct arena *arena, const json *node, struct mirror *out) {
  out->node = node;
  out->count = json_count(node);
  if (out->count == 0) {
    return true;
  }
  out->children = arena_array(arena, out->count, sizeof *out->children);
  if (!out->children) {
    return false;
  }
  struct mirror *child = out->children;
  for (const json *each = json_first(node); each; each = each->next, child++) {
    if (!mirror(arena, each, child)) {
      return false;
    }
  }
  if (json_type(node) == JSON_OBJECT) {
    qsort(out->children, out->count, sizeof *out->children, by_name);
  }
  return true;
}

static const json *find_by_pairs(const json *array) {
  for (const json *late = json_first(array); late; late = late->next) {
    for (const json *early = json_first(array); early != late; early = early->next) {
      if (json_equal(early, late)) {
        return late;
      }
    }
  }
  return NULL;
}

bool unique_check(struct arena *arena, const json *array, const json **twice, struct err *e) {
  struct mirror all = {0};
  *twice = NULL;
  if (json_count(array) <= FEW_ELEMENTS) {
    *twice = find_by_pairs(array);
    return true;
  }
  if (!mirror(arena, array, &all) || !all.children) {
    return err_memory(e);
  }
  qsort(all.children, all.count, sizeof *all.children, by_value);
  for (size_t i = 1; i < all.count && !*twice; i++) {
    if (order(&all.children[i - 1], &all.children[i]) == 0) {
      *twice = all.children[i].node;
    }
  }
  return true;
}
