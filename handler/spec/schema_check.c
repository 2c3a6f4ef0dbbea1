/* Checking a value against a compiled schema.
 *
 * Messages tell the rule, the place as a JSON Pointer and the type that is there, never the value: it may be a secret. */
#include <stdio.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "pointer.h"
#include "regex_match.h"
#include "sb.h"
#include "schema_tree.h"
#include "utf8.h"

#define CHECK_DEPTH 256     /* nesting of schemas during a check; `$ref` can nest without the value doing so */
#define CHECK_STEPS 1000000 /* schemas that are applied in one check */

/* The way from the root to the value that is looked at. */
struct place {
  const struct place *parent;
  sv name;
  size_t index;
  bool is_index;
};

struct checking {
  struct arena *arena;
  const struct place *place;
  unsigned depth;
  unsigned long steps;
};

static bool check(struct checking *c, const struct schema *schema, const json *value, struct err *e);

/* ---- messages ---- */

static void put_place(struct sb *out, const struct place *place) {
  if (!place) {
    return;
  }
  put_place(out, place->parent);
  if (place->is_index) {
    sb_format(out, "/%zu", place->index);
  } else {
    sb_char(out, '/');
    pointer_put_token(out, place->name);
  }
}

static bool __attribute__((format(printf, 3, 4))) breaks(struct checking *c, struct err *e, const char *format, ...) {
  struct sb text = sb_new(c->arena, LIMIT_EVENT_BYTES * 2);
  va_list args;
  sb_put(&text, c->place ? SV("the input '") : SV("'inputs' "));
  put_place(&text, c->place);
  sb_put(&text, c->place ? SV("' ") : SV(""));
  va_start(args, format);
  sb_formatv(&text, format, args);
  va_end(args);
  return text.state == SB_NO_MEMORY ? err_memory(e) : err_set(e, ERR_INVALID, "%.*s", SV_ARG(sb_view(&text)));
}

/* Names of the JSON types as schemas write them; "integer" is a number. */
static const char *types_text(const struct schema *schema, char *buffer, size_t size) {
  static const char *const names[] = {"null", "boolean", "number", "string", "array", "object"};
  size_t used = 0;
  buffer[0] = '\0';
  for (size_t i = 0; i < 6; i++) {
    if (schema->types & 1U << i && used < size) {
      const char *name = i == JSON_NUMBER && schema->integer ? "integer" : names[i];
      used += (size_t)snprintf(buffer + used, size - used, "%s%s", used ? " or " : "", name);
    }
  }
  return buffer;
}

/* ---- scalars ---- */

static bool check_type(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  char types[96];
  bool good = schema->types == 0 || schema->types & 1U << json_type(value);
  if (good && schema->integer && json_type(value) == JSON_NUMBER) {
    /* JSON Schema Validation 6.1.1: "integer" matches any number with a zero fractional part. */
    good = json_number_is_integer(value);
  }
  return good || breaks(c, e, "must be of type %s, but is of type %s", types_text(schema, types, sizeof types),
                        json_type_name(value));
}

static bool check_values(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  if (schema->exactly && !json_equal(schema->exactly, value)) {
    return breaks(c, e, "is of type %s, but not the value that 'const' allows", json_type_name(value));
  }
  if (!schema->one_of_values) {
    return true;
  }
  for (const json *each = json_first(schema->one_of_values); each; each = each->next) {
    if (json_equal(each, value)) {
      return true;
    }
  }
  return breaks(c, e, "is of type %s, but none of the values that 'enum' allows", json_type_name(value));
}

static bool check_number(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  struct {
    const json *bound;
    int sign;
    bool exclusive;
    const char *rule;
  } const bounds[] = {
      {schema->minimum, 1, false, "at least"},
      {schema->maximum, -1, false, "at most"},
      {schema->exclusive_minimum, 1, true, "more than"},
      {schema->exclusive_maximum, -1, true, "less than"},
  };
  if (json_type(value) != JSON_NUMBER) {
    return true;
  }
  for (size_t i = 0; i < 4; i++) {
    int order = bounds[i].bound ? json_number_compare(value, bounds[i].bound) * bounds[i].sign : 1;
    if (order < 0 || (order == 0 && bounds[i].exclusive)) {
      return breaks(c, e, "must be %s %.*s", bounds[i].rule, SV_ARG(json_number_text(bounds[i].bound)));
    }
  }
  return !schema->multiple_of || json_number_is_multiple(value, schema->multiple_of) ||
         breaks(c, e, "must be a multiple of %.*s", SV_ARG(json_number_text(schema->multiple_of)));
}

