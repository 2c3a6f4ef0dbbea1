/* A document reader that serves files from memory: JSON objects of a case file (JSON is YAML), or texts. */
#ifndef ARAZZO_MEMORY_FILES_H
#define ARAZZO_MEMORY_FILES_H

#include "document.h"

#include "cases.h"

/* The members of `files` are the files: a string is their text, anything else is printed as JSON. */
struct document_reader memory_files(const cJSON *files);

/* Loads the file `path` of `files`, which must load. */
const struct document *memory_document(struct arena *arena, const cJSON *files, const char *path);

/* The operation of this id in the description `path` of `files`, compiled into the arena; NULL when there is none, or with an
 * error. */
const struct operation *memory_operation(struct arena *arena, const cJSON *files, const char *path, const char *id,
                                         struct err *e);

/* Checks an error against a must-fail case: its "code" (as in enum err_code, without ERR_), a part of its "message", and its place:
 * the first occurrence of the text "place" in the file "file" of `files` (default: `file`). Without "place" none is wanted. */
void memory_is_error(const cJSON *files, const cJSON *data, const char *file, const struct err *e);

/* A JSON value of a case as one of the program's; NULL stays NULL. */
json *memory_json(struct arena *arena, const cJSON *value);

/* The same with the places that a file of this name would have. */
struct source *memory_source(struct arena *arena, const char *name, const char *text);

#endif
