/* Writing XML. One function writes an element: its tag with namespaces and attributes, then what it holds. What an object's members
 * are by the schema is found once for each object and kept beside them: properties of the schema are written in the schema's
 * order, because other people's XML schemas are sequences, and then the rest.
 *
 * Values may also come in the form in which xml_tree_read gives them: members called as the elements are, a wrapped list as an
 * object with one member, attributes as "@name", text beside them as "#text".
 *
 * Sources: OpenAPI 3.2, XML Object; XML 1.0; Namespaces in XML 1.0; Smithy, "AWS restXml protocol" and "XML bindings". */
#include "xml_write.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "xml_match.h"
#include "xml_scope.h"
#include "xml_text.h"

struct writer {
  struct sb *out;
  enum xml_lists lists;
  size_t steps;
  struct err *e;
};

/* An attribute that was written. */
struct written {
  const struct written *before;
  sv uri;
  sv local;
};

/* A start tag that is being written. */
struct tag {
  const struct xml_scope *outside;
  const struct xml_scope *scope;
  const struct written *attributes;
  size_t attribute_count;
};

#define NAME_ARG(name) SV_ARG(sv_slice((name), 0, 80))

static bool write_element(struct writer *w, const struct xml_scope *outside, sv name, const struct wire_schema *schema,
                          const json *value);

/* ---- what members are ---- */

/* Published descriptions of S3 write `attribute` beside the object that has the attribute xsi:type, not beside this. */
static bool is_attribute(const struct wire_property *property) {
  const struct wire_schema *schema = property ? property->schema : NULL;
  bool is_scalar = schema && schema->type != WIRE_OBJECT && schema->type != WIRE_ARRAY;
  return is_scalar && (schema->xml_attribute || sv_starts(schema->xml_name, SV("xsi:")));
}

static const struct wire_property *find_attribute(const struct wire_schema *schema, sv name) {
  for (size_t i = 0; schema && i < schema->property_count; i++) {
    if (is_attribute(&schema->properties[i]) && sv_eq(wire_xml_name(&schema->properties[i]), name)) {
      return &schema->properties[i];
    }
  }
  return NULL;
}

static const struct wire_property *property_of(const struct wire_schema *schema, sv name) {
  const struct wire_property *own = wire_property(schema, name);
  own = own ? own : xml_match_element(schema, name);
  return own ? own : find_attribute(schema, name);
}

/* The property of each member, in the members' order; NULL after an error. */
static const struct wire_property **match_members(struct writer *w, const json *object,
                                                  const struct wire_schema *schema) {
  size_t count = json_count(object);
  const struct wire_property **found = arena_array(w->out->arena, count + 1, sizeof(const void *));
  w->steps += count * (1 + (schema ? schema->property_count : 0));
  if (!found) {
    err_memory(w->e);
    return NULL;
  }
  if (w->steps > LIMIT_WIRE_STEPS) {
    err_set(w->e, ERR_LIMIT,
            "the value has too many members for its schema: more than %d steps to find them "
            "(LIMIT_WIRE_STEPS)",
            LIMIT_WIRE_STEPS);
    return NULL;
  }
  size_t at = 0;
  for (const json *member = json_first(object); member && member->string; member = member->next) {
    found[at++] = property_of(schema, json_name(member));
  }
  return found;
}

/* ---- tags ---- */

static void put_name(struct writer *w, sv prefix, sv name) {
  sb_put(w->out, prefix);
  sb_put(w->out, prefix.len ? SV(":") : SV(""));
  sb_put(w->out, name);
}

static bool declare(struct writer *w, struct tag *tag, sv prefix, sv uri) {
  return xml_scope_declare(w->out, tag->outside, &tag->scope, prefix, uri, w->e);
}

