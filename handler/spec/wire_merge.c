/* What one Schema Object says, its `allOf`, `$ref` beside other keywords, `oneOf` and `anyOf` included (OpenAPI 3.2, Schema Object
 * and XML Object; JSON Schema 2020-12 for the keywords).
 *
 * Parts are merged in the order: `$ref`, `allOf`, the schema's own keywords, `oneOf`, `anyOf`; what comes later overrides, so that
 * `allOf: [{$ref: …}, {xml: {name: …}}]`, as descriptions are published, gives the name. Of several alternatives only what they
 * have in common counts: their type and, when all are objects, the properties of each, none of which is required. An alternative
 * `type: null` says nothing about what is sent.
 *
 * The parts of one schema may lead back to it: through alternatives (a base type lists its heirs, each of which includes it), which
 * is passed over, or by `allOf` and `$ref` alone, which no value could ever satisfy in finite time, and is refused.
 *
 * Not read: `if`, `not`, `prefixItems`, `patternProperties`, `$dynamicRef`. */
#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "media_type.h"
#include "source_set.h"
#include "wire_slots.h"

/* Nodes on the way from the schema to one of its parts. */
struct part {
  const json *node;
  bool is_choice; /* reached as an alternative */
  unsigned depth;
  const struct part *outer;
};

/* A list of names that are required, of one of the parts. */
struct required_names {
  const json *list;
  struct required_names *next;
};

/* A schema that is being filled. */
struct merging {
  struct wire_compiler *compiler;
  struct wire_schema *schema;
  struct wire_property *properties;
  size_t capacity;
  struct required_names *required;
  struct err *e;
};

static bool merge_part(struct merging *m, struct place place, const struct part *outer, bool is_choice);

static bool keep(const struct merging *m, sv text, sv *out) {
  *out = sv_copy(m->compiler->arena, text);
  return out->len == text.len || err_memory(m->e);
}

/* ---- types ---- */

static bool is_null_type(const json *schema) {
  return sv_eq(json_string(json_get(schema, SV("type"))), SV("null"));
}

static enum wire_type type_named(sv name) {
  static const struct {
    const char *name;
    enum wire_type type;
  } names[] = {{"object", WIRE_OBJECT}, {"array", WIRE_ARRAY},     {"string", WIRE_STRING}, {"integer", WIRE_INTEGER},
               {"number", WIRE_NUMBER}, {"boolean", WIRE_BOOLEAN}, {"file", WIRE_STRING}};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (sv_eq(name, sv_from(names[i].name))) {
      return names[i].type;
    }
  }
  return WIRE_ANY;
}

/* The type that covers both. */
static enum wire_type type_of_both(enum wire_type a, enum wire_type b) {
  bool are_numbers = (a == WIRE_INTEGER && b == WIRE_NUMBER) || (a == WIRE_NUMBER && b == WIRE_INTEGER);
  return a == b ? a : are_numbers ? WIRE_NUMBER : WIRE_ANY;
}

/* OpenAPI 3.1: a list of types; "null" in it says that the value may be absent. */
static enum wire_type type_of_list(const json *list) {
  enum wire_type type = WIRE_ANY;
  bool is_first = true;
  for (const json *each = json_first(list); each; each = each->next) {
    if (!sv_eq(json_string(each), SV("null"))) {
      enum wire_type one = type_named(json_string(each));
      type = is_first ? one : type_of_both(type, one);
      is_first = false;
    }
  }
  return type;
}

static void read_type(const struct merging *m, const json *node) {
  const json *type = json_get(node, SV("type"));
  if (type) {
    m->schema->type = json_is_string(type) ? type_named(json_string(type)) : type_of_list(type);
  }
}

/* OpenAPI 3.0: format byte and binary. OpenAPI 3.1, Considerations for File Uploads: contentEncoding, or a contentMediaType that is
 * not text. Swagger 2.0: type file. */
static void read_format(const struct merging *m, const json *node) {
  sv format = json_string(json_get(node, SV("format")));
  sv content = json_string(json_get(node, SV("contentMediaType")));
  bool is_base64 =
      sv_eq(format, SV("byte")) || sv_eq_nocase(json_string(json_get(node, SV("contentEncoding"))), SV("base64"));
  bool is_raw = sv_eq(format, SV("binary")) || sv_eq(json_string(json_get(node, SV("type"))), SV("file")) ||
                (content.len && media_type_kind(content) == MEDIA_BINARY);
  m->schema->is_base64 = m->schema->is_base64 || is_base64;
  m->schema->is_bytes = m->schema->is_bytes || is_base64 || is_raw;
}

