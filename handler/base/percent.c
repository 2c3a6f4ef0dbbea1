/* Percent-encoding: decoding only; what is to be encoded depends on the part of a URL (net/url.c). */
#include "percent.h"

#include "arena.h"
#include "errinfo.h"

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool percent_decode(struct arena *arena, sv text, sv *out, struct err *e) {
  char *bytes = arena_alloc(arena, text.len + 1);
  size_t length = 0;
  if (!bytes) {
    return err_memory(e);
  }
  for (size_t i = 0; i < text.len; i++) {
    int high = text.ptr[i] == '%' && i + 2 < text.len ? hex_value(text.ptr[i + 1]) : -1;
    int low = high >= 0 ? hex_value(text.ptr[i + 2]) : -1;
    bytes[length++] = low >= 0 ? (char)(high * 16 + low) : text.ptr[i];
    i += low >= 0 ? 2 : 0;
  }
  *out = (sv){bytes, length};
  return true;
}
