/* Names and character data. What a reader would change is written as a reference: carriage returns everywhere (XML 1.0 2.11),
 * and all white space but spaces in attributes (3.3.3), so that what is read is what was written. */
#include "xml_text.h"

#include "errinfo.h"
#include "sb.h"
#include "utf8.h"

struct range {
  uint32_t first;
  uint32_t last;
};

/* XML 1.0 2.3 [4] NameStartChar, without the colon. */
static const struct range STARTS[] = {
    {'A', 'Z'},       {'_', '_'},       {'a', 'z'},       {0xC0, 0xD6},     {0xD8, 0xF6},
    {0xF8, 0x2FF},    {0x370, 0x37D},   {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F},
    {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
};

/* XML 1.0 2.3 [4a] NameChar: these, too. */
static const struct range OTHERS[] = {
    {'-', '.'}, {'0', '9'}, {0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040},
};

static bool is_in(const struct range *ranges, size_t count, uint32_t c) {
  size_t at = 0;
  while (at < count && (c < ranges[at].first || c > ranges[at].last)) {
    at++;
  }
  return at < count;
}

bool xml_is_name(sv text) {
  for (size_t at = 0; at < text.len;) {
    uint32_t c = 0;
    size_t length = utf8_decode(sv_slice(text, at, text.len), &c);
    bool is_start = is_in(STARTS, sizeof STARTS / sizeof *STARTS, c);
    if (!length || (!is_start && (at == 0 || !is_in(OTHERS, sizeof OTHERS / sizeof *OTHERS, c)))) {
      return false;
    }
    at += length;
  }
  return text.len != 0;
}

/* XML 1.0 2.2 [2] Char, beyond ASCII. */
static bool is_character(uint32_t c) {
  return c < 0xD800 || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
}

static bool refuse(uint32_t c, struct err *e) {
  return err_set(e, ERR_INVALID, "the text holds the character U+%04X, which XML 1.0 can not hold", (unsigned)c);
}

static bool put_ascii(struct sb *out, char c, bool in_attribute, struct err *e) {
  switch (c) {
  case '&':
    sb_put(out, SV("&amp;"));
    return true;
  case '<':
    sb_put(out, SV("&lt;"));
    return true;
  case '>':
    sb_put(out, SV("&gt;"));
    return true;
  case '"':
    sb_put(out, in_attribute ? SV("&quot;") : SV("\""));
    return true;
  case '\r':
    sb_put(out, SV("&#13;"));
    return true;
  case '\n':
    sb_put(out, in_attribute ? SV("&#10;") : SV("\n"));
    return true;
  case '\t':
    sb_put(out, in_attribute ? SV("&#9;") : SV("\t"));
    return true;
  default:
    sb_char(out, c);
    return (unsigned char)c >= ' ' || refuse((unsigned char)c, e);
  }
}

static bool put(struct sb *out, sv text, bool in_attribute, struct err *e) {
  for (size_t at = 0; at < text.len;) {
    uint32_t c = 0;
    size_t length = utf8_decode(sv_slice(text, at, text.len), &c);
    if (length == 0 || !is_character(c)) {
      return refuse(c, e);
    }
    if (length == 1 && !put_ascii(out, text.ptr[at], in_attribute, e)) {
      return false;
    }
    sb_put(out, length > 1 ? sv_slice(text, at, at + length) : SV(""));
    at += length;
  }
  return true;
}

bool xml_text_put(struct sb *out, sv text, struct err *e) {
  return put(out, text, false, e);
}

bool xml_text_put_attribute(struct sb *out, sv text, struct err *e) {
  return put(out, text, true, e);
}
