/* What a YAML scalar's text means by the core schema. */
#ifndef ARAZZO_YAML_SCALAR_H
#define ARAZZO_YAML_SCALAR_H

#include "errinfo.h"
#include "json.h"

/* The value of a plain scalar without a tag. Sets no place. ERR_UNSUPPORTED for .inf and .nan, ERR_LIMIT for numbers out
 * of bounds, ERR_MEMORY. */
bool yaml_plain(struct arena *arena, sv text, json **out, struct err *e);

/* The value of a scalar with an explicit tag, such as "tag:yaml.org,2002:int". ERR_INVALID when the text does not fit
 * the tag, ERR_UNSUPPORTED for tags outside of the core schema, else as yaml_plain. */
bool yaml_tagged(struct arena *arena, sv tag, sv text, json **out, struct err *e);

/* The value of a quoted or block scalar: its text. ERR_UNSUPPORTED when it holds U+0000. */
bool yaml_quoted(struct arena *arena, sv text, json **out, struct err *e);

#endif
