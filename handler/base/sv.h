/* String view: a pointer and a length, passed by value. It owns nothing and need not end in NUL. */
#ifndef ARAZZO_SV_H
#define ARAZZO_SV_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;

typedef struct {
  const char *ptr;
  size_t len;
} sv;

/* A view of a string literal. */
#define SV(literal) ((sv){"" literal, sizeof(literal) - 1})

/* The two arguments that printf's "%.*s" takes. */
#define SV_ARG(v) ((v).len > INT_MAX ? INT_MAX : (int)(v).len), ((v).len ? (v).ptr : "")

/* A view of NUL-terminated text; NULL gives the empty view. The text must outlive the view. */
sv sv_from(const char *text);

/* True when both hold the same bytes. */
bool sv_eq(sv a, sv b);

/* True when both are equal if ASCII letters are compared without case. */
bool sv_eq_nocase(sv a, sv b);

/* Orders by bytes, which for UTF-8 is the order of code points: negative, zero, positive. */
int sv_compare(sv a, sv b);

bool sv_starts(sv text, sv prefix);
bool sv_ends(sv text, sv suffix);

/* The offset of the first `c`, or text.len when there is none. */
size_t sv_find(sv text, char c);

/* True when `part` occurs in `text`; the empty view occurs in every text. */
bool sv_contains(sv text, sv part);

/* The part from `from` up to, not including, `to`; both are cut to the length. */
sv sv_slice(sv text, size_t from, size_t to);

/* Without leading and trailing space, tab, CR and LF. */
sv sv_trim(sv text);

/* Splits at the first `c`: true when there is one; `head` and `tail` lie on both sides of it. */
bool sv_split(sv text, char c, sv *head, sv *tail);

/* Reads a whole decimal number without sign, at most `max`. False when it is anything else. */
bool sv_to_uint(sv text, unsigned long long max, unsigned long long *out);

/* The one door to NUL-terminated text: a copy in the arena. ERR_INVALID when the view holds a NUL. */
bool sv_to_text(struct arena *arena, sv text, const char **out, struct err *e);

/* A copy in the arena; the empty view when the arena is exhausted and `text` is not empty. */
sv sv_copy(struct arena *arena, sv text);

#endif
