/* Elements as JSON values, in either of two forms that share all rules but for names and lists:
 *
 * - the elements' own form: members are called as the elements are, and an element that wraps a list is an object with one member,
 *   the list. Every document has this form, with a schema or without one.
 * - the schema's form: members are called as the schema's properties are, wrappers are gone, and maps that were written as entries
 *   (<entry><key/><value/></entry>) are objects.
 *
 * Elements of one name that come twice are an array, wherever they stand; what the schema calls an array is one from the first
 * on. Names are looked for one by one, so the comparisons are counted and bounded, and so are the values.
 *
 * Sources: OpenAPI 3.2, XML Object; Smithy, "XML binding" and the AWS protocols for lists and maps. */
#include "xml_element.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "number.h"
#include "sb.h"
#include "xml_match.h"

static const struct xml_node *node_at(const struct xml_reading *r, uint32_t at) {
  return &r->document->nodes[at];
}

/* Passes on a new value: NULL when there was no memory for it, or there are too many. */
static json *counted(struct xml_reading *r, json *value) {
  if (!value) {
    err_memory(r->e);
  } else if (++r->values > LIMIT_JSON_VALUES) {
    err_set(r->e, ERR_LIMIT, "the XML document has more than %d values (LIMIT_JSON_VALUES)", LIMIT_JSON_VALUES);
  }
  return r->e->code == ERR_NONE ? value : NULL;
}

static bool spend(struct xml_reading *r, size_t steps) {
  r->steps += steps;
  return r->steps <= LIMIT_WIRE_STEPS ||
         err_set(r->e, ERR_LIMIT,
                 "the XML document has too many names side by side: comparing them takes more than %d steps "
                 "(LIMIT_WIRE_STEPS)",
                 LIMIT_WIRE_STEPS);
}

const struct wire_property *xml_element_property(struct xml_reading *r, const struct wire_schema *schema,
                                                 uint32_t element) {
  return spend(r, schema ? schema->property_count : 0) ? xml_match_read(schema, node_at(r, element)->name) : NULL;
}

json *xml_element_member(struct xml_reading *r, const json *object, sv name) {
  for (json *member = json_first(object); member; member = member->next) {
    if (!spend(r, 1)) {
      return NULL;
    }
    if (sv_eq(json_name(member), name)) {
      return member;
    }
  }
  return NULL;
}

bool xml_element_append(struct xml_reading *r, json *object, sv name, json *value) {
  return r->e->code == ERR_NONE && value && (json_add(r->arena, object, name, value) || err_memory(r->e));
}

/* ---- text ---- */

static bool is_number(sv text, bool whole) {
  struct decimal number = {0};
  struct number_problem ignored;
  return text.len && number_read(text, &number, &ignored) == text.len && (!whole || number_is_integer(&number));
}

/* NULL when the text is not of the schema's type. */
static json *typed_value(struct arena *arena, sv text, const struct wire_schema *schema) {
  switch (schema ? schema->type : WIRE_ANY) {
  case WIRE_INTEGER:
    return is_number(text, true) ? json_new_number(arena, text) : NULL;
  case WIRE_NUMBER:
    return is_number(text, false) ? json_new_number(arena, text) : NULL;
  case WIRE_BOOLEAN:
    return sv_eq(text, SV("true")) || sv_eq(text, SV("false")) ? json_new_boolean(arena, sv_eq(text, SV("true")))
                                                               : NULL;
  case WIRE_OBJECT:
    return text.len ? NULL : json_new_object(arena);
  case WIRE_ARRAY:
  case WIRE_STRING:
  case WIRE_ANY:
    return NULL;
  }
  return NULL;
}

static json *text_value(struct xml_reading *r, sv text, const struct wire_schema *schema) {
  json *typed = typed_value(r->arena, sv_trim(text), schema);
  return counted(r, typed ? typed : json_new_string(r->arena, text));
}

/* The text between child elements; white space that only indents them is none. */
static bool mixed_text(struct xml_reading *r, uint32_t element, sv *out) {
  const struct xml_node *node = node_at(r, element);
  struct sb text = sb_new(r->arena, LIMIT_XML_BYTES);
  for (uint32_t at = node->children; at < node->end; at = node_at(r, at)->end) {
    const struct xml_node *each = node_at(r, at);
    sb_put(&text, each->kind == XML_TEXT && sv_trim(each->value).len ? each->value : SV(""));
  }
  return sb_finish(&text, "the text of an XML element", out, r->e);
}

/* Text beside attributes or elements has a name that no element can have. */
static bool add_text(struct xml_reading *r, json *object, uint32_t element) {
  sv text = node_at(r, element)->value;
  if (xml_first_element(r->document, element)) {
    if (!mixed_text(r, element, &text)) {
      return false;
    }
    text = sv_trim(text);
  }
  return !text.len || xml_element_append(r, object, SV("#text"), counted(r, json_new_string(r->arena, text)));
}

