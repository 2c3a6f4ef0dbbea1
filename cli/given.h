/* What a command is given besides its documents: files, texts, and the inputs of a workflow. */
#ifndef ARAZZO_GIVEN_H
#define ARAZZO_GIVEN_H

#include <stdbool.h>

#include "arguments.h"
#include "document.h"

/* The content of a file; "-" is standard input. ERR_INVALID, ERR_UNRESOLVED when it can't be read, ERR_LIMIT, ERR_MEMORY. */
bool given_file(struct arena *arena, sv path, size_t max_bytes, sv *out, struct err *e);

/* A value that is text, or "@FILE" for the content of a file. Errors as above. */
bool given_text(struct arena *arena, sv value, size_t max_bytes, sv *out, struct err *e);

/* --inputs JSON|@FILE, overlaid by each --input NAME=VALUE, whose value is text where the workflow (NULL: not known) declares a
 * string, else JSON where it is JSON. ERR_SYNTAX, ERR_INVALID; errors as above. */
bool given_inputs(struct arena *arena, const struct arguments *arguments, const struct workflow *workflow, json **out,
                  struct err *e);

#endif
