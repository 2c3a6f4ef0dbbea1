/* Comparing names without case, '-' and '_'. */
#include "word.h"

static char lower(char c) {
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(sv name, const char *word) {
  for (size_t i = 0; i < name.len; i++) {
    if (name.ptr[i] == '-' || name.ptr[i] == '_') {
      continue;
    }
    if (*word == '\0' || lower(name.ptr[i]) != *word) {
      return false;
    }
    word++;
  }
  return *word == '\0';
}

bool word_is_among(sv name, const char *const *words) {
  for (; *words; words++) {
    if (is_word(name, *words)) {
      return true;
    }
  }
  return false;
}
