/* Schemas for the tests of the wire layer, from JSON that looks as schemas in a description do. */
#ifndef ARAZZO_WIRE_NOTATION_H
#define ARAZZO_WIRE_NOTATION_H

#include "wire_schema.h"

/* The schema that `notation` describes by type, properties, items, additionalProperties, xml, component and x-aws-queryName; NULL
 * when it is NULL, or memory is short. {"id": "A", …} gives a schema a name by which {"ref": "A"} further below, or behind it,
 * means it. Texts are those of the notation. */
const struct wire_schema *wire_notation(struct arena *arena, const json *notation);

#endif
