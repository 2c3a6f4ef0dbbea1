/* An XML body as a tree in two forms at once. The elements' form is made first; then each property of the schema that has no
 * member of its name is looked for below the root element, and below the element whose name ends in Result in which AWS's query
 * protocol puts the answer, and is added in the schema's form. Of a list that the schema calls as the element around it is called,
 * and of whose elements in XML it says nothing, there is the schema's form only. So pointers may follow the document or the
 * description.
 *
 * Sources: OpenAPI 3.2, XML Object; Smithy, "AWS query protocol" (response serialization). */
#include "xml_tree.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "utf8.h"
#include "xml_element.h"
#include "xml_match.h"

/* Node 0 is the document; comments and instructions may stand before its one element. */
static uint32_t root_element(const struct xml_document *document) {
  uint32_t at = document->nodes[0].children;
  while (document->nodes[at].kind != XML_ELEMENT) {
    at = document->nodes[at].end;
  }
  return at;
}

/* The only child element whose name ends in Result, unless the schema has a property of that name. */
static uint32_t find_result(struct xml_reading *r, uint32_t root) {
  uint32_t found = 0;
  for (uint32_t at = xml_first_element(r->document, root); at; at = xml_next_element(r->document, at)) {
    if (sv_ends(r->document->nodes[at].name, SV("Result")) && !xml_element_property(r, r->whole, at)) {
      if (found) {
        return 0;
      }
      found = at;
    }
  }
  return found;
}

/* The schema of what the root element holds: of a schema that describes the root element as its property, that property's. */
static const struct wire_property *self_property(struct xml_reading *r, uint32_t root,
                                                 const struct wire_schema *schema) {
  const struct wire_property *self = xml_element_property(r, schema, root);
  for (uint32_t at = xml_first_element(r->document, root); self && at; at = xml_next_element(r->document, at)) {
    if (xml_element_property(r, schema, at)) {
      return NULL;
    }
  }
  return self;
}

/* An element around a list, which the schema calls a list by the element's own name: EC2's reservationSet. Who writes
 * $.reservationSet[0] has read the description, and a JSONPath has no second reading. */
static bool is_wrapper_of(const json *present, const json *list) {
  return json_type(present) == JSON_OBJECT && json_type(list) == JSON_ARRAY;
}

/* The members that `more` has and `tree` has not, and the lists. */
static bool add_missing(struct xml_reading *r, json *tree, json *more) {
  while (json_first(more)) {
    json *member = cJSON_DetachItemViaPointer(more, json_first(more));
    json *present = xml_element_member(r, tree, json_name(member));
    if (present && is_wrapper_of(present, member)) {
      cJSON_DetachItemViaPointer(tree, present);
      present = NULL;
    }
    if (!present && !xml_element_append(r, tree, json_name(member), member)) {
      return false;
    }
  }
  return r->e->code == ERR_NONE;
}

/* Adds what the schema calls the elements and attributes of `holder`, but for names that the tree has. */
static bool add_schema_form(struct xml_reading *r, json *tree, uint32_t holder) {
  json *more = json_new_object(r->arena);
  if (!more) {
    return err_memory(r->e);
  }
  for (uint32_t at = xml_first_element(r->document, holder); at; at = xml_next_element(r->document, at)) {
    const struct wire_property *property = xml_element_property(r, r->whole, at);
    const json *present = property ? xml_element_member(r, tree, property->name) : NULL;
    const struct wire_schema *own = property ? property->schema : NULL;
    bool is_list = own && own->type == WIRE_ARRAY && !own->xml_wrapped && !wire_item_name(own).len;
    bool is_wanted = property && (!present || (is_list && json_type(present) == JSON_OBJECT));
    if (is_wanted && !xml_element_add(r, more, at, r->whole, property)) {
      return false;
    }
  }
  return xml_element_attributes(r, more, holder, r->whole) && add_missing(r, tree, more);
}

static bool add_self(struct xml_reading *r, json **tree, uint32_t root, const struct wire_property *self) {
  if (json_type(*tree) != JSON_OBJECT) {
    *tree = json_new_object(r->arena);
  }
  if (!*tree) {
    return err_memory(r->e);
  }
  return xml_element_member(r, *tree, self->name) || xml_element_add(r, *tree, root, NULL, self);
}

static bool add_schema_forms(struct xml_reading *r, json **tree, uint32_t root, const struct wire_property *self) {
  r->by_schema = true;
  if (self && !add_self(r, tree, root, self)) {
    return false;
  }
  if (json_type(*tree) != JSON_OBJECT || !r->whole) {
    return true;
  }
  return add_schema_form(r, *tree, root) && (!r->result || add_schema_form(r, *tree, r->result));
}

static bool check_depth(const json *tree, struct err *e) {
  return json_depth(tree) <= LIMIT_BODY_DEPTH ||
         err_set(e, ERR_LIMIT, "the XML body nests deeper than %d (LIMIT_BODY_DEPTH)", LIMIT_BODY_DEPTH);
}

static json *read_tree(struct xml_reading *r, const struct wire_schema *schema) {
  uint32_t root = root_element(r->document);
  const struct wire_property *self = self_property(r, root, schema);
  r->whole = self ? self->schema : schema;
  r->result = find_result(r, root);
  json *tree = xml_element_value(r, root, r->whole);
  if (tree && sv_eq(json_string(tree), SV("")) && json_is_string(tree)) {
    tree = json_new_object(r->arena);
  }
  if (!tree) {
    err_memory(r->e);
    return NULL;
  }
  return add_schema_forms(r, &tree, root, self) && check_depth(tree, r->e) ? tree : NULL;
}

/* Line and column (in code points) of a byte. */
static bool fail_malformed(const struct xml_document *document, struct err *why) {
  sv before = sv_slice(document->text, 0, document->fault);
  unsigned line = 1;
  size_t start = 0;
  for (size_t i = 0; i < before.len; i++) {
    if (before.ptr[i] == '\n') {
      line++;
      start = i + 1;
    }
  }
  sv row = sv_slice(before, start, before.len);
  row = sv_slice(row, 0, utf8_valid_prefix(row));
  err_set(why, ERR_SYNTAX, "the body is not well-formed XML");
  return err_at(why, SV(""), line, (unsigned)utf8_count(row) + 1);
}

bool xml_tree_read(struct arena *arena, sv text, const struct wire_schema *schema, json **out, struct err *why,
                   struct err *e) {
  struct xml_document document = {0};
  struct xml_reading reading = {.arena = arena, .document = &document, .e = why};
  *out = NULL;
  err_clear(why);
  switch (xml_read(arena, text, false, &document, why)) {
  case XML_READ:
    *out = read_tree(&reading, schema);
    break;
  case XML_MALFORMED:
    fail_malformed(&document, why);
    break;
  case XML_FAILED:
    break;
  }
  if (why->code != ERR_NONE) {
    *out = NULL;
  }
  return why->code != ERR_MEMORY || err_memory(e);
}
