/* The encodings that answers of HTTP services still have. As browsers do, ISO-8859-1 is read as windows-1252, which differs in
 * characters that no ISO-8859-1 text has (WHATWG Encoding Standard 4.2); UTF-16 is only read where its byte order is known. */
#include "charset.h"

#include <stdint.h>

#include "errinfo.h"
#include "sb.h"
#include "utf8.h"

enum charset { CHARSET_UTF8, CHARSET_WINDOWS_1252, CHARSET_UTF16, CHARSET_UTF16LE, CHARSET_UTF16BE, CHARSET_COUNT };

static enum charset charset_named(sv name) {
  static const struct {
    const char *name;
    enum charset charset;
  } names[] = {
      {"utf-8", CHARSET_UTF8},
      {"utf8", CHARSET_UTF8},
      {"us-ascii", CHARSET_UTF8},
      {"ascii", CHARSET_UTF8},
      {"iso-8859-1", CHARSET_WINDOWS_1252},
      {"latin1", CHARSET_WINDOWS_1252},
      {"windows-1252", CHARSET_WINDOWS_1252},
      {"cp1252", CHARSET_WINDOWS_1252},
      {"utf-16", CHARSET_UTF16},
      {"utf-16le", CHARSET_UTF16LE},
      {"utf-16be", CHARSET_UTF16BE},
  };
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (sv_eq_nocase(name, sv_from(names[i].name))) {
      return names[i].charset;
    }
  }
  return CHARSET_COUNT;
}

/* Index windows-1252 of the Encoding Standard, 0x80 to 0x9F; every other byte is the code point of its value. */
static uint32_t of_windows_1252(unsigned char byte) {
  static const uint16_t others[] = {0x20AC, 0x81,   0x201A, 0x192,  0x201E, 0x2026, 0x2020, 0x2021,
                                    0x2C6,  0x2030, 0x160,  0x2039, 0x152,  0x8D,   0x17D,  0x8F,
                                    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                    0x2DC,  0x2122, 0x161,  0x203A, 0x153,  0x9D,   0x17E,  0x178};
  return byte >= 0x80 && byte <= 0x9F ? others[byte - 0x80] : byte;
}

static uint32_t unit_at(sv bytes, size_t at, bool big_endian) {
  unsigned char first = (unsigned char)bytes.ptr[at];
  unsigned char second = (unsigned char)bytes.ptr[at + 1];
  return big_endian ? (uint32_t)(first << 8 | second) : (uint32_t)(second << 8 | first);
}

/* RFC 2781 2.2: the code point at `*at`, which moves behind it; false for half of a pair. */
static bool next_code_point(sv bytes, size_t *at, bool big_endian, uint32_t *out) {
  uint32_t high = *at + 2 <= bytes.len ? unit_at(bytes, *at, big_endian) : 0xDC00;
  *out = high;
  *at += 2;
  if (high < 0xD800 || high > 0xDFFF) {
    return true;
  }
  uint32_t low = high < 0xDC00 && *at + 2 <= bytes.len ? unit_at(bytes, *at, big_endian) : 0;
  *at += 2;
  *out = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
  return low >= 0xDC00 && low <= 0xDFFF;
}

static bool put_utf16(struct sb *out, sv bytes, bool big_endian, struct err *e) {
  for (size_t at = 0; at < bytes.len;) {
    size_t from = at;
    uint32_t code_point;
    if (!next_code_point(bytes, &at, big_endian, &code_point)) {
      return err_set(e, ERR_INVALID, "byte %zu is not of a character in UTF-16", from);
    }
    utf8_put(out, code_point);
  }
  return true;
}

/* RFC 2781 3.2: the byte order mark; without it the order would be a guess. */
static bool put_marked_utf16(struct sb *out, sv bytes, struct err *e) {
  bool is_big = sv_starts(bytes, SV("\xFE\xFF"));
  if (!is_big && !sv_starts(bytes, SV("\xFF\xFE"))) {
    return err_set(e, ERR_INVALID, "it is in UTF-16, but does not start with a byte order mark");
  }
  return put_utf16(out, sv_slice(bytes, 2, bytes.len), is_big, e);
}

static void put_windows_1252(struct sb *out, sv bytes) {
  for (size_t i = 0; i < bytes.len; i++) {
    utf8_put(out, of_windows_1252((unsigned char)bytes.ptr[i]));
  }
}

bool charset_decode(struct arena *arena, sv name, sv bytes, sv *text, struct err *e) {
  struct sb out = sb_new(arena, bytes.len * 3);
  bool good = true;
  switch (charset_named(name)) {
  case CHARSET_UTF8:
    *text = bytes;
    return true;
  case CHARSET_WINDOWS_1252:
    put_windows_1252(&out, bytes);
    break;
  case CHARSET_UTF16:
    good = put_marked_utf16(&out, bytes, e);
    break;
  case CHARSET_UTF16LE:
    good = put_utf16(&out, bytes, false, e);
    break;
  case CHARSET_UTF16BE:
    good = put_utf16(&out, bytes, true, e);
    break;
  case CHARSET_COUNT:
    return err_set(e, ERR_UNSUPPORTED,
                   "the charset '%.*s' is not known; UTF-8, ISO-8859-1, windows-1252 and UTF-16 are",
                   SV_ARG(sv_slice(name, 0, 60)));
  }
  return good && sb_finish(&out, "the converted text", text, e);
}
