/* Any bytes as a document's path, its $self and a reference in it, one a line: what a reference leads to is a normal path, or a
 * URL. */
#include "location.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(4));
  struct err e = {0};
  struct location location;
  sv rest = {(const char *)data, size};
  sv path = SV("");
  sv self = SV("");
  sv again;
  sv_split(rest, '\n', &path, &rest);
  sv_split(rest, '\n', &self, &rest);
  if (location_resolve(arena, path, self, rest, &location, &e)) {
    if (location.path.len && location_normalize(arena, location.path, &again, &e) && !sv_eq(again, location.path)) {
      abort();
    }
  } else if (e.code == ERR_NONE) {
    abort();
  }
  arena_drop(arena);
  return 0;
}
