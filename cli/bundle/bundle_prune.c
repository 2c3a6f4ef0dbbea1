/* Pruning descriptions: the trees are marked from what is called along `$ref`, and written with what is marked. A node that is kept
 * keeps the way to it from the root, so that each reference, and each operationPath, leads where it led. Arrays are kept as a
 * whole: a JSON Pointer counts their elements.
 *
 * What nobody needs to call an operation is left out where it is not the name of something else, such as of a property:
 * descriptions, summaries, examples, tags, callbacks, links. References that lead nowhere are left as they are: the loader has not
 * needed them, or it would have refused the document. */
#include "bundle_prune.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"

/* How the members of an object are looked at. */
enum meaning {
  MEANING_FIELDS,  /* fields of the specification: those that nobody needs are left out */
  MEANING_NAMES,   /* names of the author's: of properties, headers, statuses */
  MEANING_VERBATIM /* values, extensions, security schemes: everything is kept, and so is all below */
};

static bool is_one_of(sv name, const char *const *names) {
  for (size_t i = 0; names[i]; i++) {
    if (sv_eq(name, sv_from(names[i]))) {
      return true;
    }
  }
  return false;
}

/* OpenAPI 3.2, and Swagger 2.0: fields that hold a map from the author's names. */
static const char *const maps[] = {
    "additionalOperations", "content",    "definitions", "dependentSchemas", "encoding",  "headers",
    "patternProperties",    "properties", "responses",   "schemas",          "variables", "$defs",
    "mediaTypes",           "parameters", NULL};

/* Fields that hold values, or what is told apart by its texts (a scheme's description may tell that it is AWS's). */
static const char *const verbatim[] = {"const",    "default",         "discriminator",       "enum",
                                       "security", "securitySchemes", "securityDefinitions", NULL};

/* Fields that nobody needs. */
static const char *const needless[] = {"callbacks", "example", "examples", "externalDocs", "links", "tags", NULL};

/* Of a description's root: what belongs to the operations that are called is kept with them. */
static const char *const parts[] = {"components", "definitions", "externalDocs", "parameters", "paths",
                                    "responses",  "tags",        "webhooks",     NULL};

