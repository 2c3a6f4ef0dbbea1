/* Finding what a schema says of an element. Descriptions of AWS's services that were made from AWS's own models write
 * wrapped: false for flattened lists and nothing for the others, though OpenAPI means wrapped: false by nothing; so where nothing
 * is written the document itself is looked at. */
#include "xml_match.h"

uint32_t xml_next_element(const struct xml_document *document, uint32_t element) {
  uint32_t end = document->nodes[document->nodes[element].parent].end;
  uint32_t at = document->nodes[element].end;
  while (at < end && document->nodes[at].kind != XML_ELEMENT) {
    at = document->nodes[at].end;
  }
  return at < end ? at : 0;
}

uint32_t xml_first_element(const struct xml_document *document, uint32_t parent) {
  const struct xml_node *node = &document->nodes[parent];
  uint32_t at = node->children;
  while (at < node->end && document->nodes[at].kind != XML_ELEMENT) {
    at = document->nodes[at].end;
  }
  return at < node->end ? at : 0;
}

typedef sv (*property_name)(const struct wire_property *property);

static sv own_name(const struct wire_property *property) {
  return property->name;
}

static sv unwrapped_item_name(const struct wire_property *property) {
  return property->schema && !property->schema->xml_wrapped ? wire_item_name(property->schema) : SV("");
}

static const struct wire_property *find_element(const struct wire_schema *schema, sv name, property_name name_of) {
  for (size_t i = 0; i < schema->property_count; i++) {
    const struct wire_property *property = &schema->properties[i];
    if (sv_eq(name_of(property), name) && !(property->schema && property->schema->xml_attribute)) {
      return property;
    }
  }
  return NULL;
}

const struct wire_property *xml_match_element(const struct wire_schema *schema, sv name) {
  static const property_name kinds[] = {wire_xml_name, unwrapped_item_name, own_name};
  const struct wire_property *found = NULL;
  for (size_t i = 0; schema && !found && i < sizeof kinds / sizeof *kinds; i++) {
    found = find_element(schema, name, kinds[i]);
  }
  return found;
}

/* "instancesSet" is the set of instances, and "volumeSet" that of volumes. */
static bool is_set_of(sv name, const struct wire_property *property) {
  bool is_list = property->schema && property->schema->type == WIRE_ARRAY;
  sv plural = property->name;
  sv stem = sv_slice(name, 0, name.len - (sv_ends(name, SV("Set")) ? SV("Set").len : 0));
  sv singular = sv_slice(plural, 0, plural.len - (sv_ends(plural, SV("s")) ? 1 : 0));
  return is_list && stem.len && stem.len < name.len && (sv_eq(stem, plural) || sv_eq(stem, singular));
}

const struct wire_property *xml_match_read(const struct wire_schema *schema, sv name) {
  const struct wire_property *found = xml_match_element(schema, name);
  for (size_t i = 0; schema && !found && i < schema->property_count; i++) {
    found = is_set_of(name, &schema->properties[i]) ? &schema->properties[i] : NULL;
  }
  return found;
}

/* Whether `name` is how the attribute is written, prefix and all. */
static bool is_written(const struct xml_node *attribute, sv name) {
  sv prefix;
  sv local;
  return sv_split(name, ':', &prefix, &local) && sv_eq(prefix, attribute->prefix) && sv_eq(local, attribute->name);
}

const struct wire_property *xml_match_attribute(const struct wire_schema *schema, const struct xml_node *attribute) {
  for (size_t i = 0; schema && i < schema->property_count; i++) {
    const struct wire_property *property = &schema->properties[i];
    sv name = wire_xml_name(property);
    if (property->schema && property->schema->xml_attribute &&
        (sv_eq(name, attribute->name) || is_written(attribute, name) || sv_eq(property->name, attribute->name))) {
      return property;
    }
  }
  return NULL;
}

/* Without attributes and texts: only white space stands between the elements. */
static bool holds_only_elements(const struct xml_document *document, uint32_t element) {
  const struct xml_node *node = &document->nodes[element];
  for (uint32_t at = element + 1; at < node->end; at = document->nodes[at].end) {
    const struct xml_node *each = &document->nodes[at];
    if (each->kind == XML_ATTRIBUTE || (each->kind == XML_TEXT && sv_trim(each->value).len)) {
      return false;
    }
  }
  return true;
}

/* A usual name that may as well be that of a member of an item. */
static bool is_member_of_item(const struct wire_schema *array, sv name) {
  const struct wire_schema *items = wire_items(array);
  return items && (wire_property(items, name) || find_element(items, name, wire_xml_name));
}

/* Whether an element holds items, by the name of the first one. */
static bool is_item(const struct wire_schema *array, sv name) {
  sv said = wire_item_name(array);
  return (said.len && sv_eq(name, said)) || (xml_is_list_name(name) && !is_member_of_item(array, name));
}

static bool looks_like_wrapper(const struct xml_document *document, uint32_t element, const struct wire_schema *array) {
  uint32_t first = xml_first_element(document, element);
  sv name = first ? document->nodes[first].name : SV("");
  sv said = wire_item_name(array);
  bool is_itself_item = said.len && sv_eq(document->nodes[element].name, said);
  if (is_itself_item || !holds_only_elements(document, element) || (first && !is_item(array, name))) {
    return false;
  }
  for (uint32_t at = first; at; at = xml_next_element(document, at)) {
    if (!sv_eq(document->nodes[at].name, name)) {
      return false;
    }
  }
  return true;
}

bool xml_is_wrapper(const struct xml_document *document, uint32_t element, const struct wire_schema *array) {
  return array->xml_wrapped || (!array->xml_flat && looks_like_wrapper(document, element, array));
}

static bool is_one_of(sv name, sv lower, sv upper) {
  return sv_eq(name, lower) || sv_eq(name, upper);
}

bool xml_is_entry(const struct xml_document *document, uint32_t element, uint32_t *key, uint32_t *value) {
  *key = xml_first_element(document, element);
  *value = *key ? xml_next_element(document, *key) : 0;
  if (!*value || xml_next_element(document, *value) || xml_first_element(document, *key)) {
    return false;
  }
  sv first = document->nodes[*key].name;
  return (is_one_of(first, SV("key"), SV("Key")) || is_one_of(first, SV("name"), SV("Name"))) &&
         is_one_of(document->nodes[*value].name, SV("value"), SV("Value"));
}
