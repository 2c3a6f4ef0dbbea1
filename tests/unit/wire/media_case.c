/* The descriptions of bodies that test cases have in place of a compiled document. */
#include "media_case.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"

static sv copy(struct arena *arena, const char *text) {
  return text ? sv_copy(arena, sv_from(text)) : SV("");
}

static enum parameter_style_name style_of(const char *name) {
  return strcmp(name, "deepObject") == 0       ? STYLE_DEEP_OBJECT
         : strcmp(name, "pipeDelimited") == 0  ? STYLE_PIPE_DELIMITED
         : strcmp(name, "spaceDelimited") == 0 ? STYLE_SPACE_DELIMITED
                                               : STYLE_FORM;
}

static struct media_encoding encoding_of(struct arena *arena, const cJSON *node) {
  const char *style = case_text(node, "style");
  const cJSON *explode = cJSON_GetObjectItem(node, "explode");
  return (struct media_encoding){
      .property = copy(arena, node->string),
      .content_type = copy(arena, case_text(node, "contentType")),
      .has_style = style != NULL,
      .style = {.name = style_of(style ? style : "form"),
                .explode = !explode || cJSON_IsTrue(explode),
                .allow_reserved = cJSON_IsTrue(cJSON_GetObjectItem(node, "reserved"))},
  };
}

static const struct wire_schema *schema_of(struct arena *arena, const cJSON *names) {
  static const struct wire_schema item = {.type = WIRE_STRING, .is_bytes = true};
  static const struct wire_schema bytes = {.type = WIRE_STRING, .is_bytes = true, .items = &item};
  size_t count = (size_t)cJSON_GetArraySize(names);
  struct wire_schema *schema = arena_alloc(arena, sizeof *schema);
  struct wire_property *properties = arena_array(arena, count + 1, sizeof *properties);
  for (size_t i = 0; i < count; i++) {
    properties[i].name = copy(arena, cJSON_GetStringValue(cJSON_GetArrayItem(names, (int)i)));
    properties[i].schema = &bytes;
  }
  *schema = (struct wire_schema){.type = WIRE_OBJECT, .properties = properties, .property_count = count};
  return schema;
}

const struct media *media_case(struct arena *arena, const cJSON *data) {
  const cJSON *encodings = cJSON_GetObjectItem(data, "encoding");
  struct media_encoding *items = arena_array(arena, (size_t)cJSON_GetArraySize(encodings) + 1, sizeof *items);
  struct media *media = arena_alloc(arena, sizeof *media);
  const char *type = case_text(data, "type");
  media->type = copy(arena, type);
  media->kind = media_type_kind(media->type);
  media->schema = schema_of(arena, cJSON_GetObjectItem(data, "bytes"));
  media->encodings = items;
  const cJSON *node = NULL;
  cJSON_ArrayForEach(node, encodings) {
    items[media->encoding_count++] = encoding_of(arena, node);
  }
  return media;
}

json *media_case_value(struct arena *arena, const cJSON *data) {
  struct err e = {0};
  json *value = NULL;
  if (!json_parse(arena, sv_from(case_text(data, "value")), &value, &e)) {
    fail_msg("%s", e.text);
  }
  return value;
}
