/* Any JSON as the value of an XML body, written with each of the schemas: what is written is well-formed. Where the value declares
 * namespaces that is not looked at: libxml2 refuses names of namespaces that are no URIs, and they are written as they are given. */
#include "xml_write.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "wire_schemas.h"
#include "xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_value(struct arena *arena, const json *value, const struct wire_schema *schema, enum xml_lists lists,
                        bool is_checked) {
  struct sb out = sb_new(arena, LIMIT_XML_BYTES);
  struct xml_document document;
  struct err e = {0};
  sv text;
  bool good = xml_write(&out, value, schema, SV("root"), lists, &e);
  if (good != (e.code == ERR_NONE) || e.code == ERR_INTERNAL) {
    abort();
  }
  if (good && is_checked && sb_finish(&out, "the body", &text, &e) &&
      xml_read(arena, text, false, &document, &e) == XML_MALFORMED) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv text = {(const char *)data, size};
  bool is_checked = !sv_contains(text, SV("xmlns")) && !sv_contains(text, SV("\\u"));
  for (size_t i = 0; i <= WIRE_SCHEMA_COUNT; i++) {
    struct arena *arena = arena_new(MIB(256));
    struct err e = {0};
    json *value = NULL;
    if (json_parse(arena, text, &value, &e)) {
      write_value(arena, value, wire_schema_at(arena, i), XML_LISTS_OPENAPI, is_checked);
      write_value(arena, value, wire_schema_at(arena, i), XML_LISTS_AWS, is_checked);
    }
    arena_drop(arena);
  }
  return 0;
}
