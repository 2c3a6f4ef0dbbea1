/* What a description's schema says of a value as it is written in a request or response: its type, and its names in XML. It is
 * made by spec/wire_compile.c; plain data, constant once it is loaded, and cyclic where the schema is recursive. */
#ifndef ARAZZO_WIRE_SCHEMA_H
#define ARAZZO_WIRE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"

enum wire_type { WIRE_ANY, WIRE_OBJECT, WIRE_ARRAY, WIRE_STRING, WIRE_INTEGER, WIRE_NUMBER, WIRE_BOOLEAN };

struct wire_property;

/* OpenAPI 3.2, Schema Object and XML Object. Absent texts are empty, absent schemas NULL. Of several XML Objects for one schema
 * (allOf, a $ref and its neighbours) each member counts by itself: one may say the name, another one `wrapped`. */
struct wire_schema {
  enum wire_type type; /* WIRE_ANY: nothing is said, or several types are allowed */
  bool is_bytes;       /* format binary or byte, or contentEncoding: the text is base64 of what is meant */
  bool is_base64;      /* format byte, or contentEncoding: base64 is also what is sent and received */
  const json *only;    /* the one value that is allowed (const, or an enum of one); NULL: not so */
  sv component;        /* the name under which the description keeps it: the name of an XML root without xml_name */
  sv xml_name;
  sv xml_prefix;
  sv xml_namespace;
  bool xml_attribute;
  bool xml_wrapped; /* wrapped: true */
  bool xml_flat;    /* wrapped: false is written. Without either the protocols differ in what they do. */
  bool xml_text;    /* no element of its own: the text of the element around it (nodeType text or cdata) */
  sv query_name;    /* x-aws-queryName: its name in requests of the ec2 protocol, when it is another one */
  sv map_entry;     /* x-aws-map: the names of the elements of an object with `values` in AWS's XML */
  sv map_key;
  sv map_value;
  const struct wire_property *properties;
  size_t property_count;
  const struct wire_schema *items;  /* of an array */
  const struct wire_schema *values; /* of an object's other members (additionalProperties) */
};

struct wire_property {
  sv name;
  bool required;
  const struct wire_schema *schema;
};

/* The property of this name; NULL when there is none, or `schema` is NULL. */
const struct wire_property *wire_property(const struct wire_schema *schema, sv name);

/* The name of the property's element or attribute in XML: xml.name, else its own. */
sv wire_xml_name(const struct wire_property *property);

/* The schema of the array's elements; NULL when there is none, or `schema` is none of an array. */
const struct wire_schema *wire_items(const struct wire_schema *schema);

/* The name that xml.name of the array's items gives to their elements; empty when it does not. */
sv wire_item_name(const struct wire_schema *schema);

/* An object whose members have names that the schema does not know, and values of one schema. */
bool wire_is_map(const struct wire_schema *schema);

/* How AWS's protocols call key and value of a map's entries. OpenAPI can name the values (xml.name of additionalProperties), but not
 * the keys: where values are called Value, keys are called Name; else they are key and value. */
struct wire_entry_names {
  sv key;
  sv value;
};

struct wire_entry_names wire_entry_names(const struct wire_schema *map);

#endif
