/* String builder on an arena. Capacity doubles, up to the maximum; the arena lets the newest piece grow in place. */
#include "sb.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"

#define FIRST_CAPACITY ((size_t)128)

struct sb sb_new(struct arena *arena, size_t max_bytes) {
  return (struct sb){.arena = arena, .max_bytes = max_bytes};
}

/* Makes room for `more` bytes and a NUL behind them. */
static bool reserve(struct sb *b, size_t more) {
  if (b->state != SB_OK) {
    return false;
  }
  if (more > b->max_bytes - b->len) {
    b->state = SB_TOO_LONG;
    return false;
  }
  size_t needed = b->len + more + 1;
  if (needed <= b->capacity) {
    return true;
  }
  size_t capacity = b->capacity ? b->capacity : FIRST_CAPACITY;
  while (capacity < needed) {
    capacity *= 2;
  }
  char *data = arena_grow(b->arena, b->data, b->capacity, capacity);
  if (!data) {
    b->state = SB_NO_MEMORY;
    return false;
  }
  b->data = data;
  b->capacity = capacity;
  return true;
}

void sb_put(struct sb *b, sv text) {
  if (text.len && reserve(b, text.len)) {
    memcpy(b->data + b->len, text.ptr, text.len);
    b->len += text.len;
  }
}

void sb_char(struct sb *b, char c) {
  sb_put(b, (sv){&c, 1});
}

void sb_formatv(struct sb *b, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int wanted = vsnprintf(NULL, 0, format, args);
  if (wanted < 0) {
    b->state = b->state == SB_OK ? SB_TOO_LONG : b->state;
  } else if (wanted > 0 && reserve(b, (size_t)wanted)) {
    vsnprintf(b->data + b->len, (size_t)wanted + 1, format, again);
    b->len += (size_t)wanted;
  }
  va_end(again);
}

void sb_format(struct sb *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  sb_formatv(b, format, args);
  va_end(args);
}

sv sb_view(const struct sb *b) {
  return b->state == SB_OK && b->len ? (sv){b->data, b->len} : (sv){"", 0};
}

bool sb_check(const struct sb *b, const char *what, struct err *e) {
  switch (b->state) {
  case SB_OK:
    return true;
  case SB_TOO_LONG:
    return err_set(e, ERR_LIMIT, "%s is longer than %zu bytes", what, b->max_bytes);
  case SB_NO_MEMORY:
    return err_memory(e);
  }
  return err_set(e, ERR_INTERNAL, "a string builder is in an unknown state");
}

bool sb_finish(const struct sb *b, const char *what, sv *out, struct err *e) {
  if (!sb_check(b, what, e)) {
    return false;
  }
  *out = sb_view(b);
  return true;
}
