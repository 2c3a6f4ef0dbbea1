/* Any bytes as a document, by the rules of both versions: its structure is right, or is refused as invalid with a file and a
 * text; and at most one version accepts it, since its `arazzo` names one. */
#include "structure.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool passes(const struct source *source, enum arazzo_version version) {
  struct err e = {0};
  bool good = structure_check(source, version, NULL, &e);
  if (good != (e.code == ERR_NONE) || (!good && (e.code != ERR_INVALID || !e.text[0] || !e.file[0] || e.line == 0))) {
    abort();
  }
  return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(256));
  struct source *source = NULL;
  struct err e = {0};
  if (yaml_parse(arena, SV("document.yml"), (sv){(const char *)data, size}, &source, &e) &&
      passes(source, ARAZZO_1_0) && passes(source, ARAZZO_1_1)) {
    abort();
  }
  arena_drop(arena);
  return 0;
}