static bool read_only_value(const struct merging *m, const json *node) {
  const json *constant = json_get(node, SV("const"));
  const json *values = json_get(node, SV("enum"));
  const json *only = constant ? constant : json_count(values) == 1 ? json_first(values) : NULL;
  if (!only) {
    return true;
  }
  m->schema->only = json_copy(m->compiler->arena, only);
  return m->schema->only || err_memory(m->e);
}

/* ---- XML and AWS ---- */

static bool keep_member(const struct merging *m, const json *object, const char *name, sv *out) {
  const json *member = json_get(object, sv_from(name));
  return !json_is_string(member) || keep(m, json_string(member), out);
}

/* OpenAPI 3.2, XML Object: nodeType takes the place of `attribute` and `wrapped`. */
static bool read_node_type(const struct merging *m, struct place xml) {
  struct place place = place_get(xml, SV("nodeType"));
  struct wire_schema *schema = m->schema;
  sv type = json_string(place.node);
  bool is_array = schema->type == WIRE_ARRAY || schema->items;
  if (!place.node) {
    return true;
  }
  schema->xml_attribute = sv_eq(type, SV("attribute"));
  schema->xml_text = sv_eq(type, SV("text")) || sv_eq(type, SV("cdata"));
  schema->xml_wrapped = is_array && sv_eq(type, SV("element"));
  schema->xml_flat = is_array && sv_eq(type, SV("none"));
  bool is_known =
      schema->xml_attribute || schema->xml_text || sv_eq(type, SV("element")) || (is_array && sv_eq(type, SV("none")));
  return is_known ||
         place_error(place, m->e, ERR_UNSUPPORTED,
                     "'nodeType: %.*s' is not supported here; element, attribute, text and cdata are, and none for "
                     "arrays",
                     SV_ARG(sv_slice(type, 0, 80)));
}

static bool read_xml(const struct merging *m, struct place place) {
  struct place xml = place_get(place, SV("xml"));
  struct wire_schema *schema = m->schema;
  const json *attribute = json_get(xml.node, SV("attribute"));
  const json *wrapped = json_get(xml.node, SV("wrapped"));
  schema->xml_attribute = attribute ? json_is_true(attribute) : schema->xml_attribute;
  schema->xml_wrapped = wrapped ? json_is_true(wrapped) : schema->xml_wrapped;
  schema->xml_flat = wrapped ? !schema->xml_wrapped : schema->xml_flat;
  return keep_member(m, xml.node, "name", &schema->xml_name) &&
         keep_member(m, xml.node, "prefix", &schema->xml_prefix) &&
         keep_member(m, xml.node, "namespace", &schema->xml_namespace) && read_node_type(m, xml);
}

static bool read_aws(const struct merging *m, const json *node) {
  const json *map = json_get(node, SV("x-aws-map"));
  struct wire_schema *schema = m->schema;
  schema->xml_flat = schema->xml_flat || (map && !json_get(map, SV("entry")));
  return keep_member(m, node, "x-aws-queryName", &schema->query_name) &&
         keep_member(m, map, "entry", &schema->map_entry) && keep_member(m, map, "key", &schema->map_key) &&
         keep_member(m, map, "value", &schema->map_value);
}

/* ---- members ---- */

static struct wire_property *property_named(const struct merging *m, size_t count, sv name) {
  for (size_t i = 0; i < count; i++) {
    if (sv_eq(m->properties[i].name, name)) {
      return &m->properties[i];
    }
  }
  return NULL;
}

/* Room is at least doubled: what is outgrown stays in the arena, and thousands of parts may bring one property each. */
static bool reserve(struct merging *m, size_t more) {
  size_t needed = m->schema->property_count + more;
  if (m->properties && needed <= m->capacity) {
    return true;
  }
  needed = m->properties && needed < m->capacity * 2 ? m->capacity * 2 : needed;
  m->properties = arena_grow(m->compiler->arena, m->properties, m->capacity * sizeof *m->properties,
                             needed * sizeof *m->properties);
  m->capacity = needed;
  return m->properties || err_memory(m->e);
}

/* Adds a property, or puts it in place of one of the first `before` that has its name. */
static bool put_property(struct merging *m, size_t before, sv name, const struct wire_schema *schema) {
  struct wire_property *property = property_named(m, before, name);
  if (property) {
    property->schema = schema;
    return true;
  }
  property = &m->properties[m->schema->property_count++];
  property->schema = schema;
  return keep(m, name, &property->name);
}