static bool check_range(struct checking *c, const struct schema_range *range, size_t count, const char *unit,
                        struct err *e) {
  if ((int64_t)count < range->min) {
    return breaks(c, e, "must have at least %lld %s, but has %zu", (long long)range->min, unit, count);
  }
  if (range->max >= 0 && (int64_t)count > range->max) {
    return breaks(c, e, "must have at most %lld %s, but has %zu", (long long)range->max, unit, count);
  }
  return true;
}

static bool check_string(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  bool matched = true;
  if (!json_is_string(value)) {
    return true;
  }
  if (!check_range(c, &schema->length, utf8_count(json_string(value)), "characters", e)) {
    return false;
  }
  if (schema->pattern && !regex_match(schema->pattern, json_string(value), c->arena, &matched, e)) {
    return false;
  }
  return matched || breaks(c, e, "does not match the pattern %.*s", SV_ARG(sv_slice(schema->pattern_text, 0, 200)));
}

/* ---- objects ---- */

static bool check_below(struct checking *c, const struct schema *schema, struct place place, const json *value,
                        struct err *e) {
  place.parent = c->place;
  c->place = &place;
  bool good = check(c, schema, value, e);
  c->place = place.parent;
  return good;
}

static bool require(struct checking *c, const json *names, const json *value, const char *because, struct err *e) {
  for (const json *name = json_first(names); name; name = name->next) {
    if (!json_get(value, json_string(name))) {
      return breaks(c, e, "has no member '%.*s', which is required%s", SV_ARG(json_string(name)), because);
    }
  }
  return true;
}

static bool check_dependencies(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  for (const json *each = json_first(schema->dependent_required); each; each = each->next) {
    if (json_get(value, json_name(each)) && !require(c, each, value, " together with another one", e)) {
      return false;
    }
  }
  for (size_t i = 0; i < schema->dependent_schemas.count; i++) {
    const struct schema_member *member = &schema->dependent_schemas.items[i];
    if (json_get(value, member->name) && !check(c, member->schema, value, e)) {
      return false;
    }
  }
  return true;
}

/* The schemas of one member: by its name, by patterns, else those for all others. */
static bool check_member(struct checking *c, const struct schema *schema, const json *member, struct err *e) {
  sv name = json_name(member);
  struct place place = {.name = name};
  bool is_known = false;
  for (size_t i = 0; i < schema->properties.count; i++) {
    if (sv_eq(schema->properties.items[i].name, name)) {
      is_known = true;
      if (!check_below(c, schema->properties.items[i].schema, place, member, e)) {
        return false;
      }
    }
  }
  for (size_t i = 0; i < schema->pattern_properties.count; i++) {
    const struct schema_member *each = &schema->pattern_properties.items[i];
    bool matched = false;
    if (!regex_match(each->pattern, name, c->arena, &matched, e) ||
        (matched && !check_below(c, each->schema, place, member, e))) {
      return false;
    }
    is_known = is_known || matched;
  }
  if (is_known || !schema->additional_properties) {
    return true;
  }
  return schema->additional_properties->never
             ? breaks(c, e, "must not have a member '%.*s'", SV_ARG(sv_slice(name, 0, 200)))
             : check_below(c, schema->additional_properties, place, member, e);
}

static bool check_names(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  if (!schema->property_names) {
    return true;
  }
  for (const json *member = json_first(value); member; member = member->next) {
    const json *name = json_new_string(c->arena, json_name(member));
    if (!name) {
      return err_memory(e);
    }
    if (!check(c, schema->property_names, name, e)) {
      return err_in(e, "the name '%.*s'", SV_ARG(sv_slice(json_name(member), 0, 100)));
    }
  }
  return true;
}

static bool check_object(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  if (json_type(value) != JSON_OBJECT) {
    return true;
  }
  if (!require(c, schema->required, value, "", e) ||
      !check_range(c, &schema->properties_count, json_count(value), "members", e) ||
      !check_dependencies(c, schema, value, e) || !check_names(c, schema, value, e)) {
    return false;
  }
  for (const json *member = json_first(value); member; member = member->next) {
    if (!check_member(c, schema, member, e)) {
      return false;
    }
  }
  return true;
}

/* ---- arrays ---- */

static bool check_unique(struct checking *c, const json *value, struct err *e) {
  for (const json *a = json_first(value); a; a = a->next) {
    for (const json *b = a->next; b; b = b->next) {
      if (++c->steps > CHECK_STEPS) {
        return err_set(e, ERR_LIMIT, "checking the inputs takes more than %d steps", CHECK_STEPS);
      }
      if (json_equal(a, b)) {
        return breaks(c, e, "has the same item twice, but items must be unique");
      }
    }
  }
  return true;
}

/* True when the value fits the schema; the reason why it does not is dropped. `*good` is false for errors that are not the
 * value's. */
