/* Compiled operations and schemas as text, so that a case can say what it wants in a line. */
#ifndef ARAZZO_OPERATION_TEXT_H
#define ARAZZO_OPERATION_TEXT_H

#include "openapi.h"
#include "sb.h"

/* The schema: * { } [ ] string integer number boolean, with a property's ! for required, and behind it
 * bytes, base64, =value, #Component, <name prefix: "namespace" @ wrapped flat text>, q:queryName, map(entry,key,value).
 * A schema that lies around itself is ^. */
void schema_put(struct sb *out, const struct wire_schema *schema);

/* A line for each part of the operation: "method path", "server …", "parameter …", "request …", "response …", "security …",
 * "aws …". */
void operation_put(struct sb *out, const struct operation *operation);

#endif
