/* Text of documents and answers on a terminal. */
#ifndef ARAZZO_SCREEN_H
#define ARAZZO_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include "json.h"

/* Appends the text with '?' for whatever would move the cursor, colour or reorder what stands there: control characters (C0, DEL,
 * C1), marks of writing direction, and bytes that are not UTF-8. At most `columns` columns of a terminal; SIZE_MAX: all of it. */
void screen_put(struct sb *out, sv text, size_t columns);

/* Prints the text in the same way. */
void screen_print(FILE *file, sv text);

/* How many columns the text takes, once it was made by screen_put. */
size_t screen_columns(sv text);

/* The columns of the terminal that the file is; 80 when it does not say. */
size_t screen_width(FILE *file);

/* Prints a JSON value to standard output, indented, with a newline behind it. False, having said so on standard error, when it
 * can't be written. */
bool screen_print_json(struct arena *arena, const json *value);

/* Prints a line of text and, below it, a caret under its `column` (1-based, in code points) to standard error. */
void screen_point_at(sv text, unsigned column);

#endif