static bool read_properties(struct merging *m, struct place place) {
  struct place list = place_get(place, SV("properties"));
  size_t before = m->schema->property_count;
  if (json_count(list.node) == 0) {
    return true;
  }
  if (!reserve(m, json_count(list.node))) {
    return false;
  }
  for (const json *each = json_first(list.node); each; each = each->next) {
    struct place member = {list.source, each};
    const struct wire_schema *schema = NULL;
    if (!wire_count(m->compiler, member, m->e) || !wire_schema_of(m->compiler, member, &schema, m->e) ||
        !put_property(m, before, json_name(each), schema)) {
      return false;
    }
  }
  return true;
}

/* A part may require what another one describes, so that the lists are applied at the end. */
static bool note_required(struct merging *m, struct place place) {
  const json *list = json_get(place.node, SV("required"));
  if (json_type(list) != JSON_ARRAY) {
    return true;
  }
  for (const json *each = json_first(list); each; each = each->next) {
    if (!wire_count(m->compiler, (struct place){place.source, each}, m->e)) {
      return false;
    }
  }
  struct required_names *noted = arena_alloc(m->compiler->files->arena, sizeof *noted);
  if (!noted) {
    return err_memory(m->e);
  }
  *noted = (struct required_names){list, m->required};
  m->required = noted;
  return true;
}

/* A schema that stands below a keyword; true and false say nothing, and Swagger's lists of `items` neither. */
static bool read_below(struct merging *m, struct place place, const char *keyword, const struct wire_schema **out) {
  struct place below = place_get(place, sv_from(keyword));
  return json_type(below.node) != JSON_OBJECT || wire_schema_of(m->compiler, below, out, m->e);
}

static bool read_own(struct merging *m, struct place place) {
  read_type(m, place.node);
  read_format(m, place.node);
  return read_only_value(m, place.node) && read_properties(m, place) && note_required(m, place) &&
         read_below(m, place, "items", &m->schema->items) &&
         read_below(m, place, "additionalProperties", &m->schema->values) && read_xml(m, place) &&
         read_aws(m, place.node);
}

/* ---- alternatives ---- */

/* What all alternatives have in common; the first one starts it. */
static void narrow(struct wire_schema *common, const struct wire_schema *one, bool is_first) {
  if (is_first) {
    *common = *one;
    return;
  }
  common->type = type_of_both(common->type, one->type);
  common->items = common->items == one->items ? common->items : NULL;
  common->values = common->values == one->values ? common->values : NULL;
  common->only = NULL;
  common->is_bytes = common->is_bytes && one->is_bytes;
  common->is_base64 = common->is_base64 && one->is_base64;
}

static void infer_type(struct wire_schema *schema) {
  if (schema->type == WIRE_ANY && (schema->property_count || schema->values)) {
    schema->type = WIRE_OBJECT;
  } else if (schema->type == WIRE_ANY && schema->items) {
    schema->type = WIRE_ARRAY;
  }
}

/* Properties of an alternative; one that is known already, by the schema itself or by another alternative, stays as it is. */
static bool add_properties(struct merging *m, const struct merging *one) {
  size_t before = m->schema->property_count;
  if (one->schema->property_count == 0) {
    return true;
  }
  if (!reserve(m, one->schema->property_count)) {
    return false;
  }
  for (size_t i = 0; i < one->schema->property_count; i++) {
    const struct wire_property *property = &one->properties[i];
    if (!property_named(m, before, property->name)) {
      m->properties[m->schema->property_count++] = *property;
    }
  }
  return true;
}

/* The alternatives' properties are collected in `all`, their common traits in its schema. */
static bool collect_choices(const struct merging *m, struct place list, const struct part *part, struct merging *all) {
  bool is_first = true;
  for (const json *each = json_first(list.node); each; each = each->next) {
    struct wire_schema schema = {.type = WIRE_ANY};
    struct merging one = {.compiler = m->compiler, .schema = &schema, .e = m->e};
    size_t collected = all->schema->property_count;
    if (is_null_type(each)) {
      continue;
    }
    if (!merge_part(&one, (struct place){list.source, each}, part, true)) {
      return false;
    }
    infer_type(&schema);
    narrow(all->schema, &schema, is_first);
    all->schema->property_count = collected;
    is_first = false;
    if (!add_properties(all, &one)) {
      return false;
    }
  }
  return true;
}

