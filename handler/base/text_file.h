/* Files that hold configuration or secrets, read as a whole. */
#ifndef ARAZZO_TEXT_FILE_H
#define ARAZZO_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "sv.h"

/* Reads the file into the arena. ERR_UNRESOLVED when there is no such file, ERR_INVALID when it can't be read, ERR_LIMIT when it
 * has more than `max_bytes`, ERR_MEMORY; the error names the path, and never holds content. No other copy of the content stays
 * in memory. */
bool text_file_read(struct arena *arena, sv path, size_t max_bytes, sv *out, struct err *e);

#endif
