/* Trees and schemas of a case. */
#include "wire_case.h"

#include <stdlib.h>

#include "errinfo.h"
#include "text_case.h"

json *wire_case_json(struct arena *arena, const cJSON *data, const char *member) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(data, member);
  char *text = item ? cJSON_PrintUnformatted(item) : NULL;
  struct err e = {0};
  json *value = NULL;
  assert_true(!text || json_parse(arena, sv_from(text), &value, &e));
  free(text);
  return value;
}

const struct wire_schema *wire_case_schema(struct arena *arena, const cJSON *data) {
  const json *notation = wire_case_json(arena, data, "schema");
  const struct wire_schema *schema = wire_notation(arena, notation);
  assert_int_equal(schema != NULL, notation != NULL);
  return schema;
}

const struct wire_schema *wire_case_notation(struct arena *arena, const char *text) {
  struct err e = {0};
  json *notation = NULL;
  assert_true(json_parse(arena, sv_from(text), &notation, &e));
  const struct wire_schema *schema = wire_notation(arena, notation);
  assert_non_null(schema);
  return schema;
}

void wire_case_assert_error(const cJSON *data, const struct err *e) {
  const cJSON *expected = cJSON_GetObjectItemCaseSensitive(data, "error");
  const char *where = case_text(expected, "where");
  text_case_assert_error(expected, e);
  assert_string_equal(e->where, where ? where : "");
}
