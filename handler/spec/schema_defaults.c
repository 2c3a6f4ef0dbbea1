/* Defaults (JSON Schema Validation 9.2): an absent member gets the default that the nearest of its schemas gives: its own,
 * then those behind `$ref`, then those of `allOf`. A value that came in this way gets the defaults of its own members, as do
 * members and items that were there.
 *
 * Not looked at: anyOf, oneOf, if, dependentSchemas and contains. Which of them describes a value depends on the value,
 * which a default would change. */
#include "arena.h"
#include "schema_set.h"

static bool fill(struct schema_walk *walk, struct schema_set *set, json *value, struct err *e);

static const json *first_default(const struct schema_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    if (set->items[i]->initial) {
      return set->items[i]->initial;
    }
  }
  return NULL;
}

static bool add_absent(struct schema_walk *walk, const struct schema_set *set, json *value, sv name, struct err *e) {
  struct schema_set below = {0};
  if (json_get(value, name)) {
    return true;
  }
  if (!schema_set_member(walk, set, name, &below, e) || !schema_set_close(walk, &below, e)) {
    return false;
  }
  const json *initial = first_default(&below);
  return !initial || json_set(walk->arena, value, name, json_copy(walk->arena, initial)) || err_memory(e);
}

static bool add_all_absent(struct schema_walk *walk, const struct schema_set *set, json *value, struct err *e) {
  for (size_t i = 0; i < set->count; i++) {
    const struct schema_members *properties = &set->items[i]->properties;
    for (size_t j = 0; j < properties->count; j++) {
      if (!add_absent(walk, set, value, properties->items[j].name, e)) {
        return false;
      }
    }
  }
  return true;
}

static bool fill_object(struct schema_walk *walk, const struct schema_set *set, json *value, struct err *e) {
  if (!add_all_absent(walk, set, value, e)) {
    return false;
  }
  for (json *member = json_first(value); member; member = member->next) {
    struct schema_set below = {0};
    if (!schema_set_member(walk, set, json_name(member), &below, e) || !fill(walk, &below, member, e)) {
      return false;
    }
  }
  return true;
}

static bool fill_array(struct schema_walk *walk, const struct schema_set *set, json *value, struct err *e) {
  size_t index = 0;
  for (json *item = json_first(value); item; item = item->next, index++) {
    struct schema_set below = {0};
    if (!schema_set_item(walk, set, index, &below, e) || !fill(walk, &below, item, e)) {
      return false;
    }
  }
  return true;
}

static bool fill(struct schema_walk *walk, struct schema_set *set, json *value, struct err *e) {
  bool is_object = json_type(value) == JSON_OBJECT;
  if (set->count == 0 || (!is_object && json_type(value) != JSON_ARRAY)) {
    return true;
  }
  if (!schema_walk_down(walk, e)) {
    return false;
  }
  bool good = schema_set_close(walk, set, e) &&
              (is_object ? fill_object(walk, set, value, e) : fill_array(walk, set, value, e));
  schema_walk_up(walk);
  return good;
}

bool schema_apply_defaults(const struct schema *schema, struct arena *arena, json *value, struct err *e) {
  struct schema_walk walk = {.arena = arena};
  struct schema_set set = {0};
  return schema_set_add(&walk, &set, schema, e) && fill(&walk, &set, value, e);
}
