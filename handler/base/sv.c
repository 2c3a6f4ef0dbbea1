/* String views. Comparisons are by bytes: text in this program is UTF-8, whose byte order is the order of its code
 * points. Case is folded for ASCII only, as HTTP header names and Arazzo's media types need it. */
#include "sv.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"

sv sv_from(const char *text) {
  return (sv){text ? text : "", text ? strlen(text) : 0};
}

bool sv_eq(sv a, sv b) {
  return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static char lower(char c) {
  return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool sv_eq_nocase(sv a, sv b) {
  if (a.len != b.len) {
    return false;
  }
  for (size_t i = 0; i < a.len; i++) {
    if (lower(a.ptr[i]) != lower(b.ptr[i])) {
      return false;
    }
  }
  return true;
}

int sv_compare(sv a, sv b) {
  size_t common = a.len < b.len ? a.len : b.len;
  int order = common ? memcmp(a.ptr, b.ptr, common) : 0;
  if (order != 0) {
    return order;
  }
  return a.len < b.len ? -1 : a.len > b.len;
}

bool sv_starts(sv text, sv prefix) {
  return sv_eq(sv_slice(text, 0, prefix.len), prefix);
}

bool sv_ends(sv text, sv suffix) {
  return text.len >= suffix.len && sv_eq(sv_slice(text, text.len - suffix.len, text.len), suffix);
}

size_t sv_find(sv text, char c) {
  const char *at = text.len ? memchr(text.ptr, c, text.len) : NULL;
  return at ? (size_t)(at - text.ptr) : text.len;
}

bool sv_contains(sv text, sv part) {
  for (size_t i = 0; i + part.len <= text.len; i++) {
    if (sv_eq(sv_slice(text, i, i + part.len), part)) {
      return true;
    }
  }
  return false;
}

sv sv_slice(sv text, size_t from, size_t to) {
  if (to > text.len) {
    to = text.len;
  }
  return from >= to ? (sv){"", 0} : (sv){text.ptr + from, to - from};
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

sv sv_trim(sv text) {
  while (text.len && is_blank(text.ptr[0])) {
    text = sv_slice(text, 1, text.len);
  }
  while (text.len && is_blank(text.ptr[text.len - 1])) {
    text.len--;
  }
  return text;
}

bool sv_split(sv text, char c, sv *head, sv *tail) {
  size_t at = sv_find(text, c);
  if (at == text.len) {
    return false;
  }
  *head = sv_slice(text, 0, at);
  *tail = sv_slice(text, at + 1, text.len);
  return true;
}

bool sv_to_uint(sv text, unsigned long long max, unsigned long long *out) {
  unsigned long long value = 0;
  if (text.len == 0) {
    return false;
  }
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] < '0' || text.ptr[i] > '9') {
      return false;
    }
    unsigned digit = (unsigned)(text.ptr[i] - '0');
    if (digit > max || value > (max - digit) / 10) {
      return false;
    }
    value = value * 10 + digit;
  }
  *out = value;
  return true;
}

bool sv_to_text(struct arena *arena, sv text, const char **out, struct err *e) {
  if (sv_find(text, '\0') != text.len) {
    return err_set(e, ERR_INVALID, "the text holds a NUL character (U+0000), which cannot be passed on");
  }
  char *copy = arena_alloc(arena, text.len + 1);
  if (!copy) {
    return err_memory(e);
  }
  if (text.len) {
    memcpy(copy, text.ptr, text.len);
  }
  copy[text.len] = '\0';
  *out = copy;
  return true;
}

sv sv_copy(struct arena *arena, sv text) {
  char *copy = text.len ? arena_alloc(arena, text.len) : NULL;
  if (!copy) {
    return (sv){"", 0};
  }
  memcpy(copy, text.ptr, text.len);
  return (sv){copy, text.len};
}
