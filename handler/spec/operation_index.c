/* The operations of a description, sorted by operationId when the first one is looked up; a description of AWS has up to 800.
 *
 * The path items themselves come first. Those behind `$ref` may stand in files that nobody has at hand, so that they are looked at
 * only for operations that are found nowhere else, and what can't be read of them is noted, not refused: an operation of
 * another description may be meant. */
#include "operation_index.h"

#include <stdlib.h>

#include "arena.h"
#include "source_set.h"

/* OpenAPI 3.2, Path Item Object. */
static const char *const methods[] = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"};
#define METHOD_COUNT (sizeof methods / sizeof methods[0])

static bool is_method(sv name) {
  for (size_t i = 0; i < METHOD_COUNT; i++) {
    if (sv_eq(name, sv_from(methods[i]))) {
      return true;
    }
  }
  return false;
}

/* A list that is being filled; `items` is NULL while its entries are only counted. */
struct listing {
  struct operation_list *list;
  const json *path;
  struct place item;
};

static void add(const struct listing *listing, const json *node, bool is_additional) {
  struct operation_list *list = listing->list;
  if (json_type(node) != JSON_OBJECT) {
    return;
  }
  if (list->items) {
    list->items[list->count] = (struct operation_entry){.id = json_string(json_get(node, SV("operationId"))),
                                                        .key = json_name(listing->path),
                                                        .path = listing->path,
                                                        .item = listing->item,
                                                        .node = {listing->item.source, node},
                                                        .method = json_name(node),
                                                        .is_additional = is_additional,
                                                        .number = list->count};
  }
  list->count++;
}

static void add_item(const struct listing *listing) {
  for (const json *each = json_first(listing->item.node); each; each = each->next) {
    if (is_method(json_name(each))) {
      add(listing, each, false);
    }
  }
  const json *additional = json_get(listing->item.node, SV("additionalOperations"));
  for (const json *each = json_type(additional) == JSON_OBJECT ? json_first(additional) : NULL; each;
       each = each->next) {
    add(listing, each, true);
  }
}

static int compare(const void *a, const void *b) {
  const struct operation_entry *left = a;
  const struct operation_entry *right = b;
  int order = sv_compare(left->id, right->id);
  return order ? order : left->number < right->number ? -1 : left->number > right->number;
}

/* What is being listed. */
struct work {
  struct operation_index *index;
  struct source_set *files;
  const struct source *source;
  struct err *e;
};

/* The item behind the path's `$ref`. False only without memory; `*found` tells whether there is one. */
static bool refer(const struct work *w, struct place *item, bool *found) {
  struct err why;
  err_clear(&why);
  *found = json_get(item->node, SV("$ref")) != NULL;
  if (!*found || reference_follow(w->files, item, &why)) {
    return true;
  }
  *found = false;
  if (why.code == ERR_MEMORY) {
    return err_memory(w->e);
  }
  if (w->index->unread.code == ERR_NONE) {
    w->index->unread = why;
  }
  return true;
}

static bool add_paths(const struct work *w, struct operation_list *list, bool is_referred) {
  const json *paths = json_get(w->source->root, SV("paths"));
  for (const json *path = json_first(paths); path; path = path->next) {
    struct listing listing = {list, path, {w->source, path}};
    bool found = true;
    if (is_referred && !refer(w, &listing.item, &found)) {
      return false;
    }
    if (found) {
      add_item(&listing);
    }
  }
  return true;
}

static bool make(const struct work *w, struct operation_list *list, bool is_referred) {
  if (!add_paths(w, list, is_referred)) {
    return false;
  }
  list->items = arena_array(w->files->arena, list->count + 1, sizeof *list->items);
  if (!list->items) {
    return err_memory(w->e);
  }
  list->count = 0;
  list->is_ready = add_paths(w, list, is_referred);
  if (list->is_ready) {
    qsort(list->items, list->count, sizeof *list->items, compare);
  }
  return list->is_ready;
}

/* The first entry of the id; NULL when there is none. */
static struct operation_entry *first_of(const struct operation_list *list, sv id) {
  size_t low = 0;
  size_t high = list->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (sv_compare(list->items[middle].id, id) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < list->count && sv_eq(list->items[low].id, id) ? &list->items[low] : NULL;
}

static bool search(const struct work *w, struct operation_list *list, bool is_referred, sv id,
                   struct operation_entry **out) {
  if (!list->is_ready && !make(w, list, is_referred)) {
    return false;
  }
  *out = first_of(list, id);
  if (!*out || *out + 1 == list->items + list->count || !sv_eq((*out)[1].id, id)) {
    return true;
  }
  return place_error(place_get((*out)[1].node, SV("operationId")), w->e, ERR_INVALID,
                     "two operations have the operationId '%.*s'", SV_ARG(id));
}

bool operation_index_find(struct operation_index *index, struct source_set *files, const struct source *source, sv id,
                          struct operation_entry **out, struct err *e) {
  struct work w = {index, files, source, e};
  *out = NULL;
  return id.len == 0 ||
         (search(&w, &index->own, false, id, out) && (*out || search(&w, &index->referred, true, id, out)));
}

static struct operation_entry *entry_at(const struct operation_list *list, const json *path, sv method,
                                        bool is_additional) {
  for (size_t i = 0; i < list->count; i++) {
    struct operation_entry *entry = &list->items[i];
    if (entry->path == path && entry->is_additional == is_additional && sv_eq(entry->method, method)) {
      return entry;
    }
  }
  return NULL;
}

bool operation_index_find_at(struct operation_index *index, struct source_set *files, const struct source *source,
                             sv key, sv method, bool is_additional, struct operation_entry **out, struct err *e) {
  struct work w = {index, files, source, e};
  const json *path = json_get(json_get(source->root, SV("paths")), key);
  struct place item = {source, path};
  *out = NULL;
  if (!path) {
    return true;
  }
  if (!index->own.is_ready && !make(&w, &index->own, false)) {
    return false;
  }
  *out = entry_at(&index->own, path, method, is_additional);
  if (*out || !json_get(path, SV("$ref"))) {
    return true;
  }
  if (!reference_follow(files, &item, e) || (!index->referred.is_ready && !make(&w, &index->referred, true))) {
    return false;
  }
  *out = entry_at(&index->referred, path, method, is_additional);
  return true;
}
