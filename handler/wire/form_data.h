/* Form data: an object as application/x-www-form-urlencoded (OpenAPI 3.2, Encoding Object). */
#ifndef ARAZZO_FORM_DATA_H
#define ARAZZO_FORM_DATA_H

#include "media.h"

/* Appends the pairs of an object. `media` (may be NULL) says how its properties are written. ERR_INVALID for what is no object,
 * and for a property that its encoding can't write; ERR_LIMIT for LIMIT_JSON_DEPTH. */
bool form_data_put(struct sb *out, const struct media *media, const json *value, struct err *e);

#endif
