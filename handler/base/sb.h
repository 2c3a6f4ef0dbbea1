/* String builder: bounded, sticky. It takes its maximum when it is made; once something did not fit it stays failed, so
 * that a chain of appends is checked once, at its end. */
#ifndef ARAZZO_SB_H
#define ARAZZO_SB_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "sv.h"

struct arena;
struct err;

enum sb_state { SB_OK, SB_TOO_LONG, SB_NO_MEMORY };

struct sb {
  struct arena *arena;
  char *data;
  size_t len;
  size_t capacity;
  size_t max_bytes;
  enum sb_state state;
};

/* An empty builder in the arena that holds at most `max_bytes`. */
struct sb sb_new(struct arena *arena, size_t max_bytes);

void sb_put(struct sb *b, sv text);
void sb_char(struct sb *b, char c);

/* Appends as printf does. Use "%.*s" with SV_ARG for views. */
void sb_format(struct sb *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sb_formatv(struct sb *b, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* What was built so far; it stays valid in the arena, but later appends may move it. Empty when the builder failed. */
sv sb_view(const struct sb *b);

/* False, with ERR_LIMIT (naming `what`) or ERR_MEMORY, when anything did not fit. */
bool sb_check(const struct sb *b, const char *what, struct err *e);

/* sb_check, then the built text. */
bool sb_finish(const struct sb *b, const char *what, sv *out, struct err *e);

#endif
