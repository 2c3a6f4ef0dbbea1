/* A file's encoding and characters (YAML 1.2.2 5.1, 5.2).
 *
 * Files are UTF-8. YAML allows UTF-16 and UTF-32 too; they are refused with that said. libyaml reports a bad character
 * without its place, so they are looked for here. U+0085, U+2028 and U+2029 are refused as well: libyaml would read them as
 * line ends, as YAML 1.1 did, and change the text that they are in. */
#include "yaml_text.h"

#include "limits.h"
#include "utf8.h"

static unsigned byte_at(sv text, size_t at) {
  return at < text.len ? (unsigned char)text.ptr[at] : 0x100;
}

static bool fail_at(sv name, sv text, size_t offset, struct err *e) {
  struct source_place place = yaml_text_place(text, offset);
  return err_at(e, name, place.line, place.column);
}

/* YAML text starts with an ASCII character or a byte order mark, so that a NUL in the first two bytes, or a mark of
 * another encoding, tells UTF-16 and UTF-32 (YAML 1.2.2 5.2). */
static bool is_wide(sv text) {
  unsigned first = byte_at(text, 0);
  unsigned second = byte_at(text, 1);
  bool mark = (first == 0xFE && second == 0xFF) || (first == 0xFF && second == 0xFE);
  return mark || (text.len > 1 && (first == 0 || second == 0));
}

bool yaml_text_encoding(sv name, sv *text, struct err *e) {
  if (text->len > LIMIT_DOCUMENT_BYTES) {
    err_set(e, ERR_LIMIT, "the file has %zu bytes; at most %zu are read", text->len, LIMIT_DOCUMENT_BYTES);
    return err_at(e, name, 0, 0);
  }
  if (is_wide(*text)) {
    err_set(e, ERR_SYNTAX, "the file is encoded as UTF-16 or UTF-32: save it as UTF-8");
    return err_at(e, name, 1, 1);
  }
  if (sv_starts(*text, SV("\xEF\xBB\xBF"))) {
    *text = sv_slice(*text, 3, text->len);
  }
  return true;
}

/* The characters of YAML text (YAML 1.2.2 5.1, c-printable), without the three line ends of YAML 1.1. */
static bool is_allowed(uint32_t c) {
  if (c < 0x20) {
    return c == '\t' || c == '\n' || c == '\r';
  }
  return c < 0x7F || (c >= 0xA0 && c != 0x2028 && c != 0x2029 && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF);
}

static bool check_character(sv name, sv text, size_t at, size_t *length, struct err *e) {
  uint32_t c = 0;
  *length = utf8_decode(sv_slice(text, at, text.len), &c);
  if (*length == 0) {
    err_set(e, ERR_SYNTAX, "the byte 0x%02X is not valid UTF-8: save the file as UTF-8", byte_at(text, at));
    return fail_at(name, text, at, e);
  }
  if (!is_allowed(c)) {
    err_set(e, ERR_SYNTAX, "the character U+%04X must be escaped: write \\u%04X in a text in double quotes",
            (unsigned)c, (unsigned)c);
    return fail_at(name, text, at, e);
  }
  return true;
}

/* Whether the byte ends a line: LF, or CR that no LF follows. */
static bool ends_line(sv text, size_t at) {
  return text.ptr[at] == '\n' || (text.ptr[at] == '\r' && byte_at(text, at + 1) != '\n');
}

/* libyaml compares each %TAG directive with all others before it tells of the first, which many would make quadratic. */
static bool check_directives(sv name, sv text, struct err *e) {
  size_t count = 0;
  for (size_t at = sv_find(text, '%'); at < text.len; at += 1 + sv_find(sv_slice(text, at + 1, text.len), '%')) {
    bool starts_line = at == 0 || ends_line(text, at - 1);
    count += starts_line && sv_starts(sv_slice(text, at, text.len), SV("%TAG"));
    if (count > LIMIT_YAML_DIRECTIVES) {
      err_set(e, ERR_LIMIT, "more than %d %%TAG directives", LIMIT_YAML_DIRECTIVES);
      return fail_at(name, text, at, e);
    }
  }
  return true;
}

bool yaml_text_characters(sv name, sv text, struct err *e) {
  size_t length = 0;
  for (size_t at = 0; at < text.len; at += length) {
    unsigned c = byte_at(text, at);
    length = 1;
    if ((c < 0x20 || c > 0x7E) && c != '\n' && !check_character(name, text, at, &length, e)) {
      return false;
    }
  }
  return check_directives(name, text, e);
}

static bool starts_character(char c) {
  return ((unsigned char)c & 0xC0) != 0x80;
}

struct source_place yaml_text_place(sv text, size_t offset) {
  struct source_place place = {1, 1};
  for (size_t i = 0; i < offset && i < text.len; i++) {
    if (ends_line(text, i)) {
      place.line++;
      place.column = 1;
    } else {
      place.column += starts_character(text.ptr[i]);
    }
  }
  return place;
}

char yaml_text_at(sv text, struct source_place place) {
  struct source_place here = {1, 1};
  for (size_t i = 0; i < text.len; i++) {
    if (here.line == place.line && here.column == place.column) {
      return text.ptr[i];
    }
    if (ends_line(text, i)) {
      here.line++;
      here.column = 1;
    } else {
      here.column += starts_character(text.ptr[i]);
    }
  }
  return '\0';
}