static bool add_choices(struct merging *m, struct place list, const struct part *part) {
  struct wire_schema common = {.type = WIRE_ANY};
  struct merging all = {.compiler = m->compiler, .schema = &common, .e = m->e};
  struct wire_schema *schema = m->schema;
  if (!collect_choices(m, list, part, &all)) {
    return false;
  }
  schema->type = schema->type == WIRE_ANY ? common.type : schema->type;
  schema->items = schema->items ? schema->items : common.items;
  schema->values = schema->values ? schema->values : common.values;
  schema->is_bytes = schema->is_bytes || common.is_bytes;
  schema->is_base64 = schema->is_base64 || common.is_base64;
  return common.type != WIRE_OBJECT || add_properties(m, &all);
}

/* The only alternative beside null; NULL when there is none, or several. */
static const json *single_choice(const json *list) {
  const json *single = NULL;
  for (const json *each = json_first(list); each; each = each->next) {
    if (!is_null_type(each)) {
      if (single) {
        return NULL;
      }
      single = each;
    }
  }
  return single;
}

static bool merge_choices(struct merging *m, struct place place, const char *keyword, const struct part *part) {
  struct place list = place_get(place, sv_from(keyword));
  const json *single = single_choice(list.node);
  if (json_count(list.node) == 0) {
    return true;
  }
  return single ? merge_part(m, (struct place){list.source, single}, part, true) : add_choices(m, list, part);
}

/* ---- parts ---- */

static bool merge_all(struct merging *m, struct place place, const struct part *part) {
  struct place list = place_get(place, SV("allOf"));
  for (const json *each = json_first(list.node); each; each = each->next) {
    if (!merge_part(m, (struct place){list.source, each}, part, false)) {
      return false;
    }
  }
  return true;
}

static bool merge_reference(struct merging *m, struct place place, const struct part *part, bool *followed) {
  sv reference = json_string(json_get(place.node, SV("$ref")));
  struct place target = place;
  if (!reference_step(m->compiler->files, &target, followed, m->e)) {
    return false;
  }
  return !*followed || (wire_name(m->compiler, reference, m->schema, m->e) && merge_part(m, target, part, false));
}

/* Whether the node is on the way to itself; `*by_choice` when an alternative lies on the circle. */
static bool is_on_the_way(const struct part *part, const json *node, bool *by_choice) {
  *by_choice = part->is_choice;
  for (const struct part *outer = part->outer; outer; outer = outer->outer) {
    if (outer->node == node) {
      return true;
    }
    *by_choice = *by_choice || outer->is_choice;
  }
  return false;
}

static bool merge_part(struct merging *m, struct place place, const struct part *outer, bool is_choice) {
  struct part part = {place.node, is_choice, outer ? outer->depth + 1 : 0, outer};
  bool by_choice = false;
  bool followed = false;
  if (is_on_the_way(&part, place.node, &by_choice)) {
    return by_choice ||
           place_error(place, m->e, ERR_INVALID, "this schema includes itself, by 'allOf' or '$ref' alone");
  }
  if (part.depth > LIMIT_WIRE_DEPTH) {
    return place_error(place, m->e, ERR_LIMIT, "'allOf', 'oneOf', 'anyOf' and '$ref' of one schema nest deeper than %d",
                       LIMIT_WIRE_DEPTH);
  }
  if (!wire_count(m->compiler, place, m->e) || !merge_reference(m, place, &part, &followed)) {
    return false;
  }
  if (followed && m->compiler->ignores_siblings) {
    return true;
  }
  return merge_all(m, place, &part) && read_own(m, place) && merge_choices(m, place, "oneOf", &part) &&
         merge_choices(m, place, "anyOf", &part);
}

/* ---- the whole ---- */

static void apply_required(const struct merging *m) {
  for (const struct required_names *names = m->required; names; names = names->next) {
    for (const json *each = json_first(names->list); each; each = each->next) {
      struct wire_property *property = property_named(m, m->schema->property_count, json_string(each));
      if (property) {
        property->required = true;
      }
    }
  }
}

bool wire_merge(struct wire_compiler *compiler, const struct wire_slot *slot, struct err *e) {
  struct merging m = {.compiler = compiler, .schema = slot->schema, .e = e};
  if (!merge_part(&m, slot->place, NULL, false)) {
    return false;
  }
  apply_required(&m);
  m.schema->properties = m.properties;
  infer_type(m.schema);
  return true;
}
