/* A document reader that serves files from memory: JSON objects of a case file (JSON is YAML), or texts. */
#ifndef ARAZZO_MEMORY_FILES_H
#define ARAZZO_MEMORY_FILES_H

#include "document.h"

#include "cases.h"

/* The members of `files` are the files: a string is their text, anything else is printed as JSON. */
struct document_reader memory_files(const cJSON *files);

/* Loads the file `path` of `files`, which must load. */
const struct document *memory_document(struct arena *arena, const cJSON *files, const char *path);

/* A JSON value of a case as one of the program's; NULL stays NULL. */
json *memory_json(struct arena *arena, const cJSON *value);

/* The same with the places that a file of this name would have. */
struct source *memory_source(struct arena *arena, const char *name, const char *text);

#endif
