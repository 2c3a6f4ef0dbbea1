/* multipart bodies (RFC 2046 5.1, RFC 7578; OpenAPI 3.2, Encoding Object). */
#ifndef ARAZZO_MULTIPART_H
#define ARAZZO_MULTIPART_H

#include "media.h"

/* True for multipart/form-data, parameters behind ';' or not. */
bool multipart_type_is_form(sv content_type);

/* Whether a media type names a boundary that can be used as it is (RFC 2046 5.1.1: 1 to 70 of its characters), or none. */
bool multipart_type_is_valid(sv content_type);

/* Appends the parts of an object, or of a list unless the type is multipart/form-data. `media` (may be NULL) says how its properties
 * are written. `*full_type` is `content_type` with the boundary in it: its own, else one that is derived from the content, so that
 * the same value always gives the same bytes. ERR_INVALID for values that have no place, for content that holds the
 * boundary; ERR_LIMIT beyond out's maximum or LIMIT_JSON_DEPTH; ERR_MEMORY. */
bool multipart_put(struct sb *out, sv content_type, const struct media *media, const json *value, sv *full_type,
                   struct err *e);

#endif