static const char *const methods[] = {
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query", "additionalOperations", NULL};

static enum meaning meaning_of(enum meaning outer, const json *member) {
  sv name = json_name(member);
  switch (outer) {
  case MEANING_VERBATIM:
    return MEANING_VERBATIM;
  case MEANING_NAMES:
    return MEANING_FIELDS;
  case MEANING_FIELDS:
    break;
  }
  if (sv_starts(name, SV("x-")) || is_one_of(name, verbatim)) {
    return MEANING_VERBATIM;
  }
  return json_type(member) == JSON_OBJECT && is_one_of(name, maps) ? MEANING_NAMES : MEANING_FIELDS;
}

static bool is_needless(enum meaning outer, const json *member) {
  sv name = json_name(member);
  bool is_text = json_is_string(member) && (sv_eq(name, SV("description")) || sv_eq(name, SV("summary")));
  return outer == MEANING_FIELDS && (is_text || is_one_of(name, needless));
}

/* ---- marking ---- */

static bool push(struct bundle_prune *p, struct place place, struct err *e) {
  struct pending_place *pending = arena_alloc(p->arena, sizeof *pending);
  if (!pending) {
    return err_memory(e);
  }
  *pending = (struct pending_place){place, p->pending};
  p->pending = pending;
  return true;
}

static enum node_mark mark_of(const struct bundle_prune *p, const json *node) {
  const struct node_entry *entry = node_map_find(&p->map, node);
  return entry ? entry->mark : NODE_UNUSED;
}

/* Marks a node that is in the map, unless it is marked as used. */
static void mark(struct bundle_prune *p, const json *node, enum node_mark mark) {
  struct node_entry *entry = node_map_find(&p->map, node);
  if (entry && entry->mark < mark) {
    entry->mark = mark;
  }
}

/* By its `$self` a file is found (source_set_self). */
static bool add_file(struct bundle_prune *p, const struct source *source, struct err *e) {
  if (!node_map_add(&p->map, source->root, e)) {
    return false;
  }
  mark(p, json_get(source->root, SV("$self")), NODE_USED);
  return true;
}

/* Follows the `$ref` of a node, if it has one that leads somewhere: `*place` is there then. */
static bool follow(struct bundle_prune *p, struct place *place, bool *followed, struct err *e) {
  struct err why;
  err_clear(&why);
  if (!reference_step(p->files, place, followed, &why)) {
    *followed = false;
    return why.code != ERR_MEMORY || err_memory(e);
  }
  return !*followed || add_file(p, place->source, e);
}

/* The way from the root to the node. An array on it is kept as a whole. */
static bool keep_way(struct bundle_prune *p, struct place place, struct err *e) {
  const struct node_entry *entry = node_map_find(&p->map, place.node);
  while (entry && entry->parent) {
    entry = node_map_find(&p->map, entry->parent);
    if (json_type(entry->node) == JSON_ARRAY) {
      return push(p, (struct place){place.source, entry->node}, e);
    }
    mark(p, entry->node, NODE_ON_THE_WAY);
  }
  return true;
}

static bool keep_below(struct bundle_prune *p, struct place place, enum meaning meaning, struct err *e);

static bool keep_members(struct bundle_prune *p, struct place place, enum meaning meaning, struct err *e) {
  bool is_array = json_type(place.node) == JSON_ARRAY;
  for (const json *member = json_first(place.node); member; member = member->next) {
    enum meaning inner = is_array ? meaning : meaning_of(meaning, member);
    if ((is_array || !is_needless(meaning, member)) && !keep_below(p, (struct place){place.source, member}, inner, e)) {
      return false;
    }
  }
  return true;
}

/* A node and all below it. What it refers to comes later: chains of references may be longer than a stack. */
static bool keep_below(struct bundle_prune *p, struct place place, enum meaning meaning, struct err *e) {
  struct place target = place;
  bool followed = false;
  if (mark_of(p, place.node) == NODE_USED) {
    return true;
  }
  mark(p, place.node, NODE_USED);
  return follow(p, &target, &followed, e) && (!followed || push(p, target, e)) && keep_members(p, place, meaning, e);
}

static bool keep_pending(struct bundle_prune *p, struct err *e) {
  while (p->pending) {
    struct place place = p->pending->place;
    p->pending = p->pending->next;
    if (!keep_way(p, place, e) || !keep_below(p, place, MEANING_FIELDS, e)) {
      return false;
    }
  }
  return true;
}

/* ---- descriptions ---- */

static bool open_description(struct bundle_prune *p, sv path, const struct source **out, struct err *e) {
  const struct source_file *file = NULL;
  if (!source_set_load(p->files, path, &file, e)) {
    return false;
  }
  *out = file->source;
  return add_file(p, file->source, e);
}

bool bundle_prune_description(struct bundle_prune *prune, sv path, struct err *e) {
  const struct source *source = NULL;
  if (!open_description(prune, path, &source, e)) {
    return false;
  }
  const json *root = source->root;
  const json *schemes = json_get(json_get(root, SV("components")), SV("securitySchemes"));
  mark(prune, root, NODE_ON_THE_WAY);
  mark(prune, json_get(root, SV("paths")), NODE_ON_THE_WAY);
  for (const json *member = json_first(root); member; member = member->next) {
    if (!is_one_of(json_name(member), parts) &&
        !keep_below(prune, (struct place){source, member}, meaning_of(MEANING_FIELDS, member), e)) {
      return false;
    }
  }
  struct place place = {source, schemes};
  return (!schemes || (keep_way(prune, place, e) && keep_below(prune, place, MEANING_VERBATIM, e))) &&
         keep_pending(prune, e);
}

/* The Path Item Object of a key, behind its `$ref`s, which are kept without what else is behind them. */
static bool find_item(struct bundle_prune *p, struct place *item, struct err *e) {
  bool followed = true;
  for (int count = 0; followed && count <= LIMIT_REFERENCES; count++) {
    if (!keep_way(p, *item, e)) {
      return false;
    }
    mark(p, item->node, NODE_ON_THE_WAY);
    mark(p, json_get(item->node, SV("$ref")), NODE_USED);
    if (!follow(p, item, &followed, e)) {
      return false;
    }
  }
  return true;
}

static bool is_called(const json *member, const struct operation *operation) {
  return sv_eq_nocase(json_name(member), operation->method);
}

static bool keep_item(struct bundle_prune *p, struct place item, const struct operation *operation, struct err *e) {
  const json *additional = json_get(json_get(item.node, SV("additionalOperations")), operation->method);
  for (const json *member = json_first(item.node); member; member = member->next) {
    bool is_other = is_one_of(json_name(member), methods) && !is_called(member, operation);
    if (!is_other && !is_needless(MEANING_FIELDS, member) &&
        !keep_below(p, (struct place){item.source, member}, meaning_of(MEANING_FIELDS, member), e)) {
      return false;
    }
  }
  return !additional || push(p, (struct place){item.source, additional}, e);
}

bool bundle_prune_operation(struct bundle_prune *prune, sv path, const struct operation *operation, struct err *e) {
  const struct source *source = NULL;
  if (!open_description(prune, path, &source, e)) {
    return false;
  }
  struct place item = {source, json_get(json_get(source->root, SV("paths")), operation->key)};
  return find_item(prune, &item, e) && keep_item(prune, item, operation, e) && keep_pending(prune, e);
}

/* ---- writing ---- */

bool bundle_prune_keeps(const struct bundle_prune *prune, const struct source_file *file) {
  return mark_of(prune, file->source->root) != NODE_UNUSED;
}

static void write_node(const struct bundle_prune *p, const json *node, struct sb *out) {
  bool is_object = json_type(node) == JSON_OBJECT;
  bool is_first = true;
  if (!is_object && json_type(node) != JSON_ARRAY) {
    json_write(out, node);
    return;
  }
  sb_char(out, is_object ? '{' : '[');
  for (const json *member = json_first(node); member; member = member->next) {
    if (mark_of(p, member) == NODE_UNUSED) {
      continue;
    }
    sb_put(out, is_first ? SV("") : SV(","));
    is_first = false;
    if (is_object) {
      quote_json(out, json_name(member));
      sb_char(out, ':');
    }
    write_node(p, member, out);
  }
  sb_char(out, is_object ? '}' : ']');
}

void bundle_prune_write(const struct bundle_prune *prune, const struct source_file *file, struct sb *out) {
  write_node(prune, file->source->root, out);
}
