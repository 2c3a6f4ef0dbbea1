/* The tree of a YAML document.
 *
 * Each node goes into the innermost open collection, and its place into the map. The open collections are a stack of fixed
 * size. An object's names are checked for duplicates when it ends. An alias becomes a copy of what its anchor names, so
 * that the result is a tree; copies count against the bounds, and their places are those of the anchor's nodes, since
 * that is where the text is which an error speaks of (the name of a member keeps its own place).
 *
 * Names are always taken as text: `200:` and `null:` are the names "200" and "null". Merge keys (<<) belong to YAML 1.1
 * and are refused, like names that are collections or aliases. */
#include "yaml_build.h"

#include <stdarg.h>

#include "arena.h"
#include "errinfo.h"
#include "source_map.h"
#include "yaml_scalar.h"

#define CORE_TAG(name) SV("tag:yaml.org,2002:" name)

struct anchor {
  struct anchor *older;
  sv name;
  json *node;
};

struct yaml_build *yaml_build_new(struct arena *arena, struct source *source, struct err *e) {
  struct yaml_build *b = arena_alloc(arena, sizeof *b);
  if (b) {
    *b = (struct yaml_build){.arena = arena, .source = source, .names = {.arena = arena}, .e = e};
  }
  return b;
}

bool yaml_build_fail(struct yaml_build *b, struct source_place place, enum err_code code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  err_recordv(b->e, code, format, args);
  va_end(args);
  return err_at(b->e, b->source->name, place.line, place.column);
}

/* The collection that the next node belongs to, or NULL at the root. */
static struct open_collection *innermost(struct yaml_build *b) {
  return b->depth ? &b->open[b->depth - 1] : NULL;
}

/* The object that waits for a member's name, or NULL. */
static struct open_collection *waiting_for_name(struct yaml_build *b) {
  struct open_collection *parent = innermost(b);
  return parent && cJSON_IsObject(parent->node) && !parent->name ? parent : NULL;
}

static bool count_node(struct yaml_build *b, struct source_place place) {
  if (++b->node_count > LIMIT_YAML_NODES) {
    return yaml_build_fail(b, place, ERR_LIMIT, "the document has more than %d nodes, its aliases expanded",
                           LIMIT_YAML_NODES);
  }
  return true;
}

static bool put_place(struct yaml_build *b, const struct node_place *place) {
  return source_map_put(b->source->map, place) || err_memory(b->e);
}

/* Puts the node into its parent, or makes it the root, and notes its place. */
static bool attach(struct yaml_build *b, json *node, struct source_place value_place) {
  struct open_collection *parent = innermost(b);
  struct node_place place = {.node = node, .value = value_place};
  if (parent) {
    node->string = parent->name;
    place.name = parent->name_place;
    parent->name = NULL;
    parent->name_place = (struct source_place){0, 0};
    cJSON_AddItemToArray(parent->node, node);
  } else {
    b->source->root = node;
  }
  return put_place(b, &place);
}

/* Makes the node known by the item's anchor, when there is one. */
static bool add_anchor(struct yaml_build *b, const struct yaml_item *item, json *node) {
  if (item->anchor.len == 0) {
    return true;
  }
  if (++b->anchor_count > LIMIT_YAML_ANCHORS) {
    return yaml_build_fail(b, item->place, ERR_LIMIT, "more than %d anchors", LIMIT_YAML_ANCHORS);
  }
  struct anchor *anchor = arena_alloc(b->arena, sizeof *anchor);
  sv name = sv_copy(b->arena, item->anchor);
  if (!anchor || name.len == 0) {
    return err_memory(b->e);
  }
  *anchor = (struct anchor){.older = b->anchors, .name = name, .node = node};
  b->anchors = anchor;
  return true;
}

static bool check_name(struct yaml_build *b, const struct yaml_item *item) {
  if (item->tag.len && !sv_eq(item->tag, SV("!")) && !sv_eq(item->tag, CORE_TAG("str"))) {
    return yaml_build_fail(b, item->place, ERR_INVALID, "a name must be text: remove the tag %.*s", SV_ARG(item->tag));
  }
  if (item->plain && item->text.len == 0) {
    return yaml_build_fail(b, item->place, ERR_INVALID,
                           "the name before ':' is missing; write \"\" for the empty name");
  }
  if (item->plain && sv_eq(item->text, SV("<<"))) {
    return yaml_build_fail(b, item->place, ERR_UNSUPPORTED,
                           "merge keys (<<) are not part of YAML 1.2: write the members out");
  }
  return true;
}