static bool check_name(struct writer *w, const struct tag *tag, sv prefix, sv name) {
  if (prefix.len && sv_find(name, ':') < name.len) {
    return err_set(w->e, ERR_INVALID, "'%.*s' has a prefix of its own beside xml.prefix, which is %.*s; leave one out",
                   NAME_ARG(name), NAME_ARG(prefix));
  }
  if (prefix.len && !xml_scope_find(tag->scope, prefix).len) {
    return err_set(w->e, ERR_INVALID, "the prefix %.*s of '%.*s' has no namespace: write xml: {namespace: …} beside it",
                   NAME_ARG(prefix), NAME_ARG(name));
  }
  return xml_scope_check(tag->scope, name, w->e);
}

static bool scalar_text(struct writer *w, const json *value, sv *text) {
  return json_scalar_text(value, text) ||
         err_set(w->e, ERR_INVALID, "an attribute in XML is a text, a number or a boolean, but this is an %s",
                 json_type_name(value));
}

/* The prefix of xsi:type and xsi:nil need not be declared by anyone. */
static bool declare_instance(struct writer *w, struct tag *tag, sv name) {
  return !sv_starts(name, SV("xsi:")) || declare(w, tag, SV("xsi"), SV(XML_SCHEMA_INSTANCE));
}

/* Namespaces in XML 1.0 6.3: no two attributes of an element have the same local name in the same namespace. */
static bool remember_attribute(struct writer *w, struct tag *tag, sv prefix, sv name) {
  sv local = name;
  sv_split(name, ':', &prefix, &local);
  sv uri = prefix.len ? xml_scope_find(tag->scope, prefix) : SV("");
  for (const struct written *each = tag->attributes; each; each = each->before) {
    if (sv_eq(each->local, local) && sv_eq(each->uri, uri)) {
      return err_set(w->e, ERR_INVALID, "the attribute '%.*s' is given twice in one element; leave one out",
                     NAME_ARG(name));
    }
  }
  struct written *written = arena_alloc(w->out->arena, sizeof *written);
  if (!written) {
    return err_memory(w->e);
  }
  *written = (struct written){tag->attributes, uri, local};
  tag->attributes = written;
  return ++tag->attribute_count <= LIMIT_XML_ATTRIBUTES ||
         err_set(w->e, ERR_LIMIT, "the element has more than %d attributes (LIMIT_XML_ATTRIBUTES)",
                 LIMIT_XML_ATTRIBUTES);
}

static bool write_attribute(struct writer *w, struct tag *tag, sv name, const struct wire_schema *schema,
                            const json *value) {
  sv prefix = schema ? schema->xml_prefix : SV("");
  sv text = SV("");
  if (!scalar_text(w, value, &text) || !declare_instance(w, tag, name) ||
      (prefix.len && schema->xml_namespace.len && !declare(w, tag, prefix, schema->xml_namespace)) ||
      !check_name(w, tag, prefix, name) || !remember_attribute(w, tag, prefix, name)) {
    return err_in(w->e, "@%.*s", NAME_ARG(name));
  }
  sb_char(w->out, ' ');
  put_name(w, prefix, name);
  sb_put(w->out, SV("=\""));
  bool good = xml_text_put_attribute(w->out, text, w->e) || err_in(w->e, "@%.*s", NAME_ARG(name));
  sb_char(w->out, '"');
  return good;
}

/* "@xmlns" and "@xmlns:p" are no attributes. */
static bool is_declaration(sv name) {
  return sv_eq(name, SV("@xmlns")) || sv_starts(name, SV("@xmlns:"));
}

static bool write_declarations(struct writer *w, struct tag *tag, const json *value) {
  for (const json *each = json_first(value); each && json_type(value) == JSON_OBJECT; each = each->next) {
    sv name = json_name(each);
    sv uri = SV("");
    if (is_declaration(name) && json_type(each) != JSON_NULL &&
        (!scalar_text(w, each, &uri) || !declare(w, tag, sv_slice(name, SV("@xmlns:").len, name.len), uri))) {
      return err_in(w->e, "%.*s", NAME_ARG(name));
    }
  }
  return true;
}

