/* What a description's schema says of a value as it is written in a request or response: its type, and its names in XML. It is
 * made by spec/wire_compile.c; plain data, constant once it is loaded, and cyclic where the schema is recursive. */
#ifndef ARAZZO_WIRE_SCHEMA_H
#define ARAZZO_WIRE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"

enum wire_type { WIRE_ANY, WIRE_OBJECT, WIRE_ARRAY, WIRE_STRING, WIRE_INTEGER, WIRE_NUMBER, WIRE_BOOLEAN };

struct wire_property;

/* OpenAPI 3.2, Schema Object and XML Object. Absent texts are empty, absent schemas NULL. */
struct wire_schema {
  enum wire_type type; /* WIRE_ANY: nothing is said, or several types are allowed */
  bool is_bytes;       /* format binary, or contentEncoding: the text is base64 of what is meant */
  const json *only;    /* the one value that is allowed (const, or an enum of one); NULL: not so */
  sv xml_name;
  sv xml_prefix;
  sv xml_namespace;
  bool xml_attribute;
  bool xml_wrapped;
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

#endif
