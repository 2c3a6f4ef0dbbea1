/* Any bytes as an Arazzo document, beside a good description: it loads, or is refused with its file and, unless memory or
 * a limit is the cause, with a text. Where all errors are gathered, it loads or not just the same, and the error that ends the
 * load otherwise is among them. */
#include "document.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "gathering.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char description[] =
    "openapi: 3.1.0\n"
    "info: {title: t, version: '1'}\n"
    "servers: [{url: 'https://api.example'}]\n"
    "paths:\n"
    "  /things/{id}:\n"
    "    get: {operationId: getThing, parameters: [{name: id, in: path, required: true}], responses: {}}\n"
    "    delete: {operationId: deleteThing, parameters: [{name: id, in: path, required: true}], responses: {}}\n"
    "  /things:\n"
    "    post: {operationId: makeThing, requestBody: {content: {application/json: {}}}, responses: {}}\n";

static bool read_file(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  const sv *document = context;
  (void)arena;
  (void)e;
  *text = sv_eq(path, SV("document.yml")) ? *document : sv_from(description);
  return true;
}

static bool is_gathered(const struct err *all, const struct err *wanted) {
  for (const struct err *e = gathered_from(all); e; e = gathered_from(e->more)) {
    if (e->line == wanted->line && e->column == wanted->column && strcmp(e->text, wanted->text) == 0 &&
        strcmp(e->where, wanted->where) == 0) {
      return true;
    }
  }
  return false;
}

static void load_gathering(const struct document_reader *reader, bool wants_good, const struct err *wanted) {
  struct arena *arena = arena_new(MIB(256));
  struct gathering gathering;
  const struct document *document = NULL;
  struct err e = {0};
  if (!gathering_open(&gathering, arena, &e)) {
    abort();
  }
  struct document_options options = {.reader = *reader, .gathering = &gathering, .keeps_descriptions = true};
  bool good = document_load_with(arena, SV("document.yml"), &options, &document, &e);
  if (good != wants_good || good != (e.code == ERR_NONE)) {
    abort();
  }
  if (!good && wanted->code != ERR_MEMORY && gathering.left_out == 0 && !is_gathered(&e, wanted)) {
    abort();
  }
  arena_drop(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv text = {(const char *)data, size};
  struct arena *arena = arena_new(MIB(256));
  const struct document *document = NULL;
  struct err e = {0};
  struct document_reader reader = {.read = read_file, .context = &text};
  bool good = document_load(arena, SV("document.yml"), reader, &document, &e);
  if (good != (e.code == ERR_NONE) || (!good && (!e.text[0] || !e.file[0]))) {
    abort();
  }
  if (good && (document->workflow_count == 0 || strlen(document->set->digest.text) != SHA256_HEX_BYTES)) {
    abort();
  }
  load_gathering(&reader, good, &e);
  arena_drop(arena);
  return 0;
}
