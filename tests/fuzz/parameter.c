/* Any JSON as a parameter's value, in each place and style: it is refused, or written. What is written for a path or query is one
 * part of it: no character in it ends the path, the query or the URL; a cookie adds no other one. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "parameter_text.h"
#include "sb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_characters(enum parameter_in in, sv text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    bool is_url = in == IN_PATH || in == IN_QUERY;
    bool ends = c == '#' || c <= ' ' || c > '~' || (in == IN_PATH && (c == '?' || c == '/'));
    if (is_url && ends) {
      abort();
    }
    if (in == IN_COOKIE && (c == '\r' || c == '\n')) {
      abort();
    }
  }
}

static void put(struct arena *arena, enum parameter_in in, const json *value, struct parameter_style style) {
  struct sb out = sb_new(arena, MIB(1));
  struct err e = {0};
  bool good = parameter_put(&out, in, SV("n;&"), value, &style, false, &e);
  if (good != (e.code == ERR_NONE) || (!good && (e.code != ERR_INVALID || !e.text[0]))) {
    abort();
  }
  if (good) {
    check_characters(in, sb_view(&out));
  }
}

static void put_everywhere(struct arena *arena, const json *value) {
  for (unsigned in = 0; in < PARAMETER_IN_COUNT; in++) {
    for (unsigned style = STYLE_SIMPLE; style <= STYLE_COOKIE; style++) {
      bool fits = style != STYLE_COOKIE || in == IN_COOKIE; /* OpenAPI 3.2, Style Values; others are refused at load */
      for (unsigned flags = 0; fits && flags < 4; flags++) {
        put(arena, (enum parameter_in)in, value,
            (struct parameter_style){(enum parameter_style_name)style, flags & 1, flags & 2});
      }
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(256));
  struct err e = {0};
  json *value = NULL;
  if (size <= KIB(4) && json_parse(arena, (sv){(const char *)data, size}, &value, &e) &&
      json_type(value) != JSON_NULL) {
    put_everywhere(arena, value);
  }
  arena_drop(arena);
  return 0;
}
