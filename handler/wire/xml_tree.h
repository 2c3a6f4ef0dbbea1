/* XML bodies as JSON trees, for pointers, member access and JSONPath. */
#ifndef ARAZZO_XML_TREE_H
#define ARAZZO_XML_TREE_H

#include <stdbool.h>

#include "wire_schema.h"

/* Reads an XML text into a tree, which is what lies below the root element:
 *
 * - Members are the child elements by their local names; attributes are members, too, where no element has the name. Elements
 *   of one name that come more than once are an array, and so is what the schema calls one.
 * - An element without attributes (declarations of namespaces and xsi:… aside) and child elements is its text, which is a number
 *   or boolean where the schema says so and the text is one; xsi:nil="true" is null. Text beside attributes or elements is
 *   "#text". An empty root is {}, an empty element below it "".
 * - Where `schema` (NULL: nothing is known) names or shapes a member differently than its element is (xml.name, wrapped lists, maps,
 *   AWS's <…Result>), the member in the schema's form stands beside the elements, unless one of them has its name. A property
 *   that is called as the root element is stands for the root element.
 *
 * False with ERR_MEMORY in `e`. A text that is no such tree is no error here: `*out` is NULL, and `why` says what is wrong
 * with it: ERR_SYNTAX with line and column when it is malformed, ERR_LIMIT for XML's limits, LIMIT_JSON_VALUES,
 * LIMIT_BODY_DEPTH and LIMIT_WIRE_STEPS. The tree holds copies. */
bool xml_tree_read(struct arena *arena, sv text, const struct wire_schema *schema, json **out, struct err *why,
                   struct err *e);

#endif
