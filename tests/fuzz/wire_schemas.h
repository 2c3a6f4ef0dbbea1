/* Schemas for the fuzz targets of the wire layer, with short names that an input soon holds. */
#ifndef ARAZZO_WIRE_SCHEMAS_H
#define ARAZZO_WIRE_SCHEMAS_H

#include <stdlib.h>

#include "errinfo.h"
#include "wire_notation.h"

static const char *const wire_schemas[] = {
    "{\"id\":\"r\",\"type\":\"object\",\"xml\":{\"name\":\"r\",\"namespace\":\"u\"},\"properties\":{"
    "\"a\":{\"type\":\"array\",\"items\":{\"ref\":\"r\"}},"
    "\"b\":{\"type\":\"array\",\"xml\":{\"name\":\"B\",\"wrapped\":true},\"items\":{\"type\":\"integer\"}},"
    "\"c\":{\"type\":\"array\",\"xml\":{\"name\":\"C\",\"wrapped\":false},\"items\":{\"type\":\"boolean\"}},"
    "\"d\":{\"type\":\"object\",\"xml\":{\"name\":\"D\"},\"additionalProperties\":{\"ref\":\"r\"}},"
    "\"e\":{\"type\":\"object\",\"xml\":{\"name\":\"Tag\",\"wrapped\":false},"
    "\"additionalProperties\":{\"type\":\"number\",\"xml\":{\"name\":\"Value\"}}},"
    "\"f\":{\"type\":\"string\",\"xml\":{\"name\":\"p:f\",\"attribute\":true}},"
    "\"g\":{\"xml\":{\"name\":\"xsi:type\",\"attribute\":true}},"
    "\"h\":{\"xml\":{\"prefix\":\"p\",\"namespace\":\"v\"},\"x-aws-queryName\":\"H\"},"
    "\"i\":{\"type\":\"array\",\"items\":{\"type\":\"array\",\"xml\":{\"name\":\"j\"},\"items\":{}}},"
    "\"k\":{\"xml\":{\"attribute\":true,\"prefix\":\"q\",\"namespace\":\"w\"}}}}",
    "{\"type\":\"array\",\"component\":\"l\",\"items\":{\"type\":\"object\",\"properties\":{\"l\":{},\"m\":{}}}}",
    "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}}",
};

#define WIRE_SCHEMA_COUNT (sizeof wire_schemas / sizeof *wire_schemas)

/* The schema of this place; NULL behind the last one, which is as good a schema. */
static inline const struct wire_schema *wire_schema_at(struct arena *arena, size_t at) {
  struct err e = {0};
  json *notation = NULL;
  if (at == WIRE_SCHEMA_COUNT) {
    return NULL;
  }
  if (!json_parse(arena, sv_from(wire_schemas[at]), &notation, &e)) {
    abort();
  }
  return wire_notation(arena, notation);
}

#endif
