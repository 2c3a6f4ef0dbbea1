/* All schemas that describe one value: a value has one schema where it stands, but `$ref` and `allOf` bring others to it, and
 * each of these may say something about the same member. Looking at them together, each once, makes the order in which they
 * are written irrelevant, ends schemas that refer to themselves, and keeps the work linear where references multiply. */
#include "schema_set.h"

#include "arena.h"
#include "limits.h"
#include "regex_match.h"

static bool make_room(struct schema_walk *walk, struct schema_set *set, struct err *e) {
  size_t more = set->capacity ? set->capacity * 2 : 4;
  size_t size = sizeof(const struct schema *);
  const struct schema **items = set->items ? arena_grow(walk->arena, set->items, set->capacity * size, more * size)
                                           : arena_array(walk->arena, more, size);
  if (!items) {
    return err_memory(e);
  }
  set->items = items;
  set->capacity = more;
  return true;
}

bool schema_set_add(struct schema_walk *walk, struct schema_set *set, const struct schema *schema, struct err *e) {
  if (!schema) {
    return true;
  }
  for (size_t i = 0; i < set->count; i++) {
    if (set->items[i] == schema) {
      return true;
    }
  }
  walk->steps += 1 + set->count;
  if (walk->steps > SCHEMA_SET_STEPS) {
    return err_set(e, ERR_LIMIT, "going through the inputs with their schema takes more than %d steps",
                   SCHEMA_SET_STEPS);
  }
  if (set->count == set->capacity && !make_room(walk, set, e)) {
    return false;
  }
  set->items[set->count++] = schema;
  return true;
}

static bool add_list(struct schema_walk *walk, struct schema_set *set, const struct schema_list *list, struct err *e) {
  for (size_t i = 0; i < list->count; i++) {
    if (!schema_set_add(walk, set, list->items[i], e)) {
      return false;
    }
  }
  return true;
}

/* What describes the value if something else holds. `not` describes what the value is not. */
static bool add_branches(struct schema_walk *walk, struct schema_set *set, const struct schema *schema, struct err *e) {
  for (size_t i = 0; i < schema->dependent_schemas.count; i++) {
    if (!schema_set_add(walk, set, schema->dependent_schemas.items[i].schema, e)) {
      return false;
    }
  }
  return add_list(walk, set, &schema->any_of, e) && add_list(walk, set, &schema->one_of, e) &&
         schema_set_add(walk, set, schema->condition, e) && schema_set_add(walk, set, schema->then_schema, e) &&
         schema_set_add(walk, set, schema->else_schema, e);
}

bool schema_set_close(struct schema_walk *walk, struct schema_set *set, struct err *e) {
  for (size_t i = 0; i < set->count; i++) {
    const struct schema *schema = set->items[i];
    if (!schema_set_add(walk, set, schema->reference, e) || !add_list(walk, set, &schema->all_of, e) ||
        (walk->branches && !add_branches(walk, set, schema, e))) {
      return false;
    }
  }
  return true;
}

static bool add_member(struct schema_walk *walk, const struct schema *schema, sv name, struct schema_set *out,
                       struct err *e) {
  bool is_known = false;
  for (size_t i = 0; i < schema->properties.count; i++) {
    const struct schema_member *each = &schema->properties.items[i];
    if (sv_eq(each->name, name)) {
      is_known = true;
      if (!schema_set_add(walk, out, each->schema, e)) {
        return false;
      }
    }
  }
  for (size_t i = 0; i < schema->pattern_properties.count; i++) {
    const struct schema_member *each = &schema->pattern_properties.items[i];
    bool matched = false;
    if (!regex_match(each->pattern, name, walk->arena, &matched, e) ||
        (matched && !schema_set_add(walk, out, each->schema, e))) {
      return false;
    }
    is_known = is_known || matched;
  }
  /* JSON Schema Core 10.3.2.3: additionalProperties is for names that the two beside it leave. */
  return is_known || schema_set_add(walk, out, schema->additional_properties, e);
}

bool schema_set_member(struct schema_walk *walk, const struct schema_set *set, sv name, struct schema_set *out,
                       struct err *e) {
  for (size_t i = 0; i < set->count; i++) {
    if (!add_member(walk, set->items[i], name, out, e)) {
      return false;
    }
  }
  return true;
}

bool schema_set_item(struct schema_walk *walk, const struct schema_set *set, size_t index, struct schema_set *out,
                     struct err *e) {
  for (size_t i = 0; i < set->count; i++) {
    const struct schema *schema = set->items[i];
    bool is_prefix = index < schema->prefix_items.count;
    if (!schema_set_add(walk, out, is_prefix ? schema->prefix_items.items[index] : schema->items, e) ||
        (walk->branches && !schema_set_add(walk, out, schema->contains, e))) {
      return false;
    }
  }
  return true;
}

bool schema_walk_down(struct schema_walk *walk, struct err *e) {
  if (walk->depth == LIMIT_JSON_DEPTH) {
    return err_set(e, ERR_LIMIT, "the inputs, with the defaults of their schema, nest deeper than %d",
                   LIMIT_JSON_DEPTH);
  }
  walk->depth++;
  return true;
}

void schema_walk_up(struct schema_walk *walk) {
  walk->depth--;
}
