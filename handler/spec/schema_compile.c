/* JSON Schema 2020-12 (Core and Validation) to a tree. One table says which keyword is read how. Each schema object is compiled
 * once: `$ref` finds the compiled one, so that recursive schemas end.
 *
 * Annotations (title, description, examples …) are not looked at, and neither is `$schema`: every schema is read as 2020-12. Of
 * `format` only "password" means something. Refused, because ignoring them would accept what the author forbids:
 * unevaluatedProperties, unevaluatedItems, $dynamicRef, the dependencies, additionalItems and $recursiveRef of older
 * drafts, and `$ref` to other files. */
#include <stddef.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "regex_match.h"
#include "schema_reference.h"
#include "schema_tree.h"

#define SCHEMAS_COUNT 4096 /* schema objects of one inputs description */

/* The schemas that are compiled so far, to find `$ref` targets. */
struct compiling {
  struct arena *arena;
  struct schema_scope scope;
  struct schema **done;
  size_t done_count;
  unsigned depth;
};

static bool compile(struct compiling *c, const json *node, const struct schema **out, struct err *e);

typedef bool read_keyword(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e);

static void *field(struct schema *schema, size_t offset) {
  return (char *)schema + offset;
}

static bool wrong(struct compiling *c, const json *node, const char *must, struct err *e) {
  return source_error(c->scope.source, node, e, ERR_INVALID, "'%.*s' of a schema must be %s", SV_ARG(json_name(node)),
                      must);
}

static bool read_schema(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  const struct schema **out = field(schema, offset);
  return compile(c, node, out, e);
}

static bool read_list(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  struct schema_list *list = field(schema, offset);
  if (json_type(node) != JSON_ARRAY || json_count(node) == 0) {
    return wrong(c, node, "a list of schemas", e);
  }
  list->items = arena_array(c->arena, json_count(node), sizeof(const struct schema *));
  if (!list->items) {
    return err_memory(e);
  }
  for (const json *each = json_first(node); each; each = each->next) {
    if (!compile(c, each, &list->items[list->count++], e)) {
      return false;
    }
  }
  return true;
}

static bool read_members(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  struct schema_members *members = field(schema, offset);
  if (json_type(node) != JSON_OBJECT) {
    return wrong(c, node, "an object of schemas", e);
  }
  if (json_count(node) == 0) {
    return true;
  }
  members->items = arena_array(c->arena, json_count(node), sizeof *members->items);
  if (!members->items) {
    return err_memory(e);
  }
  for (const json *each = json_first(node); each; each = each->next) {
    struct schema_member *member = &members->items[members->count++];
    member->name = json_name(each);
    if (!compile(c, each, &member->schema, e)) {
      return false;
    }
  }
  return true;
}

/* Patterns are ECMA-262 regular expressions; PCRE2 reads the common part of both the same way. */
static bool compile_pattern(struct compiling *c, const json *node, sv text, const struct regex **out, struct err *e) {
  struct err why;
  err_clear(&why);
  if (regex_compile(c->arena, text, REGEX_PCRE, out, &why)) {
    return true;
  }
  return source_error(c->scope.source, node, e, why.code, "the pattern '%.*s' is not a regular expression: %s",
                      SV_ARG(sv_slice(text, 0, 200)), why.text);
}

static bool read_patterns(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  struct schema_members *members = field(schema, offset);
  if (!read_members(c, node, schema, offset, e)) {
    return false;
  }
  for (size_t i = 0; i < members->count; i++) {
    if (!compile_pattern(c, node, members->items[i].name, &members->items[i].pattern, e)) {
      return false;
    }
  }
  return true;
}

static bool read_pattern(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  const struct regex **out = field(schema, offset);
  if (!json_is_string(node)) {
    return wrong(c, node, "a regular expression", e);
  }
  schema->pattern_text = json_string(node);
  return compile_pattern(c, node, json_string(node), out, e);
}

static bool read_value(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  (void)c;
  (void)e;
  const json **out = field(schema, offset);
  *out = node;
  return true;
}

static bool read_number(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  return json_type(node) == JSON_NUMBER ? read_value(c, node, schema, offset, e) : wrong(c, node, "a number", e);
}

static bool read_divisor(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  bool good = json_type(node) == JSON_NUMBER && json_number_is_multiple(node, node) &&
              !sv_starts(json_number_text(node), SV("-"));
  return good ? read_value(c, node, schema, offset, e)
              : wrong(c, node, "a number above 0, with 18 significant digits at the most", e);
}

static bool read_values(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  return json_type(node) == JSON_ARRAY ? read_value(c, node, schema, offset, e) : wrong(c, node, "a list", e);
}

static bool is_list_of_names(const json *node) {
  for (const json *each = json_first(node); each; each = each->next) {
    if (!json_is_string(each)) {
      return false;
    }
  }
  return json_type(node) == JSON_ARRAY;
}

static bool read_names(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  return is_list_of_names(node) ? read_value(c, node, schema, offset, e) : wrong(c, node, "a list of names", e);
}

