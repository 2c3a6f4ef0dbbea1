/* JSON values as XML documents, for the bodies of requests. */
#ifndef ARAZZO_XML_WRITE_H
#define ARAZZO_XML_WRITE_H

#include <stdbool.h>

#include "wire_schema.h"

struct sb;

/* What a schema means that says neither wrapped: true nor wrapped: false of an array. */
enum xml_lists {
  XML_LISTS_OPENAPI, /* OpenAPI 3.2: the items have no element around them */
  XML_LISTS_AWS /* descriptions made from AWS's models: they have one, and are called member, unless xml.name says otherwise;
                        maps are <entry><key/><value/></entry> */
};

/* Appends `value` as an XML document. The root element is called as the schema's xml.name, else its component, else `root` says;
 * where there is none of them, the value must be an object with one member, which is the root element, or what the schema's only
 * property holds, which is the root element then. A value that holds nothing but a member called as the root element, of which the
 * schema knows nothing, is written as what that member holds.
 *
 * Members that the schema knows (by their names, or as xml.name calls them) come first and in its order, then the others as
 * elements of their own names. null is left out. "@name" is an attribute, "#text" the element's text, and "@xmlns" and
 * "@xmlns:p" declare namespaces, as trees of XML have them. `schema` may be NULL.
 *
 * ERR_INVALID with the path to the member: no name for the root element, a name that XML can't have, a prefix without a
 * namespace, characters that XML 1.0 can't hold, an array or object as an attribute. ERR_LIMIT for LIMIT_WIRE_STEPS,
 * ERR_MEMORY; that `out` is full is seen by its owner. Recursion is as deep as the value nests. */
bool xml_write(struct sb *out, const json *value, const struct wire_schema *schema, sv root, enum xml_lists lists,
               struct err *e);

/* Whether the root element of the value has a name, by the schema and by the names of the value's members, which need not be
 * evaluated yet. ERR_INVALID. */
bool xml_write_check_root(const json *value, const struct wire_schema *schema, struct err *e);

#endif