static bool fits(struct checking *c, const struct schema *schema, const json *value, bool *good, struct err *e) {
  struct err why;
  err_clear(&why);
  bool matches = check(c, schema, value, &why);
  if (!matches && why.code != ERR_INVALID) {
    *good = err_set(e, why.code, "%s", why.text);
  }
  return matches;
}

static bool check_contains(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  size_t count = 0;
  bool good = true;
  if (!schema->contains) {
    return true;
  }
  for (const json *item = json_first(value); item && good; item = item->next) {
    count += fits(c, schema->contains, item, &good, e);
  }
  return good && check_range(c, &schema->contains_count, count, "items that 'contains' describes", e);
}

static bool check_array(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  size_t index = 0;
  if (json_type(value) != JSON_ARRAY) {
    return true;
  }
  if (!check_range(c, &schema->items_count, json_count(value), "items", e) ||
      (schema->unique_items && !check_unique(c, value, e)) || !check_contains(c, schema, value, e)) {
    return false;
  }
  for (const json *item = json_first(value); item; item = item->next, index++) {
    const struct schema *each = index < schema->prefix_items.count ? schema->prefix_items.items[index] : schema->items;
    if (each && !check_below(c, each, (struct place){.index = index, .is_index = true}, item, e)) {
      return false;
    }
  }
  return true;
}

/* ---- combinations ---- */

static bool check_alternatives(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  size_t any = 0;
  size_t one = 0;
  bool good = true;
  for (size_t i = 0; i < schema->any_of.count && good; i++) {
    any += fits(c, schema->any_of.items[i], value, &good, e);
  }
  for (size_t i = 0; i < schema->one_of.count && good; i++) {
    one += fits(c, schema->one_of.items[i], value, &good, e);
  }
  if (!good) {
    return false;
  }
  if (schema->any_of.count && any == 0) {
    return breaks(c, e, "is of type %s, but fits none of the schemas of 'anyOf'", json_type_name(value));
  }
  return schema->one_of.count == 0 || one == 1 ||
         breaks(c, e, "is of type %s, but fits %zu schemas of 'oneOf' instead of one", json_type_name(value), one);
}

static bool check_conditional(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  bool good = true;
  if (schema->negated && fits(c, schema->negated, value, &good, e)) {
    return breaks(c, e, "is of type %s, and fits the schema of 'not'", json_type_name(value));
  }
  if (!good || !schema->condition) {
    return good;
  }
  const struct schema *branch = fits(c, schema->condition, value, &good, e) ? schema->then_schema : schema->else_schema;
  return good && (!branch || check(c, branch, value, e));
}

static bool check_combinations(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  if (schema->reference && !check(c, schema->reference, value, e)) {
    return false;
  }
  for (size_t i = 0; i < schema->all_of.count; i++) {
    if (!check(c, schema->all_of.items[i], value, e)) {
      return false;
    }
  }
  return check_alternatives(c, schema, value, e) && check_conditional(c, schema, value, e);
}

static bool check(struct checking *c, const struct schema *schema, const json *value, struct err *e) {
  if (schema->never) {
    return breaks(c, e, "is of type %s, but not allowed", json_type_name(value));
  }
  if (++c->steps > CHECK_STEPS || c->depth == CHECK_DEPTH) {
    return err_set(e, ERR_LIMIT, "checking the inputs takes more than %d steps, or nests deeper than %d", CHECK_STEPS,
                   CHECK_DEPTH);
  }
  c->depth++;
  bool good = check_type(c, schema, value, e) && check_values(c, schema, value, e) &&
              check_number(c, schema, value, e) && check_string(c, schema, value, e) &&
              check_object(c, schema, value, e) && check_array(c, schema, value, e) &&
              check_combinations(c, schema, value, e);
  c->depth--;
  return good;
}

bool schema_check(const struct schema *schema, struct arena *arena, const json *value, struct err *e) {
  struct checking c = {.arena = arena};
  return check(&c, schema, value, e);
}

/* ---- declarations ---- */

/* Bounded as a check is: parts of allOf can refer to each other. */
static bool declares(const struct schema *schema, sv property, unsigned depth, unsigned long *steps) {
  if (!schema || depth == CHECK_DEPTH || ++*steps > CHECK_STEPS) {
    return false;
  }
  for (size_t i = 0; i < schema->properties.count; i++) {
    if (sv_eq(schema->properties.items[i].name, property)) {
      return true;
    }
  }
  for (const json *name = json_first(schema->required); name; name = name->next) {
    if (sv_eq(json_string(name), property)) {
      return true;
    }
  }
  bool found = declares(schema->reference, property, depth + 1, steps);
  for (size_t i = 0; i < schema->all_of.count && !found; i++) {
    found = declares(schema->all_of.items[i], property, depth + 1, steps);
  }
  return found;
}

bool schema_declares(const struct schema *schema, sv property) {
  unsigned long steps = 0;
  return declares(schema, property, 0, &steps);
}
