/* Duplicate names. Few members are compared each with each; many are sorted by name, after which equal ones are
 * neighbours. Sorting has no input that makes it quadratic, as a hash table with a known hash function would have. */
#include "json_names.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "utf8.h"

#define FEW_MEMBERS ((size_t)8)

static bool same_name(const json *a, const json *b) {
  return strcmp(a->string, b->string) == 0;
}

static void compare_each(const json *object, const json *pair[2]) {
  for (const json *a = object->child; a; a = a->next) {
    for (const json *b = a->next; b; b = b->next) {
      if (same_name(a, b)) {
        pair[0] = a;
        pair[1] = b;
        return;
      }
    }
  }
}

static int by_name(const void *a, const void *b) {
  return strcmp((*(const json *const *)a)->string, (*(const json *const *)b)->string);
}

static bool make_room(struct json_names *names, size_t count, struct err *e) {
  if (count <= names->capacity) {
    return true;
  }
  size_t capacity = count > 2 * names->capacity ? count : 2 * names->capacity;
  const json **room = arena_array(names->arena, capacity, sizeof(const json *));
  if (!room) {
    return err_memory(e);
  }
  names->room = room;
  names->capacity = capacity;
  return true;
}

static void compare_neighbours(const json **sorted, size_t count, const json *pair[2]) {
  for (size_t i = 1; i < count; i++) {
    if (same_name(sorted[i - 1], sorted[i])) {
      pair[0] = sorted[i - 1];
      pair[1] = sorted[i];
      return;
    }
  }
}

bool json_names_duplicate(struct json_names *names, const json *object, const json *pair[2], struct err *e) {
  pair[0] = pair[1] = NULL;
  size_t count = json_count(object);
  if (count <= FEW_MEMBERS) {
    compare_each(object, pair);
    return true;
  }
  if (!make_room(names, count, e)) {
    return false;
  }
  size_t at = 0;
  for (const json *member = object->child; member; member = member->next) {
    names->room[at++] = member;
  }
  qsort(names->room, count, sizeof(const json *), by_name);
  compare_neighbours(names->room, count, pair);
  return true;
}

struct shown_name json_names_shown(const json *member) {
  struct shown_name shown = {"\""};
  sv name = json_name(member);
  sv part = sv_slice(name, 0, sizeof shown.text - sizeof "\"...\"");
  part.len = utf8_valid_prefix(part);
  for (size_t i = 0; i < part.len; i++) {
    shown.text[i + 1] = (unsigned char)part.ptr[i] < 0x20 || part.ptr[i] == 0x7F ? '?' : part.ptr[i];
  }
  memcpy(shown.text + 1 + part.len, part.len < name.len ? "...\"" : "\"", part.len < name.len ? 5 : 2);
  return shown;
}
