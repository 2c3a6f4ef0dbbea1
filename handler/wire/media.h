/* What a description says of a body: its media type, its schema, and how its properties are written. */
#ifndef ARAZZO_MEDIA_H
#define ARAZZO_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

#include "media_type.h"
#include "parameter_text.h"
#include "wire_schema.h"

/* How a property of form data or multipart is written (OpenAPI 3.2, Encoding Object). */
struct media_encoding {
  sv property;
  sv content_type;              /* empty: by the property's schema */
  bool has_style;               /* `style` counts, not the content type */
  struct parameter_style style; /* form, unless the description says otherwise */
};

/* A media type that a body may have. */
struct media {
  sv type; /* as it is written; may be a range such as "text/" and an asterisk */
  enum media_kind kind;
  const struct wire_schema
      *schema; /* NULL: nothing is said, or JSON, whose values need no schema to be written or read */
  const struct media_encoding *encodings;
  size_t encoding_count;
};

struct media_list {
  const struct media *items; /* as the description lists them */
  size_t count;
};

/* The encoding of a property; NULL when nothing is said, or `media` is NULL. */
const struct media_encoding *media_encoding(const struct media *media, sv property);

/* The schema of a property; NULL when nothing is said, or `media` is NULL. */
const struct wire_schema *media_property_schema(const struct media *media, sv property);

#endif
