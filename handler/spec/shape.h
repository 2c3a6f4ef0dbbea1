/* The shape of an object in a document: which fields it may have, of which types, and which it must have. */
#ifndef ARAZZO_SHAPE_H
#define ARAZZO_SHAPE_H

#include <stdbool.h>

#include "yaml_load.h"

/* Sets of JSON types. */
#define SHAPE_STRING (1U << JSON_STRING)
#define SHAPE_NUMBER (1U << JSON_NUMBER)
#define SHAPE_BOOLEAN (1U << JSON_BOOLEAN)
#define SHAPE_ARRAY (1U << JSON_ARRAY)
#define SHAPE_OBJECT (1U << JSON_OBJECT)
#define SHAPE_NULL (1U << JSON_NULL)
#define SHAPE_ANY 0x3FU

struct shape_field {
  const char *name;
  unsigned types; /* SHAPE_ sets */
  bool required;
};

/* An object kind of the specification: its fields, ended by a field without name. */
struct shape {
  const char *what; /* "Step Object" */
  const struct shape_field *fields;
};

/* Checks `object` against its shape; names that start with "x-" are extensions and always allowed. ERR_INVALID with the
 * place of the offending node, and the nearest field name where one is misspelt. */
bool shape_check(const struct source *source, const json *object, const struct shape *shape, struct err *e);

/* The same for a value that comes from no file: an event, a state. */
bool shape_check_value(const json *object, const struct shape *shape, struct err *e);

#endif
