/* Equality of JSON values. Numbers are equal by value, objects regardless of the order of their members (RFC 9535
 * 2.3.5.2.2).
 *
 * Members are compared pairwise as long as both objects have the same names in the same order, which is the usual case.
 * From the first difference on, the remaining members of both are sorted by name, in an arena that ends with the call,
 * so that large objects in different orders cost n log n. Recursion is bounded by the depth of the trees. */
#include "json.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"

#define FEW_MEMBERS ((size_t)8)

static bool same_name(const json *a, const json *b) {
  return strcmp(a->string, b->string) == 0;
}

static bool arrays_equal(const json *a, const json *b) {
  const json *left = a->child;
  const json *right = b->child;
  while (left && right && json_equal(left, right)) {
    left = left->next;
    right = right->next;
  }
  return !left && !right;
}

static size_t count_from(const json *member) {
  size_t count = 0;
  for (; member; member = member->next) {
    count++;
  }
  return count;
}

/* The member of the same name among `others` and its followers. */
static const json *find(const json *member, const json *others) {
  while (others && !same_name(member, others)) {
    others = others->next;
  }
  return others;
}

/* Names are unique, so that equal counts and a partner for each member make the sets equal. */
static bool equal_by_search(const json *left, const json *right) {
  for (; left; left = left->next) {
    const json *partner = find(left, right);
    if (!partner || !json_equal(left, partner)) {
      return false;
    }
  }
  return true;
}

static int by_name(const void *a, const void *b) {
  return strcmp((*(const json *const *)a)->string, (*(const json *const *)b)->string);
}

static const json **sorted_members(struct arena *arena, const json *first, size_t count) {
  const json **members = arena_array(arena, count, sizeof(const json *));
  for (size_t i = 0; members && first; first = first->next) {
    members[i++] = first;
  }
  if (members) {
    qsort(members, count, sizeof(const json *), by_name);
  }
  return members;
}

static bool pairs_equal(const json **left, const json **right, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!same_name(left[i], right[i]) || !json_equal(left[i], right[i])) {
      return false;
    }
  }
  return true;
}

static bool equal_by_sorting(const json *left, const json *right, size_t count) {
  struct arena *arena = arena_new(2 * count * sizeof(const json *) + 64);
  const json **a = arena ? sorted_members(arena, left, count) : NULL;
  const json **b = a ? sorted_members(arena, right, count) : NULL;
  bool equal = b ? pairs_equal(a, b, count) : equal_by_search(left, right);
  arena_drop(arena);
  return equal;
}

static bool objects_equal(const json *a, const json *b) {
  const json *left = a->child;
  const json *right = b->child;
  while (left && right && same_name(left, right)) {
    if (!json_equal(left, right)) {
      return false;
    }
    left = left->next;
    right = right->next;
  }
  size_t count = count_from(left);
  if (count != count_from(right)) {
    return false;
  }
  return count <= FEW_MEMBERS ? equal_by_search(left, right) : equal_by_sorting(left, right, count);
}

bool json_equal(const json *a, const json *b) {
  enum json_type type = json_type(a);
  if (!a || !b || a == b || type != json_type(b)) {
    return a == b; /* a value that is absent (NULL) is not null */
  }
  switch (type) {
  case JSON_NULL:
    return true;
  case JSON_BOOLEAN:
    return json_is_true(a) == json_is_true(b);
  case JSON_NUMBER:
    return json_number_compare(a, b) == 0;
  case JSON_STRING:
    return strcmp(a->valuestring, b->valuestring) == 0;
  case JSON_ARRAY:
    return arrays_equal(a, b);
  case JSON_OBJECT:
    return objects_equal(a, b);
  }
  return false;
}
