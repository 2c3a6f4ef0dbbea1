/* A table-free UTF-8 decoder. */
#include "utf8.h"

#include "sb.h"

static size_t sequence_length(unsigned char first) {
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first <= 0xDF) {
    return 2;
  }
  if (first >= 0xE0 && first <= 0xEF) {
    return 3;
  }
  return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

size_t utf8_decode(sv text, uint32_t *code_point) {
  static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  static const unsigned char lead_mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  if (text.len == 0) {
    return 0;
  }
  size_t length = sequence_length((unsigned char)text.ptr[0]);
  if (length == 0 || length > text.len) {
    return 0;
  }
  uint32_t value = (unsigned char)text.ptr[0] & lead_mask[length];
  for (size_t i = 1; i < length; i++) {
    unsigned char byte = (unsigned char)text.ptr[i];
    if ((byte & 0xC0) != 0x80) {
      return 0;
    }
    value = value << 6 | (byte & 0x3F);
  }
  /* RFC 3629 3: no overlong sequence, no surrogate, nothing above U+10FFFF. */
  if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
    return 0;
  }
  *code_point = value;
  return length;
}

size_t utf8_encode(uint32_t code_point, char out[4]) {
  static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
  size_t more = code_point < 0x80 ? 0 : code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  out[0] = (char)(lead[more] | (code_point >> (6 * more)));
  for (size_t i = 1; i <= more; i++) {
    out[i] = (char)(0x80 | ((code_point >> (6 * (more - i))) & 0x3F));
  }
  return more + 1;
}

void utf8_put(struct sb *out, uint32_t code_point) {
  char bytes[4];
  size_t count = utf8_encode(code_point, bytes);
  sb_put(out, (sv){bytes, count});
}

size_t utf8_valid_prefix(sv text) {
  size_t at = 0;
  uint32_t ignored = 0;
  while (at < text.len) {
    size_t length = utf8_decode(sv_slice(text, at, text.len), &ignored);
    if (length == 0) {
      return at;
    }
    at += length;
  }
  return at;
}

size_t utf8_count(sv text) {
  size_t count = 0;
  for (size_t i = 0; i < text.len; i++) {
    count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
  }
  return count;
}

bool utf8_may_show(uint32_t c) {
  bool is_direction =
      c == 0x061C || (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  bool is_control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  return !is_control && !is_direction && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF;
}
