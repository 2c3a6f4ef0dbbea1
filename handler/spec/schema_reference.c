/* References of schemas: JSON Schema Core 8.2 and Arazzo 1.1.0, "Resolving URI Fragments".
 *
 * '#' is the Arazzo document, since its schemas are parts of it; inside a schema with `$id` it is that schema. Behind it
 * stands a JSON Pointer or a name that `$anchor` (or `$dynamicAnchor`) gives. In front of it may stand the document's
 * `$self`, or the absolute `$id` of a schema of the document, as it is written there. Anchors and ids are looked for in all
 * schemas of the document, wherever they stand: workflows' inputs and components.inputs.
 *
 * Not done: other files, relative `$id`s as targets, normalisation of URIs. */
#include "schema_reference.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "pointer.h"

/* A search through the schemas of the document. */
struct search {
  sv wanted;
  const json *resource; /* an anchor is looked for, in the schemas of this resource; NULL: an `$id`, in all schemas */
  unsigned long *steps;
  const json *found;
  const json *second; /* another one of the same name */
  unsigned depth;
};

static void search_schema(struct search *s, const json *node);

enum holds { HOLDS_SCHEMA, HOLDS_SCHEMAS };

static const struct {
  const char *name;
  enum holds holds;
} places[] = {
    {"additionalProperties", HOLDS_SCHEMA},
    {"propertyNames", HOLDS_SCHEMA},
    {"items", HOLDS_SCHEMA},
    {"contains", HOLDS_SCHEMA},
    {"not", HOLDS_SCHEMA},
    {"if", HOLDS_SCHEMA},
    {"then", HOLDS_SCHEMA},
    {"else", HOLDS_SCHEMA},
    {"prefixItems", HOLDS_SCHEMAS},
    {"allOf", HOLDS_SCHEMAS},
    {"anyOf", HOLDS_SCHEMAS},
    {"oneOf", HOLDS_SCHEMAS},
    {"properties", HOLDS_SCHEMAS},
    {"patternProperties", HOLDS_SCHEMAS},
    {"dependentSchemas", HOLDS_SCHEMAS},
    {"$defs", HOLDS_SCHEMAS},
    {"definitions", HOLDS_SCHEMAS},
};

bool schema_is_resource(const json *node) {
  return json_is_string(json_get(node, SV("$id")));
}

static void search_each(struct search *s, const json *list) {
  for (const json *each = json_first(list); each; each = each->next) {
    search_schema(s, each);
  }
}

/* A keyword of a schema: what it holds is searched. */
static void search_member(struct search *s, const json *member) {
  sv name = json_name(member);
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    if (!sv_eq(name, sv_from(places[i].name))) {
      continue;
    }
    if (places[i].holds == HOLDS_SCHEMA) {
      search_schema(s, member);
    } else {
      search_each(s, member);
    }
    return;
  }
}

static bool is_wanted(const struct search *s, const json *node) {
  bool is_anchor = s->resource != NULL;
  /* JSON Schema Core 8.2.2: $dynamicAnchor, too, gives a name that `$ref` finds. */
  return sv_eq(json_string(json_get(node, is_anchor ? SV("$anchor") : SV("$id"))), s->wanted) ||
         (is_anchor && sv_eq(json_string(json_get(node, SV("$dynamicAnchor"))), s->wanted));
}

static void search_schema(struct search *s, const json *node) {
  bool is_other = s->resource && node != s->resource && schema_is_resource(node);
  if (json_type(node) != JSON_OBJECT || is_other || s->depth == LIMIT_JSON_DEPTH ||
      ++*s->steps > SCHEMA_REFERENCE_STEPS) {
    return;
  }
  if (is_wanted(s, node) && node != s->found) {
    s->second = s->found ? node : s->second;
    s->found = s->found ? s->found : node;
  }
  s->depth++;
  for (const json *member = json_first(node); member; member = member->next) {
    search_member(s, member);
  }
  s->depth--;
}

/* All schemas of the document, and the one that is compiled, which may stand elsewhere. */
static void search_document(struct search *s, const struct schema_scope *scope) {
  const json *root = scope->source->root;
  for (const json *each = json_first(json_get(root, SV("workflows"))); each; each = each->next) {
    search_schema(s, json_get(each, SV("inputs")));
  }
  search_each(s, json_get(json_get(root, SV("components")), SV("inputs")));
  search_schema(s, scope->start);
}

static bool refuse(const struct schema_scope *scope, const json *reference, const char *why, struct err *e) {
  return source_error(scope->source, reference, e, ERR_INVALID, "'$ref: %.*s' %s",
                      SV_ARG(sv_slice(json_string(reference), 0, 200)), why);
}

