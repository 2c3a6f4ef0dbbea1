/* The byte serializer of application/x-www-form-urlencoded. It differs from percent-encoding in URLs (percent.h) in the space,
 * and in '*' and '~'. */
#include "form_text.h"

#include "sb.h"

static bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '*' || c == '-' ||
         c == '.' || c == '_';
}

void form_put(struct sb *out, sv text) {
  static const char digits[] = "0123456789ABCDEF";
  for (size_t i = 0; i < text.len; i++) {
    unsigned char byte = (unsigned char)text.ptr[i];
    if (is_plain(text.ptr[i])) {
      sb_char(out, text.ptr[i]);
    } else if (byte == ' ') {
      sb_char(out, '+');
    } else {
      sb_char(out, '%');
      sb_char(out, digits[byte >> 4]);
      sb_char(out, digits[byte & 0xF]);
    }
  }
}
