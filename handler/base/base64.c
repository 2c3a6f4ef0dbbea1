/* Base64 without tables for decoding: a character's value is its place in the alphabet.
 *
 * RFC 4648 3.2, 3.3, 3.5: what is not canonical is refused, so that one text stands for one sequence of bytes, and a text that was
 * cut or is no base64 at all is found out before it is sent. Padding may be left out as a whole, as base64url mostly is. */
#include "base64.h"

#include <stdint.h>

#include "arena.h"
#include "errinfo.h"
#include "sb.h"

static const char *letters_of(enum base64_alphabet alphabet) {
  return alphabet == BASE64_URL ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                                : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}

static uint32_t byte_or_zero(sv bytes, size_t at) {
  return at < bytes.len ? (unsigned char)bytes.ptr[at] : 0U;
}

/* RFC 4648 4: 24 bits are four characters; what is missing of them is padded. */
void base64_put(struct sb *out, sv bytes, enum base64_alphabet alphabet) {
  const char *letters = letters_of(alphabet);
  for (size_t i = 0; i < bytes.len; i += 3) {
    uint32_t bits = byte_or_zero(bytes, i) << 16 | byte_or_zero(bytes, i + 1) << 8 | byte_or_zero(bytes, i + 2);
    size_t count = bytes.len - i < 3 ? bytes.len - i + 1 : 4;
    for (unsigned j = 0; j < 4; j++) {
      sb_char(out, j < count ? letters[bits >> (18 - 6 * j) & 63U] : '=');
    }
  }
}

static int value_of(char c, enum base64_alphabet alphabet) {
  const char *letters = letters_of(alphabet);
  size_t at = sv_find((sv){letters, 64}, c);
  return at < 64 ? (int)at : -1;
}

static enum base64_alphabet alphabet_of(sv text) {
  bool is_url = sv_find(text, '-') < text.len || sv_find(text, '_') < text.len;
  return is_url ? BASE64_URL : BASE64_STANDARD;
}

/* Without padding, which is right or not there at all. */
static bool without_padding(sv *text) {
  size_t padding = 0;
  while (padding < 2 && padding < text->len && text->ptr[text->len - 1 - padding] == '=') {
    padding++;
  }
  bool good = padding == 0 || text->len % 4 == 0;
  *text = sv_slice(*text, 0, text->len - padding);
  return good && text->len % 4 != 1;
}

/* Decodes up to four characters; -1 for another character, and for bits that no byte takes. */
static int decode_group(sv group, enum base64_alphabet alphabet, char out[3]) {
  uint32_t bits = 0;
  for (size_t i = 0; i < 4; i++) {
    int value = i < group.len ? value_of(group.ptr[i], alphabet) : 0;
    if (value < 0) {
      return -1;
    }
    bits = bits << 6 | (uint32_t)value;
  }
  int count = (int)group.len - 1;
  if (bits & (0xFFFFFFU >> (8 * count))) {
    return -1;
  }
  for (int i = 0; i < count; i++) {
    out[i] = (char)(bits >> (16 - 8 * i) & 0xFFU);
  }
  return count;
}

bool base64_decode(struct arena *arena, sv text, sv *bytes, struct err *e) {
  enum base64_alphabet alphabet = alphabet_of(text);
  sv rest = text;
  if (!without_padding(&rest)) {
    return err_set(e, ERR_INVALID, "it is not base64: its length is not right, so that a part of it may be missing");
  }
  char *made = arena_alloc(arena, rest.len / 4 * 3 + 3);
  size_t count = 0;
  if (!made) {
    return err_memory(e);
  }
  for (size_t i = 0; i < rest.len; i += 4) {
    int more = decode_group(sv_slice(rest, i, i + 4), alphabet, made + count);
    if (more < 0) {
      return err_set(e, ERR_INVALID, "it is not base64: from character %zu on; write it without line breaks", i + 1);
    }
    count += (size_t)more;
  }
  *bytes = (sv){made, count};
  return true;
}
