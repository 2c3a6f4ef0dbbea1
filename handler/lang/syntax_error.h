/* Errors in one line of a small language: what is wrong, and at which character. */
#ifndef ARAZZO_SYNTAX_ERROR_H
#define ARAZZO_SYNTAX_ERROR_H

#include <stdbool.h>

#include "sv.h"

struct err;

/* Sets ERR_SYNTAX with column = 1 + the code points of `text` in front of byte `offset`; line stays 0, since only the
 * caller knows where the text stands in its file. An error that is set already is kept. Always returns false. */
bool syntax_error(struct err *e, sv text, size_t offset, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Moves the column of an error in a part of `text` that begins at byte `offset` to the column in `text`; always false. */
bool syntax_error_shift(struct err *e, sv text, size_t offset);

/* What stands at `offset`, for "found …": the word, the character in quotes, or "the end". Never more than 40 bytes of the
 * text. Written into `buffer` and returned. */
#define SYNTAX_FOUND_BYTES 64
const char *syntax_found(char buffer[SYNTAX_FOUND_BYTES], sv text, size_t offset);

#endif
