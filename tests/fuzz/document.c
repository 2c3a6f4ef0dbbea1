/* Any bytes as an Arazzo document, beside a good description: it loads, or is refused with its file and, unless memory or
 * a limit is the cause, with a text. A document that loads twice has the same digest. */
#include "document.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
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
  arena_drop(arena);
  return 0;
}