/* ---- attributes ---- */

static bool is_of_instance(const struct xml_node *attribute) {
  return sv_eq(attribute->uri, SV(XML_SCHEMA_INSTANCE));
}

/* XML Schema 1.1 Part 1, 2.7.2: xsi:nil. */
static bool is_nil(const struct xml_reading *r, uint32_t element) {
  for (uint32_t at = element + 1; at < node_at(r, element)->children; at++) {
    const struct xml_node *each = node_at(r, at);
    sv value = sv_trim(each->value);
    if (is_of_instance(each) && sv_eq(each->name, SV("nil")) && (sv_eq(value, SV("true")) || sv_eq(value, SV("1")))) {
      return true;
    }
  }
  return false;
}

static bool has_attributes(const struct xml_reading *r, uint32_t element) {
  for (uint32_t at = element + 1; at < node_at(r, element)->children; at++) {
    if (!is_of_instance(node_at(r, at))) {
      return true;
    }
  }
  return false;
}

bool xml_element_attributes(struct xml_reading *r, json *object, uint32_t element, const struct wire_schema *schema) {
  for (uint32_t at = element + 1; at < node_at(r, element)->children; at++) {
    const struct xml_node *each = node_at(r, at);
    const struct wire_property *property =
        spend(r, schema ? schema->property_count : 0) ? xml_match_attribute(schema, each) : NULL;
    sv name = property && r->by_schema ? property->name : each->name;
    bool is_wanted = !is_of_instance(each) || (property && r->by_schema);
    if (is_wanted && !xml_element_member(r, object, name) &&
        !xml_element_append(r, object, name, text_value(r, each->value, property ? property->schema : NULL))) {
      return false;
    }
  }
  return r->e->code == ERR_NONE;
}

/* ---- elements ---- */

/* Makes the member an array of what it was, unless it is an array already: an element's value never is one by itself. */
static bool make_array(struct xml_reading *r, json *member) {
  if (json_type(member) == JSON_ARRAY) {
    return true;
  }
  json *array = counted(r, json_new_array(r->arena));
  json *first = array ? json_new_null(r->arena) : NULL;
  if (!first) {
    return err_memory(r->e);
  }
  json_overwrite(first, member);
  json_append(array, first);
  json_overwrite(member, array);
  return true;
}

/* Adds a value under a name; the second one of a name makes it an array. */
static bool add_value(struct xml_reading *r, json *object, sv name, json *value) {
  json *member = value ? xml_element_member(r, object, name) : NULL;
  if (!value || r->e->code != ERR_NONE) {
    return false;
  }
  return member ? make_array(r, member) && json_append(member, value) : xml_element_append(r, object, name, value);
}

/* The array that is the member of this name, made when it is not there. */
static json *array_member(struct xml_reading *r, json *object, sv name) {
  json *member = xml_element_member(r, object, name);
  if (member) {
    return make_array(r, member) ? member : NULL;
  }
  member = counted(r, json_new_array(r->arena));
  return xml_element_append(r, object, name, member) ? member : NULL;
}

/* Every child element of a wrapper is an item, whatever it is called. */
static bool append_items(struct xml_reading *r, json *array, uint32_t wrapper, const struct wire_schema *items) {
  for (uint32_t at = xml_first_element(r->document, wrapper); at; at = xml_next_element(r->document, at)) {
    if (!array || !json_append(array, xml_element_value(r, at, items))) {
      return false;
    }
  }
  return array != NULL;
}

/* An array by the schema, from one element: a wrapper's items are taken out of it, or the element is an item. */
static bool add_to_array(struct xml_reading *r, json *object, uint32_t element, sv name,
                         const struct wire_schema *schema) {
  bool is_wrapper = xml_is_wrapper(r->document, element, schema);
  bool is_kept = schema->xml_wrapped || xml_first_element(r->document, element);
  if (is_wrapper && is_kept && !r->by_schema) {
    return add_value(r, object, name, xml_element_value(r, element, schema));
  }
  json *array = array_member(r, object, name);
  if (is_wrapper) {
    return append_items(r, array, element, wire_items(schema));
  }
  return array && json_append(array, xml_element_value(r, element, wire_items(schema)));
}

/* An entry of a map: <entry><key/><value/></entry>, or an element that is called as the member is. */
static bool add_entry(struct xml_reading *r, json *map, uint32_t element, const struct wire_schema *values) {
  uint32_t key = 0;
  uint32_t value = 0;
  if (xml_is_entry(r->document, element, &key, &value)) {
    return add_value(r, map, node_at(r, key)->value, xml_element_value(r, value, values));
  }
  return add_value(r, map, node_at(r, element)->name, xml_element_value(r, element, values));
}

