/* Percent-encoding. What is to be encoded depends on the part of a URL, which the caller knows. */
#include "percent.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "sb.h"

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

/* RFC 3986 2.3: unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~" */
static bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

static void put_byte(struct sb *out, char c, const char *keep) {
  static const char digits[] = "0123456789ABCDEF";
  unsigned char byte = (unsigned char)c;
  if (is_unreserved(c) || (c && strchr(keep, c))) {
    sb_char(out, c);
  } else {
    sb_put(out, (sv){(const char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3});
  }
}

void percent_put(struct sb *out, sv text, const char *keep) {
  for (size_t i = 0; i < text.len; i++) {
    put_byte(out, text.ptr[i], keep);
  }
}

/* RFC 3986 2.1: pct-encoded = "%" HEXDIG HEXDIG */
static bool is_encoded(sv text, size_t at) {
  return text.ptr[at] == '%' && at + 2 < text.len && hex_value(text.ptr[at + 1]) >= 0 &&
         hex_value(text.ptr[at + 2]) >= 0;
}

void percent_put_encoded(struct sb *out, sv text, const char *keep) {
  for (size_t i = 0; i < text.len; i++) {
    if (is_encoded(text, i)) {
      sb_put(out, sv_slice(text, i, i + 3));
      i += 2;
    } else {
      put_byte(out, text.ptr[i], keep);
    }
  }
}
