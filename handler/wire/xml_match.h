/* What a schema says of the elements and attributes of a document, and what their shape tells where it is silent. */
#ifndef ARAZZO_XML_MATCH_H
#define ARAZZO_XML_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "wire_schema.h"
#include "xml.h"

/* The namespace of xsi:nil and xsi:type (XML Schema 1.1 Part 1, 1.3.1.2). */
#define XML_SCHEMA_INSTANCE "http://www.w3.org/2001/XMLSchema-instance"

/* The first child element, and the next sibling that is an element; 0: none. Both skip texts, comments and instructions. */
uint32_t xml_first_element(const struct xml_document *document, uint32_t parent);
uint32_t xml_next_element(const struct xml_document *document, uint32_t element);

/* The property that an element of this local name is: xml.name counts first, then xml.name of an array's items, then the
 * property's own name. NULL when there is none. */
const struct wire_property *xml_match_element(const struct wire_schema *schema, sv name);

/* The same in an answer, where EC2 calls a list instancesSet or volumeSet that descriptions written by hand call instances or
 * volumes. Such names count last. */
const struct wire_property *xml_match_read(const struct wire_schema *schema, sv name);

/* The property that an attribute is, by its local name or as it is written (xsi:type). */
const struct wire_property *xml_match_attribute(const struct wire_schema *schema, const struct xml_node *attribute);

/* Whether an element that is an array by its schema holds the items, rather than being one of them. Where neither wrapped: true
 * nor wrapped: false is written, it does so if all that it holds are elements named member, item or entry, or as the items
 * are. An empty one is taken for an empty list. */
bool xml_is_wrapper(const struct xml_document *document, uint32_t element, const struct wire_schema *array);

/* Whether an element holds a name and a value and nothing else: <key/><value/>, <Key/><Value/>, <name/><value/>, <Name/><Value/>;
 * that is how AWS's XML writes an entry of a map. */
bool xml_is_entry(const struct xml_document *document, uint32_t element, uint32_t *key, uint32_t *value);

#endif