/* Adds the place of the item to an error of its text. */
static bool fail_scalar(struct yaml_build *b, const struct yaml_item *item) {
  return err_at(b->e, b->source->name, item->place.line, item->place.column);
}

/* Takes a scalar as the name of the member that comes next. Its node is only there to be the anchor's. */
static bool take_name(struct yaml_build *b, struct open_collection *parent, const struct yaml_item *item) {
  json *name = NULL;
  if (!check_name(b, item)) {
    return false;
  }
  if (!yaml_quoted(b->arena, item->text, &name, b->e)) {
    return fail_scalar(b, item);
  }
  parent->name = name->valuestring;
  parent->name_place = item->place;
  struct node_place place = {.node = name, .value = item->place};
  return item->anchor.len == 0 || (put_place(b, &place) && add_anchor(b, item, name));
}

static bool make_scalar(struct yaml_build *b, const struct yaml_item *item, json **node) {
  if (item->tag.len) {
    return yaml_tagged(b->arena, item->tag, item->text, node, b->e);
  }
  return item->plain ? yaml_plain(b->arena, item->text, node, b->e) : yaml_quoted(b->arena, item->text, node, b->e);
}

/* A file that is empty, or holds only comments or a document marker, is a mistake rather than null. */
static bool fail_empty(struct yaml_build *b, struct source_place place) {
  return yaml_build_fail(b, place, ERR_INVALID, "the file holds no value");
}

bool yaml_build_scalar(struct yaml_build *b, const struct yaml_item *item) {
  struct open_collection *parent = waiting_for_name(b);
  json *node = NULL;
  if (!count_node(b, item->place)) {
    return false;
  }
  if (parent) {
    return take_name(b, parent, item);
  }
  if (b->depth == 0 && item->plain && item->text.len == 0 && item->tag.len == 0) {
    return fail_empty(b, item->place);
  }
  if (!make_scalar(b, item, &node)) {
    return fail_scalar(b, item);
  }
  return attach(b, node, item->place) && add_anchor(b, item, node);
}

static bool check_collection(struct yaml_build *b, const struct yaml_item *item, const char *type, sv core_tag) {
  if (waiting_for_name(b)) {
    return yaml_build_fail(b, item->place, ERR_INVALID,
                           "a name must be text, not an %s; put text that starts with { or [ in quotes", type);
  }
  if (item->tag.len && !sv_eq(item->tag, SV("!")) && !sv_eq(item->tag, core_tag)) {
    return yaml_build_fail(b, item->place, ERR_UNSUPPORTED, "the tag %.*s is not supported on an %s", SV_ARG(item->tag),
                           type);
  }
  if (b->depth == LIMIT_YAML_DEPTH) {
    return yaml_build_fail(b, item->place, ERR_LIMIT, "collections are nested deeper than %d levels", LIMIT_YAML_DEPTH);
  }
  return count_node(b, item->place);
}

static bool open_collection(struct yaml_build *b, const struct yaml_item *item, json *node) {
  if (!node) {
    return err_memory(b->e);
  }
  if (!attach(b, node, item->place) || !add_anchor(b, item, node)) {
    return false;
  }
  b->open[b->depth++] = (struct open_collection){.node = node};
  return true;
}

bool yaml_build_array(struct yaml_build *b, const struct yaml_item *item) {
  return check_collection(b, item, "array", CORE_TAG("seq")) && open_collection(b, item, json_new_array(b->arena));
}

bool yaml_build_object(struct yaml_build *b, const struct yaml_item *item) {
  return check_collection(b, item, "object", CORE_TAG("map")) && open_collection(b, item, json_new_object(b->arena));
}

static bool is_before(struct source_place a, struct source_place b) {
  return a.line != b.line ? a.line < b.line : a.column < b.column;
}

