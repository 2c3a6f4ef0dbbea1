/* Schemas from JSON. Names are kept in a list, each before what lies below it is made, so that schemas can be recursive. */
#include "wire_notation.h"

#include "arena.h"

struct named {
  const struct named *before;
  sv name;
  struct wire_schema *schema;
};

struct notation {
  struct arena *arena;
  const struct named *names;
};

static struct wire_schema *make(struct notation *n, const json *from);

static enum wire_type type_of(sv name) {
  static const char *const names[] = {"", "object", "array", "string", "integer", "number", "boolean"};
  for (unsigned i = WIRE_OBJECT; i <= WIRE_BOOLEAN; i++) {
    if (sv_eq(name, sv_from(names[i]))) {
      return (enum wire_type)i;
    }
  }
  return WIRE_ANY;
}

static struct wire_schema *find(const struct notation *n, sv name) {
  const struct named *at = n->names;
  while (at && !sv_eq(at->name, name)) {
    at = at->before;
  }
  return at ? at->schema : NULL;
}

static bool remember(struct notation *n, sv name, struct wire_schema *schema) {
  struct named *named = name.len ? arena_alloc(n->arena, sizeof *named) : NULL;
  if (named) {
    *named = (struct named){n->names, name, schema};
    n->names = named;
  }
  return named || !name.len;
}

static void read_xml(struct wire_schema *schema, const json *xml) {
  const json *wrapped = json_get(xml, SV("wrapped"));
  schema->xml_name = json_string(json_get(xml, SV("name")));
  schema->xml_prefix = json_string(json_get(xml, SV("prefix")));
  schema->xml_namespace = json_string(json_get(xml, SV("namespace")));
  schema->xml_attribute = json_is_true(json_get(xml, SV("attribute")));
  schema->xml_wrapped = json_is_true(wrapped);
  schema->xml_flat = wrapped && !json_is_true(wrapped);
}

static bool read_properties(struct notation *n, struct wire_schema *schema, const json *properties) {
  size_t count = json_count(properties);
  struct wire_property *list = count ? arena_array(n->arena, count, sizeof *list) : NULL;
  if (count && !list) {
    return false;
  }
  for (const json *each = json_first(properties); list && each; each = each->next) {
    struct wire_property *property = &list[schema->property_count];
    property->name = json_name(each);
    property->schema = make(n, each);
    if (!property->schema) {
      return false;
    }
    schema->property_count++;
  }
  schema->properties = list;
  return true;
}

static struct wire_schema *make(struct notation *n, const json *from) {
  const json *reference = json_get(from, SV("ref"));
  const json *items = json_get(from, SV("items"));
  const json *values = json_get(from, SV("additionalProperties"));
  struct wire_schema *schema = reference ? NULL : arena_alloc(n->arena, sizeof *schema);
  if (!schema) {
    return reference ? find(n, json_string(reference)) : NULL;
  }
  schema->type = type_of(json_string(json_get(from, SV("type"))));
  schema->component = json_string(json_get(from, SV("component")));
  schema->query_name = json_string(json_get(from, SV("x-aws-queryName")));
  read_xml(schema, json_get(from, SV("xml")));
  if (!remember(n, json_string(json_get(from, SV("id"))), schema) ||
      !read_properties(n, schema, json_get(from, SV("properties")))) {
    return NULL;
  }
  schema->items = items ? make(n, items) : NULL;
  schema->values = values ? make(n, values) : NULL;
  return (items && !schema->items) || (values && !schema->values) ? NULL : schema;
}

const struct wire_schema *wire_notation(struct arena *arena, const json *notation) {
  struct notation n = {.arena = arena};
  return notation ? make(&n, notation) : NULL;
}
