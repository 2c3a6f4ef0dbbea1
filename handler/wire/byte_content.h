/* Bytes as a JSON value: {"base64": "…"}, with "contentType" and "filename" where they are known. */
#ifndef ARAZZO_BYTE_CONTENT_H
#define ARAZZO_BYTE_CONTENT_H

#include <stdbool.h>

#include "json.h"

/* True for an object with a text "base64" and, at most, texts "contentType" and "filename". */
bool byte_content_is(const json *value);

/* The bytes, in the arena. ERR_INVALID when they are not base64, ERR_MEMORY. */
bool byte_content_decode(struct arena *arena, const json *value, sv *bytes, struct err *e);

/* The value of these bytes; an empty type is left out. NULL when the arena is exhausted. */
json *byte_content_new(struct arena *arena, sv bytes, sv content_type);

#endif
