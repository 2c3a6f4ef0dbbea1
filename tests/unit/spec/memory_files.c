/* Case data as files and values, by way of text, so that they are read as users' files are. */
#include "memory_files.h"

#include <stdio.h>
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

const struct operation *memory_operation(struct arena *arena, const cJSON *files, const char *path, const char *id,
                                         struct err *e) {
  struct source_set set = {.arena = arena, .reader = memory_files(files)};
  const struct source_file *file = NULL;
  struct openapi *openapi = NULL;
  const struct operation *operation = NULL;
  bool good = source_set_load(&set, sv_from(path), &file, e) && openapi_open(arena, &set, file->source, &openapi, e) &&
              openapi_operation(openapi, sv_from(id), &operation, e);
  return good ? operation : NULL;
}

/* "line:column" (in code points) of the first occurrence of `wanted`. */
static void put_place(char *out, size_t size, const char *text, const char *wanted) {
  const char *at = strstr(text, wanted);
  unsigned line = 1;
  unsigned column = 1;
  if (!at) {
    fail_msg("the file holds no '%s'", wanted);
    return;
  }
  for (const char *c = text; c < at; c++) {
    line += *c == '\n';
    column = *c == '\n' ? 1 : column + (((unsigned char)*c & 0xC0) != 0x80);
  }
  snprintf(out, size, "%u:%u", line, column);
}

static const char *code_name(enum err_code code) {
  static const char *const names[] = {"NONE",        "MEMORY",  "LIMIT", "SYNTAX",  "INVALID", "UNRESOLVED",
                                      "UNSUPPORTED", "NETWORK", "TLS",   "TIMEOUT", "INTERNAL"};
  return names[code];
}

void memory_is_error(const cJSON *files, const cJSON *data, const char *file, const struct err *e) {
  const char *name = case_text(data, "file") ? case_text(data, "file") : file;
  const char *place = case_text(data, "place");
  const cJSON *content = cJSON_GetObjectItemCaseSensitive(files, name);
  char *text = cJSON_IsString(content) ? strdup(content->valuestring) : cJSON_PrintUnformatted(content);
  char wanted[32] = "0:0";
  char got[32];
  snprintf(got, sizeof got, "%u:%u", e->line, e->column);
  if (place) {
    put_place(wanted, sizeof wanted, text, place);
  }
  if (strcmp(code_name(e->code), case_text(data, "code")) != 0 || !strstr(e->text, case_text(data, "message")) ||
      (place && strcmp(e->file, name) != 0) || strcmp(got, wanted) != 0) {
    fail_msg("want %s at %s:%s, got %s at %s:%s: %s", case_text(data, "code"), name, wanted, code_name(e->code),
             e->file, got, e->text);
  }
  free(text);
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
