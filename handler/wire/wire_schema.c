/* Looking into compiled schemas. */
#include "wire_schema.h"

const struct wire_property *wire_property(const struct wire_schema *schema, sv name) {
  for (size_t i = 0; schema && i < schema->property_count; i++) {
    if (sv_eq(schema->properties[i].name, name)) {
      return &schema->properties[i];
    }
  }
  return NULL;
}
