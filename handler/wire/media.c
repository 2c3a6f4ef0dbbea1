/* Looking up what a description says of the properties of a body. */
#include "media.h"

const struct media_encoding *media_encoding(const struct media *media, sv property) {
  for (size_t i = 0; media && i < media->encoding_count; i++) {
    if (sv_eq(media->encodings[i].property, property)) {
      return &media->encodings[i];
    }
  }
  return NULL;
}

const struct wire_schema *media_property_schema(const struct media *media, sv property) {
  const struct wire_schema *schema = media ? media->schema : NULL;
  const struct wire_property *found = wire_property(schema, property);
  return found ? found->schema : schema ? schema->values : NULL;
}
