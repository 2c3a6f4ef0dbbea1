/* JSON string literals. Only what RFC 8259 section 7 requires is escaped: quote, backslash, and control characters. */
#include "quote.h"

#include "sb.h"
#include "utf8.h"

static char short_escape(char c) {
  switch (c) {
  case '"':
    return '"';
  case '\\':
    return '\\';
  case '\b':
    return 'b';
  case '\f':
    return 'f';
  case '\n':
    return 'n';
  case '\r':
    return 'r';
  case '\t':
    return 't';
  default:
    return '\0';
  }
}

static void put_ascii(struct sb *out, char c) {
  char letter = short_escape(c);
  if (letter) {
    sb_char(out, '\\');
    sb_char(out, letter);
  } else if ((unsigned char)c < 0x20) {
    /* RFC 8259 7: control characters (U+0000 through U+001F) MUST be escaped. */
    sb_format(out, "\\u%04x", (unsigned)c);
  } else {
    sb_char(out, c);
  }
}

/* The length of the run at the start that needs no escape and is valid. */
static size_t plain_run(sv text) {
  size_t at = 0;
  while (at < text.len && (unsigned char)text.ptr[at] < 0x80 && (unsigned char)text.ptr[at] >= 0x20 &&
         text.ptr[at] != '"' && text.ptr[at] != '\\') {
    at++;
  }
  return at;
}

void quote_json(struct sb *out, sv text) {
  sb_char(out, '"');
  while (text.len) {
    uint32_t code_point = 0;
    bool is_ascii = (unsigned char)text.ptr[0] < 0x80;
    size_t whole = is_ascii ? plain_run(text) : utf8_decode(text, &code_point);
    sb_put(out, sv_slice(text, 0, whole));
    if (whole == 0 && is_ascii) {
      put_ascii(out, text.ptr[0]);
    } else if (whole == 0) {
      utf8_put(out, 0xFFFD);
    }
    text = sv_slice(text, whole ? whole : 1, text.len);
  }
  sb_char(out, '"');
}
