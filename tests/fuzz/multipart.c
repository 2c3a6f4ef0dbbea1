/* Any JSON as multipart and as form data, and any text as a media type: it is refused, or written. The boundary of what is written is
 * as often in it as there are parts, and once more; form data holds only what form data may. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "form_data.h"
#include "limits.h"
#include "multipart.h"
#include "sb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t part_count(const json *value) {
  size_t count = 0;
  for (const json *part = json_first(value); part; part = part->next) {
    bool is_list = json_type(part) == JSON_ARRAY && part->string;
    for (const json *each = is_list ? json_first(part) : part; each; each = is_list ? each->next : NULL) {
      count += json_type(each) != JSON_NULL;
    }
  }
  return count;
}

static size_t occurrences(sv text, sv part) {
  size_t count = 0;
  for (size_t i = 0; i + part.len <= text.len; i++) {
    count += sv_eq(sv_slice(text, i, i + part.len), part);
  }
  return count;
}

static void write_multipart(struct arena *arena, sv type, const json *value) {
  struct sb out = sb_new(arena, MIB(1));
  struct err e = {0};
  sv full = SV("");
  sv boundary = SV("");
  bool good = multipart_put(&out, type, NULL, value, &full, &e);
  if (good != (e.code == ERR_NONE) || e.code == ERR_INTERNAL) {
    abort();
  }
  if (good && (!media_type_parameter(full, SV("boundary"), &boundary) || !multipart_type_is_valid(full) ||
               occurrences(sb_view(&out), boundary) != part_count(value) + 1)) {
    abort();
  }
}

static void write_form(struct arena *arena, const json *value) {
  struct sb out = sb_new(arena, MIB(1));
  struct err e = {0};
  bool good = form_data_put(&out, NULL, value, &e);
  if (good != (e.code == ERR_NONE)) {
    abort();
  }
  for (size_t i = 0; good && i < out.len; i++) {
    if (out.data[i] <= ' ' || out.data[i] > '~' || out.data[i] == '"') {
      abort();
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  sv text = {(const char *)data, size <= KIB(16) ? size : 0};
  struct err e = {0};
  json *value = NULL;
  sv ignored;
  media_type_parameter(text, SV("boundary"), &ignored);
  multipart_type_is_valid(text);
  if (json_parse(arena, text, &value, &e)) {
    write_multipart(arena, SV("multipart/form-data"), value);
    write_multipart(arena, SV("multipart/mixed"), value);
    write_form(arena, value);
  }
  arena_drop(arena);
  return 0;
}