static bool read_dependent(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  for (const json *each = json_first(node); each; each = each->next) {
    if (!is_list_of_names(each)) {
      return wrong(c, node, "an object of lists of names", e);
    }
  }
  return json_type(node) == JSON_OBJECT ? read_value(c, node, schema, offset, e)
                                        : wrong(c, node, "an object of lists of names", e);
}

static bool read_count(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  int64_t *out = field(schema, offset);
  return (json_to_int(node, out) && *out >= 0) || wrong(c, node, "a whole number from 0", e);
}

static bool read_flag(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  bool *out = field(schema, offset);
  *out = json_is_true(node);
  return json_type(node) == JSON_BOOLEAN || wrong(c, node, "true or false", e);
}

static const struct {
  const char *name;
  unsigned types;
} type_names[] = {
    {"null", 1U << JSON_NULL},     {"boolean", 1U << JSON_BOOLEAN}, {"number", 1U << JSON_NUMBER},
    {"string", 1U << JSON_STRING}, {"array", 1U << JSON_ARRAY},     {"object", 1U << JSON_OBJECT},
};
#define TYPE_COUNT (sizeof type_names / sizeof type_names[0])

static bool add_type(struct compiling *c, const json *node, struct schema *schema, bool *has_number, struct err *e) {
  sv name = json_string(node);
  if (sv_eq(name, SV("integer"))) {
    schema->types |= 1U << JSON_NUMBER;
    schema->integer = !*has_number;
    return true;
  }
  for (size_t i = 0; i < TYPE_COUNT; i++) {
    if (sv_eq(name, sv_from(type_names[i].name))) {
      schema->types |= type_names[i].types;
      *has_number = *has_number || type_names[i].types == 1U << JSON_NUMBER;
      schema->integer = schema->integer && !*has_number;
      return true;
    }
  }
  return source_error(c->scope.source, node, e, ERR_INVALID,
                      "'%.*s' is no type; use string, number, integer, boolean, array, object or null", SV_ARG(name));
}

static bool read_type(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  (void)offset;
  bool has_number = false;
  if (json_type(node) != JSON_ARRAY) {
    return add_type(c, node, schema, &has_number, e);
  }
  if (json_count(node) == 0) {
    return wrong(c, node, "a type or a list of types", e);
  }
  for (const json *each = json_first(node); each; each = each->next) {
    if (!add_type(c, each, schema, &has_number, e)) {
      return false;
    }
  }
  return true;
}

static bool read_reference(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  const struct schema **out = field(schema, offset);
  struct schema_scope from = c->scope;
  struct schema_target target;
  if (!schema_reference(c->arena, &c->scope, node, &target, e)) {
    return false;
  }
  c->scope.resource = target.resource;
  bool good = compile(c, target.node, out, e);
  c->scope = from;
  return good;
}

static bool read_anchor(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  (void)schema;
  (void)offset;
  sv name = json_string(node);
  bool good = name.len > 0;
  for (size_t i = 0; i < name.len; i++) {
    char lower = (char)(name.ptr[i] | 0x20);
    bool is_letter = (lower >= 'a' && lower <= 'z') || name.ptr[i] == '_';
    bool is_other = (name.ptr[i] >= '0' && name.ptr[i] <= '9') || name.ptr[i] == '-' || name.ptr[i] == '.';
    good = good && (is_letter || (i > 0 && is_other));
  }
  /* JSON Schema Core 8.2.2: its value MUST start with a letter or underscore, then letters, digits, '-', '_', '.'. */
  return good || wrong(c, node, "a name of letters, digits, '-', '_' and '.' that begins with a letter or '_'", e);
}

static bool read_id(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  (void)schema;
  (void)offset;
  sv uri = json_string(node);
  /* JSON Schema Core 8.2.1: "$id" MUST NOT contain a non-empty fragment. */
  bool good = uri.len > 0 && sv_find(uri, '#') + 1 >= uri.len;
  return good || wrong(c, node, "a URI without a fragment; write '$anchor' to name a place", e);
}

/* Arazzo 1.1.0, Data Types: the formats say something to people and tools; only `password` changes what this program does. */
static bool read_format(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  bool *is_password = field(schema, offset);
  *is_password = sv_eq(json_string(node), SV("password"));
  return json_is_string(node) || wrong(c, node, "a text", e);
}

static bool refuse(struct compiling *c, const json *node, struct schema *schema, size_t offset, struct err *e) {
  (void)schema;
  (void)offset;
  return source_error(c->scope.source, node, e, ERR_UNSUPPORTED, "the schema keyword '%.*s' is not supported",
                      SV_ARG(json_name(node)));
}

