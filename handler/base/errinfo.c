/* Errors with fixed buffers: reporting one never allocates, so that it also works when memory is what ran out. */
#include "errinfo.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "sb.h"

/* Marks text that did not fit, so that a cut message is never taken for a whole one. The cut is at a boundary of UTF-8. */
static void mark_cut(char *buffer, size_t size, int wanted) {
  if (wanted < 0 || (size_t)wanted < size) {
    return;
  }
  size_t at = size - 4;
  while (at > 0 && ((unsigned char)buffer[at] & 0xC0) == 0x80) {
    at--;
  }
  memcpy(buffer + at, "...", 4);
}

void err_recordv(struct err *e, enum err_code code, const char *format, va_list args) {
  if (e->code == ERR_NONE) {
    e->code = code;
    mark_cut(e->text, sizeof e->text, vsnprintf(e->text, sizeof e->text, format, args));
  }
}

void err_record(struct err *e, enum err_code code, const char *format, ...) {
  va_list args;
  va_start(args, format);
  err_recordv(e, code, format, args);
  va_end(args);
}

void err_kind(struct err *e, const char *unit) {
  for (; e; e = e->more) {
    e->unit = e->unit ? e->unit : unit;
  }
}

static void place(struct err *e, sv file, unsigned line, unsigned column) {
  if (e->line == 0 && e->file[0] == '\0') {
    mark_cut(e->file, sizeof e->file, snprintf(e->file, sizeof e->file, "%.*s", SV_ARG(file)));
    e->line = line;
    e->column = column;
  }
}

void err_place(struct err *e, sv file, unsigned line, unsigned column) {
  for (; e; e = e->more) {
    place(e, file, line, column);
  }
}

static void put_in_front(struct err *e, const char *outer) {
  char inner[ERR_WHERE_BYTES];
  memcpy(inner, e->where, sizeof inner);
  mark_cut(e->where, sizeof e->where,
           snprintf(e->where, sizeof e->where, "%s%s%s", outer, inner[0] ? " / " : "", inner));
}

void err_path(struct err *e, const char *format, ...) {
  char outer[ERR_WHERE_BYTES];
  va_list args;
  va_start(args, format);
  mark_cut(outer, sizeof outer, vsnprintf(outer, sizeof outer, format, args));
  va_end(args);
  for (; e; e = e->more) {
    put_in_front(e, outer);
  }
}

void err_clear(struct err *e) {
  memset(e, 0, sizeof *e);
}

void err_write(const struct err *e, struct sb *out) {
  if (e->file[0]) {
    sb_format(out, "%s:", e->file);
  }
  if (e->line) {
    sb_format(out, "%u:", e->line);
  }
  if (e->line && e->column) {
    sb_format(out, "%u:", e->column);
  }
  if (e->file[0] || e->line) {
    sb_char(out, ' ');
  }
  if (e->where[0]) {
    sb_format(out, "%s: ", e->where);
  }
  sb_put(out, sv_from(e->text));
}
