/* Elements of an XML document as JSON values. */
#ifndef ARAZZO_XML_ELEMENT_H
#define ARAZZO_XML_ELEMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "wire_schema.h"
#include "xml.h"

/* One document that becomes values, and what is left to spend on it. */
struct xml_reading {
  struct arena *arena;
  const struct xml_document *document;
  /* How members are named and lists are held: as the elements are, or as the schema has them. */
  bool by_schema;
  uint32_t result;                 /* an element that the schema of the root describes, too; 0: none */
  const struct wire_schema *whole; /* the root's schema */
  size_t values;                   /* made so far; LIMIT_JSON_VALUES */
  size_t steps;                    /* names compared so far; LIMIT_WIRE_STEPS */
  struct err *e;
};

/* The value of an element: null for xsi:nil="true", its text where it has neither attributes (those of xsi aside) nor child
 * elements, else an object. Text that is a number or boolean by the schema becomes one, its digits kept.
 * NULL after an error: ERR_LIMIT, ERR_MEMORY. Recursion is as deep as elements nest (LIMIT_XML_DEPTH). */
json *xml_element_value(struct xml_reading *r, uint32_t element, const struct wire_schema *schema);

/* Adds what one element below an object is to that object: under the property's name in the schema's form, else under its own.
 * `property` is what xml_match_read found; `schema` is that of the object. Errors as above. */
bool xml_element_add(struct xml_reading *r, json *object, uint32_t element, const struct wire_schema *schema,
                     const struct wire_property *property);

/* Adds the element's attributes to the object, but for those whose names are taken, declarations of namespaces, and xsi's unless
 * the schema knows them. */
bool xml_element_attributes(struct xml_reading *r, json *object, uint32_t element, const struct wire_schema *schema);

/* The member of this name, which counts as work: NULL when there is none. */
json *xml_element_member(struct xml_reading *r, const json *object, sv name);

/* Appends a member whose name is not taken. */
bool xml_element_append(struct xml_reading *r, json *object, sv name, json *value);

/* xml_match_read, which counts as work. */
const struct wire_property *xml_element_property(struct xml_reading *r, const struct wire_schema *schema,
                                                 uint32_t element);

#endif
