/* RFC 9110 5.6.2: token = 1*tchar */
#include "http_token.h"

#include <string.h>

static bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) {
    return true;
  }
  return c && strchr("!#$%&'*+-.^_`|~", c);
}

bool http_is_token(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    if (!is_token_char(text.ptr[i])) {
      return false;
    }
  }
  return text.len != 0;
}
