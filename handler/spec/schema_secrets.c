/* Which texts of a value are secrets: those that a schema marks `format: password` (Arazzo 1.1.0, "Data Types": a hint to
 * obscure the value). A schema that may describe the value counts as one that does: which branch of an anyOf the value takes
 * is of no interest to a person who reads it in a log. */
#include "arena.h"
#include "schema_set.h"

struct search {
  struct schema_walk walk;
  bool (*visit)(void *context, sv secret);
  void *context;
  bool stopped;
};

static bool search(struct search *s, struct schema_set *set, const json *value, bool is_secret, struct err *e);

static bool is_marked(const struct schema_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    if (set->items[i]->is_password) {
      return true;
    }
  }
  return false;
}

/* The text by which a scalar can show up. true, false and null tell nothing that is worth hiding. */
static sv scalar_text(const json *value) {
  return json_type(value) == JSON_NUMBER ? json_number_text(value) : json_string(value);
}

static bool search_parts(struct search *s, const struct schema_set *set, const json *value, bool is_secret,
                         struct err *e) {
  bool is_object = json_type(value) == JSON_OBJECT;
  size_t index = 0;
  for (const json *each = json_first(value); each && !s->stopped; each = each->next, index++) {
    struct schema_set below = {0};
    bool good = is_object ? schema_set_member(&s->walk, set, json_name(each), &below, e)
                          : schema_set_item(&s->walk, set, index, &below, e);
    if (!good || !search(s, &below, each, is_secret, e)) {
      return false;
    }
  }
  return true;
}

/* `is_secret`: a value around this one is marked, and all that it holds with it. */
static bool search(struct search *s, struct schema_set *set, const json *value, bool is_secret, struct err *e) {
  if (!schema_set_close(&s->walk, set, e) || !schema_walk_down(&s->walk, e)) {
    return false;
  }
  is_secret = is_secret || is_marked(set);
  sv text = scalar_text(value);
  if (is_secret && text.len) {
    s->stopped = !s->visit(s->context, text);
  }
  bool good = (set->count == 0 && !is_secret) || search_parts(s, set, value, is_secret, e);
  schema_walk_up(&s->walk);
  return good;
}

bool schema_each_secret(const struct schema *schema, struct arena *arena, const json *value,
                        bool (*visit)(void *context, sv secret), void *context, struct err *e) {
  struct search s = {.walk = {.arena = arena, .branches = true}, .visit = visit, .context = context};
  struct schema_set set = {0};
  return schema_set_add(&s.walk, &set, schema, e) && search(&s, &set, value, false, e);
}