#define AT(member) offsetof(struct schema, member)
static const struct {
  const char *name;
  read_keyword *read;
  size_t offset;
} keywords[] = {
    {"$ref", read_reference, AT(reference)},
    {"$anchor", read_anchor, 0},
    {"$dynamicAnchor", read_anchor, 0},
    {"$id", read_id, 0},
    {"format", read_format, AT(is_password)},
    {"type", read_type, 0},
    {"enum", read_values, AT(one_of_values)},
    {"const", read_value, AT(exactly)},
    {"default", read_value, AT(initial)},
    {"minimum", read_number, AT(minimum)},
    {"maximum", read_number, AT(maximum)},
    {"exclusiveMinimum", read_number, AT(exclusive_minimum)},
    {"exclusiveMaximum", read_number, AT(exclusive_maximum)},
    {"multipleOf", read_divisor, AT(multiple_of)},
    {"minLength", read_count, AT(length.min)},
    {"maxLength", read_count, AT(length.max)},
    {"minItems", read_count, AT(items_count.min)},
    {"maxItems", read_count, AT(items_count.max)},
    {"minProperties", read_count, AT(properties_count.min)},
    {"maxProperties", read_count, AT(properties_count.max)},
    {"minContains", read_count, AT(contains_count.min)},
    {"maxContains", read_count, AT(contains_count.max)},
    {"pattern", read_pattern, AT(pattern)},
    {"uniqueItems", read_flag, AT(unique_items)},
    {"required", read_names, AT(required)},
    {"dependentRequired", read_dependent, AT(dependent_required)},
    {"properties", read_members, AT(properties)},
    {"patternProperties", read_patterns, AT(pattern_properties)},
    {"dependentSchemas", read_members, AT(dependent_schemas)},
    {"additionalProperties", read_schema, AT(additional_properties)},
    {"propertyNames", read_schema, AT(property_names)},
    {"prefixItems", read_list, AT(prefix_items)},
    {"items", read_schema, AT(items)},
    {"contains", read_schema, AT(contains)},
    {"allOf", read_list, AT(all_of)},
    {"anyOf", read_list, AT(any_of)},
    {"oneOf", read_list, AT(one_of)},
    {"not", read_schema, AT(negated)},
    {"if", read_schema, AT(condition)},
    {"then", read_schema, AT(then_schema)},
    {"else", read_schema, AT(else_schema)},
    {"unevaluatedProperties", refuse, 0},
    {"unevaluatedItems", refuse, 0},
    {"$dynamicRef", refuse, 0},
    {"$recursiveRef", refuse, 0},
    {"dependencies", refuse, 0},
    {"additionalItems", refuse, 0},
};

static bool read_keywords(struct compiling *c, const json *node, struct schema *schema, struct err *e) {
  for (const json *member = json_first(node); member; member = member->next) {
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
      if (sv_eq(json_name(member), sv_from(keywords[i].name)) &&
          !keywords[i].read(c, member, schema, keywords[i].offset, e)) {
        return false;
      }
    }
  }
  return true;
}

static struct schema *find_done(const struct compiling *c, const json *node) {
  for (size_t i = 0; i < c->done_count; i++) {
    if (c->done[i]->node == node) {
      return c->done[i];
    }
  }
  return NULL;
}

static bool compile(struct compiling *c, const json *node, const struct schema **out, struct err *e) {
  struct schema *schema = find_done(c, node);
  *out = schema;
  if (schema) {
    return true;
  }
  bool is_object = json_type(node) == JSON_OBJECT;
  if (!is_object && json_type(node) != JSON_BOOLEAN) {
    return source_error(c->scope.source, node, e, ERR_INVALID, "a schema must be an object, true or false, but is %s",
                        json_type_name(node));
  }
  if (c->done_count == SCHEMAS_COUNT || c->depth == LIMIT_JSON_DEPTH) {
    return source_error(c->scope.source, node, e, ERR_LIMIT,
                        "the schema is larger than %d parts or nested deeper than %d", SCHEMAS_COUNT, LIMIT_JSON_DEPTH);
  }
  schema = arena_alloc(c->arena, sizeof *schema);
  if (!schema) {
    return err_memory(e);
  }
  *schema = (struct schema){.node = node, .never = !is_object && !json_is_true(node)};
  schema->length.max = schema->items_count.max = schema->properties_count.max = schema->contains_count.max = -1;
  schema->contains_count.min = 1;
  c->done[c->done_count++] = schema;
  *out = schema;
  const json *outer = c->scope.resource;
  c->scope.resource = schema_is_resource(node) ? node : outer;
  c->depth++;
  bool good = !is_object || read_keywords(c, node, schema, e);
  c->depth--;
  c->scope.resource = outer;
  return good;
}

bool schema_compile(struct arena *arena, const struct source *source, const json *node, const struct schema **out,
                    struct err *e) {
  unsigned long steps = 0;
  struct compiling c = {.arena = arena,
                        .scope = {.source = source, .start = node, .resource = source->root, .steps = &steps}};
  c.done = arena_array(arena, SCHEMAS_COUNT, sizeof(struct schema *));
  if (!c.done) {
    return err_memory(e);
  }
  return compile(&c, node, out, e);
}
