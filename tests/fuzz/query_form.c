/* Any JSON as the value of a form in AWS's query protocols, written with each of the schemas: it holds only what a form may. */
#include "query_form.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "wire_schemas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(sv text) {
  bool in_value = false;
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!is_plain && c != '%' && c != '.' && c != '-' && c != '_' && c != '~' && c != (in_value ? '&' : '=')) {
      abort();
    }
    in_value = c == '=' || (in_value && c != '&');
  }
  if (text.len && !in_value) {
    abort();
  }
}

static void write_value(struct arena *arena, const json *value, const struct wire_schema *schema,
                        enum query_flavour flavour) {
  struct sb out = sb_new(arena, MIB(64));
  struct err e = {0};
  bool good = query_form_write(&out, value, schema, flavour, &e);
  if (good != (e.code == ERR_NONE) || (e.code == ERR_INVALID) != (json_type(value) != JSON_OBJECT)) {
    abort();
  }
  check(sb_view(&out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  for (size_t i = 0; i <= WIRE_SCHEMA_COUNT; i++) {
    struct arena *arena = arena_new(MIB(256));
    struct err e = {0};
    json *value = NULL;
    if (json_parse(arena, (sv){(const char *)data, size}, &value, &e)) {
      write_value(arena, value, wire_schema_at(arena, i), QUERY_AWS);
      write_value(arena, value, wire_schema_at(arena, i), QUERY_EC2);
    }
    arena_drop(arena);
  }
  return 0;
}