/* Runs a search; false with an error when there is not exactly one such schema. */
static bool find_one(const struct schema_scope *scope, const json *reference, struct search *s, struct err *e) {
  if (s->resource && s->resource != scope->source->root) {
    search_schema(s, s->resource);
  } else {
    search_document(s, scope);
  }
  if (*s->steps > SCHEMA_REFERENCE_STEPS) {
    return source_error(scope->source, reference, e, ERR_LIMIT, "finding anchors and ids takes more than %d steps",
                        SCHEMA_REFERENCE_STEPS);
  }
  if (!s->found) {
    return refuse(
        scope, reference,
        "leads nowhere; write '#/…' for a place in this document, or '#name' for a schema with '$anchor: name'", e);
  }
  if (s->second) {
    struct source_place first = source_place(scope->source, s->found);
    struct source_place second = source_place(scope->source, s->second);
    return source_error(scope->source, reference, e, ERR_INVALID,
                        "'$ref: %.*s' is ambiguous: the schemas at %u:%u and %u:%u both have this name",
                        SV_ARG(sv_slice(json_string(reference), 0, 200)), first.line, first.column, second.line,
                        second.column);
  }
  return true;
}

static bool is_absolute(sv uri) {
  size_t colon = sv_find(uri, ':');
  return colon < uri.len && colon < sv_find(uri, '/');
}

/* The resource that the part in front of '#' names. */
static bool find_resource(const struct schema_scope *scope, const json *reference, sv uri, const json **out,
                          struct err *e) {
  const json *self = json_get(scope->source->root, SV("$self"));
  struct search s = {.wanted = uri, .steps = scope->steps};
  if (uri.len == 0) {
    *out = scope->resource;
    return true;
  }
  if (json_is_string(self) && sv_eq(json_string(self), uri)) {
    *out = scope->source->root;
    return true;
  }
  if (!is_absolute(uri)) {
    return refuse(scope, reference, "leads to another file; references to schemas stay inside the document: '#/…'", e);
  }
  if (!find_one(scope, reference, &s, e)) {
    return false;
  }
  *out = s.found;
  return true;
}

/* JSON Schema Core 9.2.1: '#' means the nearest schema with `$id` on the way to the target. */
static const json *nearest_resource(const json *resource, sv pointer) {
  const json *nearest = resource;
  for (size_t end = 1; end <= pointer.len; end++) {
    if (end == pointer.len || pointer.ptr[end] == '/') {
      const json *node = pointer_get(resource, sv_slice(pointer, 0, end));
      nearest = schema_is_resource(node) ? node : nearest;
    }
  }
  return nearest;
}

static bool follow_pointer(const struct schema_scope *scope, const json *reference, sv pointer,
                           struct schema_target *out, struct err *e) {
  out->node = pointer_get(out->resource, pointer);
  if (!out->node) {
    return refuse(
        scope, reference,
        "leads nowhere; write '#/…' for a place in this document, or '#name' for a schema with '$anchor: name'", e);
  }
  if (out->node == scope->source->root) {
    return refuse(scope, reference,
                  "is the whole document, which is no schema; write the way to it: '#/workflows/0/inputs'", e);
  }
  out->resource = nearest_resource(out->resource, pointer);
  return true;
}

/* Arazzo 1.1.0, Resolving URI Fragments: references via $ref MUST support both JSON Pointer fragments and plain-name fragments. */
static bool follow_fragment(const struct schema_scope *scope, const json *reference, sv fragment,
                            struct schema_target *out, struct err *e) {
  if (fragment.len == 0 || fragment.ptr[0] == '/') {
    return pointer_check(fragment, e) && follow_pointer(scope, reference, fragment, out, e);
  }
  struct search s = {.wanted = fragment, .resource = out->resource, .steps = scope->steps};
  if (!find_one(scope, reference, &s, e)) {
    return false;
  }
  out->node = s.found;
  return true;
}

bool schema_reference(struct arena *arena, const struct schema_scope *scope, const json *reference,
                      struct schema_target *out, struct err *e) {
  sv uri;
  sv fragment;
  sv decoded;
  if (!json_is_string(reference)) {
    return source_error(scope->source, reference, e, ERR_INVALID, "'$ref' of a schema must be a text such as '#/…'");
  }
  if (!sv_split(json_string(reference), '#', &uri, &fragment)) {
    uri = json_string(reference);
    fragment = SV("");
  }
  if (!find_resource(scope, reference, uri, &out->resource, e)) {
    return false;
  }
  if (pointer_from_fragment(arena, fragment, &decoded, e) && follow_fragment(scope, reference, decoded, out, e)) {
    return true;
  }
  /* Errors of the pointer count columns in its own text. */
  struct source_place place = source_place(scope->source, reference);
  e->line = e->file[0] ? e->line : 0;
  return err_at(e, scope->source->name, place.line, place.column);
}
