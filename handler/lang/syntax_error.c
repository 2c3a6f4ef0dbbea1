/* Positions of errors in expressions, conditions and templates. Columns count code points, as editors do; the languages
 * are one string of a document, so there is no line: the document's loader adds file and line. */
#include "syntax_error.h"

#include <stdio.h>

#include "errinfo.h"
#include "utf8.h"

#define FOUND_WORD_BYTES ((size_t)40)

bool syntax_error(struct err *e, sv text, size_t offset, const char *format, ...) {
  if (e->code != ERR_NONE) {
    return false;
  }
  va_list args;
  va_start(args, format);
  err_recordv(e, ERR_SYNTAX, format, args);
  va_end(args);
  e->column = 1 + (unsigned)utf8_count(sv_slice(text, 0, offset));
  return false;
}

bool syntax_error_shift(struct err *e, sv text, size_t offset) {
  if (e->line == 0 && e->column) {
    e->column += (unsigned)utf8_count(sv_slice(text, 0, offset));
  }
  return false;
}

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

const char *syntax_found(char buffer[SYNTAX_FOUND_BYTES], sv text, size_t offset) {
  sv rest = sv_slice(text, offset, text.len);
  size_t length = 0;
  while (length < rest.len && length < FOUND_WORD_BYTES && is_word(rest.ptr[length])) {
    length++;
  }
  uint32_t code_point = 0;
  if (length == 0) {
    length = utf8_decode(rest, &code_point);
  }
  if (rest.len == 0) {
    snprintf(buffer, SYNTAX_FOUND_BYTES, "the end");
  } else if (length == 0) {
    snprintf(buffer, SYNTAX_FOUND_BYTES, "a byte that is not UTF-8");
  } else if (length == 1 && (unsigned char)rest.ptr[0] <= ' ') {
    snprintf(buffer, SYNTAX_FOUND_BYTES, "white space");
  } else {
    snprintf(buffer, SYNTAX_FOUND_BYTES, "'%.*s'", SV_ARG(sv_slice(rest, 0, length)));
  }
  return buffer;
}
