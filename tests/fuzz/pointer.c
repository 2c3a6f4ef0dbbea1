/* Any bytes as a JSON Pointer and as the fragment of one: a checked pointer is walked token by token to its end. */
#include "pointer.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk(struct arena *arena, const json *root, sv pointer) {
  struct err e = {0};
  sv token;
  bool found = true;
  size_t left = pointer.len;
  pointer_get(root, pointer);
  while (found && pointer_next_token(arena, &pointer, &token, &found, &e)) {
    if (pointer.len > left) {
      abort();
    }
    left = pointer.len;
  }
  if (e.code == ERR_NONE && pointer.len != 0) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(4));
  struct err e = {0};
  json *root = NULL;
  sv text = {(const char *)data, size};
  sv pointer;
  if (!json_parse(arena, SV("{\"a\":[1,{\"b\":null}],\"\":{\"~/\":2}}"), &root, &e)) {
    abort();
  }
  if (pointer_check(text, &e)) {
    walk(arena, root, text);
  }
  err_clear(&e);
  if (pointer_from_fragment(arena, text, &pointer, &e) && pointer_check(pointer, &e)) {
    walk(arena, root, pointer);
  }
  arena_drop(arena);
  return 0;
}
