/* Case data as files and values, by way of text, so that they are read as users' files are. */
#include "memory_files.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"

static sv text_of(struct arena *arena, const cJSON *value) {
  if (cJSON_IsString(value)) {
    return sv_from(value->valuestring);
  }
  char *text = cJSON_PrintUnformatted(value);
  sv copy = sv_copy(arena, sv_from(text));
  free(text);
  return copy;
}

static bool read_file(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  const cJSON *files = context;
  const cJSON *file = NULL;
  cJSON_ArrayForEach(file, files) {
    if (sv_eq(path, sv_from(file->string))) {
      *text = text_of(arena, file);
      return text->len || cJSON_IsString(file) || err_memory(e);
    }
  }
  return err_set(e, ERR_INVALID, "the file '%.*s' can't be opened", SV_ARG(path));
}

struct document_reader memory_files(const cJSON *files) {
  return (struct document_reader){.read = read_file, .context = (void *)(uintptr_t)files};
}

const struct document *memory_document(struct arena *arena, const cJSON *files, const char *path) {
  const struct document *document = NULL;
  struct err e = {0};
  if (!document_load(arena, sv_from(path), memory_files(files), &document, &e)) {
    fail_msg("%s:%u:%u: %s: %s", e.file, e.line, e.column, e.where, e.text);
  }
  return document;
}

json *memory_json(struct arena *arena, const cJSON *value) {
  json *out = NULL;
  struct err e = {0};
  if (value && !json_parse(arena, text_of(arena, value), &out, &e)) {
    /* A string is text of its own, and need not be JSON. */
    fail_msg("%s", e.text);
  }
  return out;
}

struct source *memory_source(struct arena *arena, const char *name, const char *text) {
  struct source *source = NULL;
  struct err e = {0};
  if (!yaml_parse(arena, sv_from(name), sv_from(text), &source, &e)) {
    fail_msg("%s", e.text);
  }
  return source;
}