/* YAML 1.2.2 3.2.1.3: the keys of a mapping are unique. */
static bool check_duplicates(struct yaml_build *b, const json *object) {
  const json *pair[2] = {NULL, NULL};
  if (!json_names_duplicate(&b->names, object, pair, b->e)) {
    return false;
  }
  if (!pair[0]) {
    return true;
  }
  struct source_place first = source_name_place(b->source, pair[0]);
  struct source_place second = source_name_place(b->source, pair[1]);
  bool ordered = is_before(first, second);
  return yaml_build_fail(b, ordered ? second : first, ERR_INVALID,
                         "the name %s occurs twice in this object; it is first at line %u",
                         json_names_shown(pair[0]).text, ordered ? first.line : second.line);
}

bool yaml_build_end(struct yaml_build *b) {
  const json *node = b->open[--b->depth].node;
  return !cJSON_IsObject(node) || check_duplicates(b, node);
}

static json *copy_node(struct yaml_build *b, const json *from, size_t level, struct source_place alias);

static bool copy_children(struct yaml_build *b, json *to, const json *from, size_t level, struct source_place alias) {
  for (const json *child = from->child; child; child = child->next) {
    json *copy = copy_node(b, child, level, alias);
    if (!copy) {
      return false;
    }
    const struct node_place *found = source_map_find(b->source->map, child);
    struct node_place place = found ? *found : (struct node_place){0};
    place.node = copy;
    if (!put_place(b, &place)) {
      return false;
    }
    cJSON_AddItemToArray(to, copy);
  }
  return true;
}

/* Copies the node and what is below it, `level` collections below the alias. Texts are shared, since nodes never change
 * them in place. Recursion is bounded by LIMIT_YAML_DEPTH. NULL with the error set. */
static json *copy_node(struct yaml_build *b, const json *from, size_t level, struct source_place alias) {
  bool collection = cJSON_IsObject(from) || cJSON_IsArray(from);
  if (collection && b->depth + level >= LIMIT_YAML_DEPTH) {
    yaml_build_fail(b, alias, ERR_LIMIT, "collections are nested deeper than %d levels, aliases expanded",
                    LIMIT_YAML_DEPTH);
    return NULL;
  }
  if (!count_node(b, alias)) {
    return NULL;
  }
  json *copy = arena_alloc(b->arena, sizeof *copy);
  if (!copy) {
    err_memory(b->e);
    return NULL;
  }
  *copy = *from;
  copy->next = copy->prev = copy->child = NULL;
  return copy_children(b, copy, from, level + 1, alias) ? copy : NULL;
}

static const struct anchor *find_anchor(const struct yaml_build *b, sv name) {
  const struct anchor *anchor = b->anchors;
  while (anchor && !sv_eq(anchor->name, name)) {
    anchor = anchor->older;
  }
  return anchor;
}

static bool is_open(const struct yaml_build *b, const json *node) {
  for (size_t i = 0; i < b->depth; i++) {
    if (b->open[i].node == node) {
      return true;
    }
  }
  return false;
}

static bool check_alias(struct yaml_build *b, const struct yaml_item *item, const struct anchor *anchor) {
  if (waiting_for_name(b)) {
    return yaml_build_fail(b, item->place, ERR_UNSUPPORTED, "an alias can't be a name: write the name out");
  }
  if (!anchor) {
    return yaml_build_fail(b, item->place, ERR_INVALID,
                           "the alias *%.*s has no anchor before it; put text that starts with * in quotes",
                           SV_ARG(item->text));
  }
  if (is_open(b, anchor->node)) {
    return yaml_build_fail(b, item->place, ERR_INVALID, "the alias *%.*s lies within its own anchor",
                           SV_ARG(item->text));
  }
  if (++b->alias_count > LIMIT_YAML_ALIASES) {
    return yaml_build_fail(b, item->place, ERR_LIMIT, "more than %d aliases", LIMIT_YAML_ALIASES);
  }
  return true;
}

bool yaml_build_alias(struct yaml_build *b, const struct yaml_item *item) {
  const struct anchor *anchor = find_anchor(b, item->text);
  if (!check_alias(b, item, anchor) || !anchor) {
    return false;
  }
  json *copy = copy_node(b, anchor->node, 0, item->place);
  return copy && attach(b, copy, source_place(b->source, anchor->node));
}

bool yaml_build_finish(struct yaml_build *b, struct source_place place) {
  return b->source->root || fail_empty(b, place);
}
