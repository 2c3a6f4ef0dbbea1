/* Any bytes as a bundle, beside nothing: it loads, or is refused with a text and a file. No path of it reaches the file system: the reader
 * is asked for the bundle alone. */
#include "bundle.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "document.h"
#include "errinfo.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_file(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  const sv *bundle = context;
  (void)arena;
  if (!sv_eq(path, SV("w.bundle"))) {
    if (bundle_is(*bundle)) {
      abort();
    }
    return err_set(e, ERR_INVALID, "there is no such file");
  }
  *text = *bundle;
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv text = {(const char *)data, size};
  struct arena *arena = arena_new(MIB(256));
  const struct document *document = NULL;
  struct err e = {0};
  struct document_reader reader = {.read = read_file, .context = &text};
  bool good = document_load(arena, SV("w.bundle"), reader, &document, &e);
  if (good != (e.code == ERR_NONE) || (!good && (!e.text[0] || !e.file[0]))) {
    abort();
  }
  if (good && strlen(document->set->digest.text) != SHA256_HEX_BYTES) {
    abort();
  }
  arena_drop(arena);
  return 0;
}
