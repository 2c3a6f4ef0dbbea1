/* Compiling schemas: which are known, and in which order they are filled. What a schema says is read by wire_merge.c.
 *
 * A schema gets its place in memory when it is first referred to, and is filled later, from a list: recursive schemas become
 * cycles of pointers, and no nesting of references makes this function recurse. Schemas are told apart by their nodes, so that
 * one that many operations refer to is compiled once. The table of nodes lies beside the trees, and goes with them. */
#include "wire_compile.h"

#include <stdint.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "source_set.h"
#include "wire_slots.h"

#define SMALLEST_CAPACITY ((size_t)64)

/* ---- the table ---- */

static struct wire_slot **slot_of(struct wire_slot **slots, size_t capacity, const json *node) {
  /* Fibonacci hashing, as in json/source_map.c. */
  uint64_t hash = (uint64_t)(uintptr_t)node * UINT64_C(0x9E3779B97F4A7C15);
  size_t at = (size_t)(hash >> 32) & (capacity - 1);
  while (slots[at] && slots[at]->place.node != node) {
    at = (at + 1) & (capacity - 1);
  }
  return &slots[at];
}

static bool grow(struct wire_compiler *compiler, struct err *e) {
  size_t capacity = compiler->capacity ? compiler->capacity * 2 : SMALLEST_CAPACITY;
  struct wire_slot **slots = arena_array(compiler->files->arena, capacity, sizeof(struct wire_slot *));
  if (!slots) {
    return err_memory(e);
  }
  for (size_t i = 0; i < compiler->capacity; i++) {
    if (compiler->slots[i]) {
      *slot_of(slots, capacity, compiler->slots[i]->place.node) = compiler->slots[i];
    }
  }
  compiler->slots = slots;
  compiler->capacity = capacity;
  return true;
}

static void append_pending(struct wire_compiler *compiler, struct wire_slot *slot) {
  if (compiler->last_pending) {
    compiler->last_pending->next = slot;
  } else {
    compiler->pending = slot;
  }
  compiler->last_pending = slot;
}

static struct wire_slot *take_pending(struct wire_compiler *compiler) {
  struct wire_slot *slot = compiler->pending;
  compiler->pending = slot ? slot->next : NULL;
  compiler->last_pending = compiler->pending ? compiler->last_pending : NULL;
  return slot;
}

static bool add(struct wire_compiler *compiler, struct place place, struct wire_slot **out, struct err *e) {
  struct wire_slot *slot = arena_alloc(compiler->files->arena, sizeof *slot);
  struct wire_schema *schema = arena_alloc(compiler->arena, sizeof *schema);
  if (!slot || !schema) {
    return err_memory(e);
  }
  *slot = (struct wire_slot){.place = place, .schema = schema};
  *slot_of(compiler->slots, compiler->capacity, place.node) = slot;
  compiler->count++;
  append_pending(compiler, slot);
  *out = slot;
  return true;
}

static bool find_or_add(struct wire_compiler *compiler, struct place place, struct wire_slot **out, struct err *e) {
  if (compiler->count >= compiler->capacity / 4 * 3 && !grow(compiler, e)) {
    return false;
  }
  *out = *slot_of(compiler->slots, compiler->capacity, place.node);
  return *out || add(compiler, place, out, e);
}

bool wire_count(struct wire_compiler *compiler, struct place place, struct err *e) {
  return compiler->looked_at++ < LIMIT_WIRE_SCHEMAS ||
         place_error(place, e, ERR_LIMIT, "the operations that are used need more than %d schemas of the description",
                     LIMIT_WIRE_SCHEMAS);
}

/* ---- references ---- */

/* Whether a node says something beside its `$ref` (JSON Schema Core 8.2.3.1: siblings of `$ref` apply). */
static bool has_siblings(const json *node) {
  static const char *const words[] = {"type",     "properties", "items",           "additionalProperties",
                                      "required", "allOf",      "oneOf",           "anyOf",
                                      "const",    "enum",       "format",          "contentEncoding",
                                      "xml",      "nullable",   "x-aws-queryName", "contentMediaType",
                                      "x-aws-map"};
  for (size_t i = 0; json_count(node) > 1 && i < sizeof words / sizeof words[0]; i++) {
    if (json_get(node, sv_from(words[i]))) {
      return true;
    }
  }
  return false;
}

static bool is_plain_reference(const struct wire_compiler *compiler, const json *node) {
  return json_is_string(json_get(node, SV("$ref"))) && (compiler->ignores_siblings || !has_siblings(node));
}

/* The name behind "#/components/schemas/", or Swagger's "#/definitions/"; empty when it is anything else. */
static sv component_of(sv reference) {
  static const char *const prefixes[] = {"/components/schemas/", "/definitions/"};
  sv fragment = sv_slice(reference, sv_find(reference, '#') + 1, reference.len);
  for (size_t i = 0; i < 2; i++) {
    sv prefix = sv_from(prefixes[i]);
    sv name = sv_slice(fragment, prefix.len, fragment.len);
    if (sv_starts(fragment, prefix) && sv_find(name, '/') == name.len && sv_find(name, '~') == name.len &&
        sv_find(name, '%') == name.len) {
      return name;
    }
  }
  return SV("");
}

bool wire_name(struct wire_compiler *compiler, sv reference, struct wire_schema *schema, struct err *e) {
  sv name = component_of(reference);
  if (name.len == 0 || schema->component.len) {
    return true;
  }
  schema->component = sv_copy(compiler->arena, name);
  return schema->component.len || err_memory(e);
}

bool wire_schema_of(struct wire_compiler *compiler, struct place place, const struct wire_schema **out, struct err *e) {
  sv reference = SV("");
  struct wire_slot *slot = NULL;
  *out = NULL;
  for (int count = 0; is_plain_reference(compiler, place.node); count++) {
    struct place from = place_get(place, SV("$ref"));
    bool followed = false;
    reference = json_string(from.node);
    if (count == LIMIT_REFERENCES) {
      return place_error(from, e, ERR_INVALID, "'$ref' refers to itself, or through more than %d others",
                         LIMIT_REFERENCES);
    }
    if (!reference_step(compiler->files, &place, &followed, e)) {
      return false;
    }
  }
  if (!place.node || json_type(place.node) == JSON_BOOLEAN) {
    return true;
  }
  if (json_type(place.node) != JSON_OBJECT) {
    return place_error(place, e, ERR_INVALID, "a schema is an object, but this is %s", json_type_name(place.node));
  }
  if (!find_or_add(compiler, place, &slot, e)) {
    return false;
  }
  *out = slot->schema;
  return wire_name(compiler, reference, slot->schema, e);
}

/* ---- the whole ---- */

/* What is half done is forgotten, so that nobody gets it. */
static void forget(struct wire_compiler *compiler) {
  compiler->slots = NULL;
  compiler->capacity = 0;
  compiler->count = 0;
  compiler->pending = NULL;
  compiler->last_pending = NULL;
}

bool wire_compile(struct wire_compiler *compiler, struct place place, const struct wire_schema **out, struct err *e) {
  bool good = wire_schema_of(compiler, place, out, e);
  while (good && compiler->pending) {
    good = wire_merge(compiler, take_pending(compiler), e);
  }
  if (!good) {
    forget(compiler);
  }
  return good;
}