/* A member is an attribute by the schema, or by its name. */
static bool write_attributes(struct writer *w, struct tag *tag, const struct wire_schema *schema, const json *value,
                             const struct wire_property *const *properties) {
  for (const json *each = json_first(value); each; each = each->next, properties++) {
    sv name = json_name(each);
    bool is_marked = sv_starts(name, SV("@")) && !is_declaration(name);
    const struct wire_property *property =
        is_marked ? find_attribute(schema, sv_slice(name, 1, name.len)) : *properties;
    if (json_type(each) == JSON_NULL || is_declaration(name) || (!is_marked && !is_attribute(property))) {
      continue;
    }
    sv written = property ? wire_xml_name(property) : sv_slice(name, 1, name.len);
    if (!write_attribute(w, tag, written, property ? property->schema : NULL, each)) {
      return false;
    }
  }
  return true;
}

/* ---- lists ---- */

static bool is_wrapped(const struct writer *w, const struct wire_schema *schema) {
  return schema->xml_wrapped || (w->lists == XML_LISTS_AWS && !schema->xml_flat);
}

/* How the items of a list are called: as they are said to be called, else as the list is, else by AWS's default. */
static sv item_name(const struct writer *w, const struct wire_schema *schema, sv list) {
  sv said = wire_item_name(schema);
  bool is_aws = w->lists == XML_LISTS_AWS;
  if (said.len) {
    return said;
  }
  return is_aws && schema && schema->type == WIRE_ARRAY && is_wrapped(w, schema) ? SV("member") : list;
}

/* The items, each as an element. A value that is no array is the only item. */
static bool write_items(struct writer *w, const struct xml_scope *scope, sv name, const struct wire_schema *items,
                        const json *value) {
  if (json_type(value) != JSON_ARRAY) {
    return write_element(w, scope, name, items, value) || err_in(w->e, "%.*s", NAME_ARG(name));
  }
  size_t at = 0;
  for (const json *each = json_first(value); each; each = each->next, at++) {
    if (json_type(each) != JSON_NULL && !write_element(w, scope, name, items, each)) {
      return err_in(w->e, "%.*s[%zu]", NAME_ARG(name), at);
    }
  }
  return true;
}

/* The list in a value that may be the list itself, or the object that wraps it in a tree of XML. */
static const json *unwrapped(const struct wire_schema *array, sv item, const json *value) {
  const json *only = json_type(value) == JSON_OBJECT ? json_first(value) : NULL;
  bool is_wrapper = only && !only->next && sv_eq(json_name(only), item) && !property_of(wire_items(array), item);
  return is_wrapper ? only : value;
}

/* ---- maps, as AWS writes them ---- */

static void put_start(struct writer *w, sv name) {
  sb_char(w->out, '<');
  sb_put(w->out, name);
  sb_char(w->out, '>');
}

static void put_end(struct writer *w, sv prefix, sv name) {
  sb_put(w->out, SV("</"));
  put_name(w, prefix, name);
  sb_char(w->out, '>');
}

static bool write_entries(struct writer *w, const struct xml_scope *scope, sv entry, const struct wire_schema *map,
                          const json *value) {
  struct wire_entry_names names = wire_entry_names(map);
  for (const json *each = json_first(value); each; each = each->next) {
    if (json_type(each) == JSON_NULL) {
      continue;
    }
    put_start(w, entry);
    put_start(w, names.key);
    bool good = xml_text_put(w->out, json_name(each), w->e);
    put_end(w, SV(""), names.key);
    if (!good || !write_element(w, scope, names.value, map->values, each)) {
      return err_in(w->e, "%.*s", NAME_ARG(json_name(each)));
    }
    put_end(w, SV(""), entry);
  }
  return true;
}

static bool has_entries(const struct writer *w, const struct wire_schema *schema, const json *value) {
  return w->lists == XML_LISTS_AWS && wire_is_map(schema) && json_type(value) == JSON_OBJECT;
}

/* ---- elements ---- */

