/* A value as a body, or as a part of one. */
#ifndef ARAZZO_MEDIA_VALUE_H
#define ARAZZO_MEDIA_VALUE_H

#include "byte_content.h"
#include "media.h"

/* Appends the value as a media type of this kind has it: JSON compactly, XML by the schema (NULL: nothing is said) or as the text
 * that it is, text and bytes as they are; byte content as its bytes, everywhere but in JSON. ERR_INVALID for what the kind can't
 * hold, form data and multipart among it; ERR_LIMIT for LIMIT_JSON_DEPTH. */
bool media_value_put(struct sb *out, enum media_kind kind, const json *value, const struct wire_schema *schema,
                     struct err *e);

#endif
