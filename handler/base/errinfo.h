/* What went wrong, where, and what to do: one struct on the caller's stack, filled without allocating.
 *
 * Functions return false if and only if they set the error. The first error wins; upper layers add where it happened
 * (err_at, err_in) and never rewrite what happened. */
#ifndef ARAZZO_ERRINFO_H
#define ARAZZO_ERRINFO_H

#include <stdarg.h>
#include <stdbool.h>

#include "sv.h"

struct sb;

enum err_code {
  ERR_NONE = 0,
  ERR_MEMORY,      /* an arena's budget is used up */
  ERR_LIMIT,       /* a bound of limits.h was exceeded */
  ERR_SYNTAX,      /* text that does not parse */
  ERR_INVALID,     /* it parses, but breaks a rule */
  ERR_UNRESOLVED,  /* an expression has no value where one is required */
  ERR_UNSUPPORTED, /* legal, but not implemented: refused */
  ERR_NETWORK,     /* no connection, or it was lost */
  ERR_TLS,         /* the peer could not be verified */
  ERR_TIMEOUT,     /* the time that was allowed is over */
  ERR_INTERNAL,    /* a defect of this program */
  ERR_KNOWN        /* follows from an error that was gathered before: it is not told */
};

#define ERR_FILE_BYTES 256
#define ERR_WHERE_BYTES 384
#define ERR_TEXT_BYTES 1024

struct err {
  enum err_code code;
  unsigned line;   /* 1-based; 0: unknown */
  unsigned column; /* the same */
  char file[ERR_FILE_BYTES];
  char where[ERR_WHERE_BYTES]; /* "workflow w / step s / successCriteria[0]" */
  char text[ERR_TEXT_BYTES];
  const char *unit; /* what kind of thing is wrong, for tools: "condition"; NULL: not said */
  bool is_counted;  /* gathered already (gathering.h) */
  struct err *more; /* further errors, where they are gathered; NULL: none */
};

/* What the macros below give back, so that "return err_set(…)" reads as it works. */
static inline bool err_false(void) {
  return false;
}

/* Sets code and text (as printf does) unless an error is set already. Text that is too long ends in "...". Always false: a
 * macro, so that compilers and analysers know it. */
#define err_set(e, ...) (err_record((e), __VA_ARGS__), err_false())
void err_record(struct err *e, enum err_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void err_recordv(struct err *e, enum err_code code, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* Sets ERR_MEMORY; always false. */
#define err_memory(e) err_set(e, ERR_MEMORY, "the memory set aside for this is used up; the input is too large")

/* Says what kind of thing is wrong, unless that is known already; `unit` is a literal. Always false. */
#define err_unit(e, ...) (err_kind((e), __VA_ARGS__), err_false())
void err_kind(struct err *e, const char *unit);

/* err_set(ERR_KNOWN): what is wrong here follows from an error that was gathered. Always false. */
#define err_known(e) err_set(e, ERR_KNOWN, "follows from another error")

/* Adds the place in a file, unless one is known already; always false. This and the path are added to gathered errors, too. */
#define err_at(e, ...) (err_place((e), __VA_ARGS__), err_false())
void err_place(struct err *e, sv file, unsigned line, unsigned column);

/* Puts one step in front of the path to the place ("workflow w", then "step s", from the inside out); always false. */
#define err_in(e, ...) (err_path((e), __VA_ARGS__), err_false())
void err_path(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Empties the error, so that it can be used again. */
void err_clear(struct err *e);

/* Appends "file:line:column: where: text", as much of it as is known. */
void err_write(const struct err *e, struct sb *out);

#endif
