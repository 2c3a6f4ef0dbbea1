/* What a case says of a body's media type: {"type": …, "encoding": {property: {"contentType"?, "style"?, "explode"?, "reserved"?}},
 * "bytes": [names of properties that are bytes, or lists of bytes]}. */
#ifndef ARAZZO_MEDIA_CASE_H
#define ARAZZO_MEDIA_CASE_H

#include "cases.h"
#include "media.h"

struct arena;

/* The media type of the case, in the arena. */
const struct media *media_case(struct arena *arena, const cJSON *data);

/* The case's "value", which is JSON as text. */
json *media_case_value(struct arena *arena, const cJSON *data);

#endif