/* One member of an object as one element, or several. `name` is how the element, or the wrapper of a list, is called. */
static bool write_member(struct writer *w, const struct xml_scope *scope, sv name, const struct wire_schema *schema,
                         const json *value) {
  bool is_array = schema && schema->type == WIRE_ARRAY;
  if (json_type(value) == JSON_NULL) {
    return true;
  }
  if (is_array && !is_wrapped(w, schema)) {
    return write_items(w, scope, item_name(w, schema, name), schema->items, value);
  }
  if (!is_array && json_type(value) == JSON_ARRAY) {
    return write_items(w, scope, name, schema, value);
  }
  if (schema && schema->xml_flat && has_entries(w, schema, value)) {
    return xml_scope_check(scope, name, w->e) && write_entries(w, scope, name, schema, value);
  }
  return write_element(w, scope, name, schema, value) || err_in(w->e, "%.*s", NAME_ARG(name));
}

/* The members that the schema knows, in its order. */
static bool write_known(struct writer *w, const struct xml_scope *scope, const struct wire_schema *schema,
                        const json *value, const struct wire_property *const *properties) {
  for (size_t i = 0; schema && i < schema->property_count; i++) {
    const struct wire_property *property = &schema->properties[i];
    size_t at = 0;
    for (const json *each = json_first(value); each; each = each->next) {
      if (properties[at++] == property && !is_attribute(property) &&
          !write_member(w, scope, wire_xml_name(property), property->schema, each)) {
        return false;
      }
    }
  }
  return true;
}

static bool write_others(struct writer *w, const struct xml_scope *scope, const struct wire_schema *schema,
                         const json *value, const struct wire_property *const *properties) {
  const struct wire_schema *own = schema ? schema->values : NULL;
  size_t at = 0;
  for (const json *each = json_first(value); each; each = each->next) {
    sv name = json_name(each);
    bool is_element = !sv_starts(name, SV("@")) && !sv_eq(name, SV("#text"));
    if (!properties[at++] && is_element && !write_member(w, scope, name, own, each)) {
      return false;
    }
  }
  return true;
}

static bool write_text(struct writer *w, const json *value) {
  sv text = SV("");
  if (json_type(value) != JSON_NULL && !json_scalar_text(value, &text)) {
    return err_set(w->e, ERR_INVALID, "'#text' in XML is a text, a number or a boolean, but this is an %s",
                   json_type_name(value));
  }
  return xml_text_put(w->out, text, w->e);
}

static bool write_array(struct writer *w, const struct xml_scope *scope, sv name, const struct wire_schema *schema,
                        const json *value) {
  sv item = item_name(w, schema, name);
  return write_items(w, scope, item, wire_items(schema), unwrapped(schema, item, value));
}

/* What an element holds. */
static bool write_content(struct writer *w, const struct xml_scope *scope, sv name, const struct wire_schema *schema,
                          const json *value, const struct wire_property *const *properties) {
  if (json_type(value) == JSON_ARRAY || (schema && schema->type == WIRE_ARRAY && json_type(value) != JSON_NULL)) {
    return write_array(w, scope, name, schema, value);
  }
  if (schema && has_entries(w, schema, value)) {
    return write_entries(w, scope, SV("entry"), schema, value);
  }
  if (json_type(value) == JSON_OBJECT) {
    return write_text(w, json_get(value, SV("#text"))) && write_known(w, scope, schema, value, properties) &&
           write_others(w, scope, schema, value, properties);
  }
  return write_text(w, value);
}

/* xsi holds no elements: a schema that names it only wants it to be declared (XML Schema 1.1 Part 1, 2.7). */
static sv element_prefix(const struct wire_schema *schema) {
  return schema && !sv_eq(schema->xml_namespace, SV(XML_SCHEMA_INSTANCE)) ? schema->xml_prefix : SV("");
}

static bool write_tag(struct writer *w, struct tag *tag, sv name, const struct wire_schema *schema, const json *value,
                      const struct wire_property *const *properties) {
  sv prefix = element_prefix(schema);
  bool is_object = json_type(value) == JSON_OBJECT && !(schema && schema->type == WIRE_ARRAY);
  bool has_namespace = schema && schema->xml_namespace.len &&
                       (schema->xml_prefix.len || !sv_eq(schema->xml_namespace, SV(XML_SCHEMA_INSTANCE)));
  sb_char(w->out, '<');
  put_name(w, prefix, name);
  if (!write_declarations(w, tag, value) ||
      (has_namespace && !declare(w, tag, schema->xml_prefix, schema->xml_namespace)) ||
      !check_name(w, tag, prefix, name) ||
      (is_object && !has_entries(w, schema, value) && !write_attributes(w, tag, schema, value, properties))) {
    return false;
  }
  sb_char(w->out, '>');
  return true;
}