/* A map by the schema whose entries are not wrapped: each element of the property's name is an entry. */
static bool add_to_map(struct xml_reading *r, json *object, uint32_t element, sv name,
                       const struct wire_schema *schema) {
  json *map = xml_element_member(r, object, name);
  if (map && json_type(map) != JSON_OBJECT) {
    return add_value(r, object, name, xml_element_value(r, element, schema));
  }
  if (!map) {
    map = counted(r, json_new_object(r->arena));
    map = xml_element_append(r, object, name, map) ? map : NULL;
  }
  return map && add_entry(r, map, element, schema->values);
}

/* The schema of an element that no property is called as. */
static const struct wire_schema *schema_of_other(const struct xml_reading *r, uint32_t element,
                                                 const struct wire_schema *schema) {
  uint32_t key = 0;
  uint32_t value = 0;
  if (element == r->result) {
    return r->whole;
  }
  return schema && !xml_is_entry(r->document, element, &key, &value) ? schema->values : NULL;
}

bool xml_element_add(struct xml_reading *r, json *object, uint32_t element, const struct wire_schema *schema,
                     const struct wire_property *property) {
  uint32_t key = 0;
  uint32_t value = 0;
  const struct wire_schema *own = property ? property->schema : schema_of_other(r, element, schema);
  sv name = property && r->by_schema ? property->name : node_at(r, element)->name;
  if (r->e->code != ERR_NONE) {
    return false;
  }
  if (own && own->type == WIRE_ARRAY) {
    return add_to_array(r, object, element, name, own);
  }
  if (r->by_schema && !property && schema && schema->values) {
    return add_entry(r, object, element, schema->values);
  }
  if (r->by_schema && wire_is_map(own) && xml_is_entry(r->document, element, &key, &value)) {
    return add_to_map(r, object, element, name, own);
  }
  return add_value(r, object, name, xml_element_value(r, element, own));
}

static bool add_children(struct xml_reading *r, json *object, uint32_t element, const struct wire_schema *schema) {
  for (uint32_t at = xml_first_element(r->document, element); at; at = xml_next_element(r->document, at)) {
    if (!xml_element_add(r, object, at, schema, xml_element_property(r, schema, at))) {
      return false;
    }
  }
  return true;
}

/* A wrapper in the elements' form: its items are an array even when there is one only, or none. */
static bool add_wrapped(struct xml_reading *r, json *object, uint32_t element, const struct wire_schema *array) {
  uint32_t first = xml_first_element(r->document, element);
  sv name = wire_item_name(array).len ? wire_item_name(array) : node_at(r, element)->name;
  if (!first) {
    return array_member(r, object, name) != NULL;
  }
  for (uint32_t at = first; at; at = xml_next_element(r->document, at)) {
    json *items = array_member(r, object, node_at(r, at)->name);
    if (!items || !json_append(items, xml_element_value(r, at, wire_items(array)))) {
      return false;
    }
  }
  return true;
}

static json *object_value(struct xml_reading *r, uint32_t element, const struct wire_schema *schema) {
  bool is_array = schema && schema->type == WIRE_ARRAY;
  json *object = counted(r, json_new_object(r->arena));
  if (!object) {
    return NULL;
  }
  bool good = is_array ? add_wrapped(r, object, element, schema) : add_children(r, object, element, schema);
  good = good && xml_element_attributes(r, object, element, is_array ? NULL : schema) && add_text(r, object, element);
  return good ? object : NULL;
}

static json *array_value(struct xml_reading *r, uint32_t element, const struct wire_schema *schema) {
  json *array = counted(r, json_new_array(r->arena));
  return append_items(r, array, element, wire_items(schema)) ? array : NULL;
}

static bool is_scalar(const struct wire_schema *schema) {
  return schema && schema->type != WIRE_ANY && schema->type != WIRE_OBJECT && schema->type != WIRE_ARRAY;
}

json *xml_element_value(struct xml_reading *r, uint32_t element, const struct wire_schema *schema) {
  bool has_elements = xml_first_element(r->document, element) != 0;
  if (r->e->code != ERR_NONE) {
    return NULL;
  }
  if (is_nil(r, element)) {
    return counted(r, json_new_null(r->arena));
  }
  if (schema && schema->type == WIRE_ARRAY) {
    return r->by_schema ? array_value(r, element, schema) : object_value(r, element, schema);
  }
  bool is_plain = !has_attributes(r, element) || (r->by_schema && is_scalar(schema));
  return has_elements || !is_plain ? object_value(r, element, schema)
                                   : text_value(r, node_at(r, element)->value, schema);
}
