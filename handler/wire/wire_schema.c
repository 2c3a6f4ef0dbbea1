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

sv wire_xml_name(const struct wire_property *property) {
  return property->schema && property->schema->xml_name.len ? property->schema->xml_name : property->name;
}

const struct wire_schema *wire_items(const struct wire_schema *schema) {
  return schema && schema->type == WIRE_ARRAY ? schema->items : NULL;
}

sv wire_item_name(const struct wire_schema *schema) {
  const struct wire_schema *items = wire_items(schema);
  return items ? items->xml_name : SV("");
}

bool wire_is_map(const struct wire_schema *schema) {
  return schema && schema->type == WIRE_OBJECT && schema->values && !schema->property_count;
}

struct wire_entry_names wire_entry_names(const struct wire_schema *map) {
  struct wire_entry_names names = {.key = SV("key"), .value = SV("value")};
  if (map && map->map_key.len && map->map_value.len) {
    return (struct wire_entry_names){.key = map->map_key, .value = map->map_value};
  }
  if (map && map->values && map->values->xml_name.len) {
    names.value = map->values->xml_name;
  }
  if (map && sv_eq(names.value, SV("Value"))) {
    names.key = sv_eq(map->xml_name, SV("Tag")) ? SV("Key") : SV("Name");
  }
  return names;
}