static bool write_element(struct writer *w, const struct xml_scope *outside, sv name, const struct wire_schema *schema,
                          const json *value) {
  struct tag tag = {.outside = outside, .scope = outside};
  const struct wire_property **properties = match_members(w, value, schema);
  if (!properties || !write_tag(w, &tag, name, schema, value, properties) ||
      !write_content(w, tag.scope, name, schema, value, properties)) {
    return false;
  }
  put_end(w, element_prefix(schema), name);
  return true;
}

/* ---- documents ---- */

static const json *only_member(const json *value) {
  const json *first = json_type(value) == JSON_OBJECT ? json_first(value) : NULL;
  return first && !first->next ? first : NULL;
}

/* The one property of a schema, when it is an object: descriptions made from AWS's models have the root element so. */
static const struct wire_property *only_property(const struct wire_schema *schema) {
  const struct wire_property *first = schema && schema->property_count == 1 ? schema->properties : NULL;
  return first && first->schema && first->schema->type == WIRE_OBJECT ? first : NULL;
}

static bool knows_all(const struct wire_schema *schema, const json *object) {
  const json *member = json_first(object);
  while (member && property_of(schema, json_name(member))) {
    member = member->next;
  }
  return !member && json_type(object) == JSON_OBJECT;
}

static bool write_root(struct writer *w, const struct wire_property *property, const json *value) {
  sv name = property ? wire_xml_name(property) : json_name(value);
  return write_element(w, NULL, name, property ? property->schema : NULL, value) ||
         err_in(w->e, "%.*s", NAME_ARG(name));
}

static sv root_name(const struct wire_schema *schema, sv given) {
  if (schema && schema->xml_name.len) {
    return schema->xml_name;
  }
  return schema && schema->component.len ? schema->component : given;
}

/* The schema's only property, when its members are what the value has. */
static const struct wire_property *implied_root(const struct wire_schema *schema, const json *value) {
  const struct wire_property *property = only_property(schema);
  bool is_implied = property && !knows_all(schema, value) && knows_all(property->schema, value);
  return is_implied ? property : NULL;
}

bool xml_write_check_root(const json *value, const struct wire_schema *schema, struct err *e) {
  const json *only = only_member(value);
  bool is_named = only && json_type(only) != JSON_ARRAY && !sv_starts(json_name(only), SV("@"));
  return is_named || root_name(schema, SV("")).len || implied_root(schema, value) ||
         err_set(e, ERR_INVALID,
                 "the root element of the XML body has no name: write xml: {name: …} into the "
                 "schema of the request body, or give an object with one member, the root element");
}

/* A value without a name for its root element: its only member is the root element, or it is what the schema's only property
 * holds. */
static bool write_unnamed(struct writer *w, const json *value, const struct wire_schema *schema) {
  const struct wire_property *property = implied_root(schema, value);
  const json *only = only_member(value);
  if (property) {
    return write_root(w, property, value);
  }
  return xml_write_check_root(value, schema, w->e) && write_root(w, property_of(schema, json_name(only)), only);
}

bool xml_write(struct sb *out, const json *value, const struct wire_schema *schema, sv root, enum xml_lists lists,
               struct err *e) {
  struct writer writer = {.out = out, .lists = lists, .e = e};
  sv name = root_name(schema, root);
  const json *only = only_member(value);
  sb_put(out, SV("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
  if (!name.len) {
    return write_unnamed(&writer, value, schema);
  }
  bool is_root = only && sv_eq(json_name(only), name) && !property_of(schema, name) && json_type(only) != JSON_ARRAY;
  return write_element(&writer, NULL, name, schema, is_root ? only : value) || err_in(e, "%.*s", NAME_ARG(name));
}
