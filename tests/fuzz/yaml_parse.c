/* What yaml_parse accepts is a tree that survives being written and parsed as JSON, and knows where it lies. */
#include "yaml_load.h"

#include <stdlib.h>

#include "arena.h"
#include "limits.h"
#include "sb.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

/* Every node has a place; the children's too. */
static void check_places(const struct source *source, const json *node) {
  if (source_place(source, node).line == 0 || source_name_place(source, node).column == 0) {
    abort();
  }
  for (const json *child = json_first(node); child; child = child->next) {
    check_places(source, child);
  }
}

static void check_again(struct arena *arena, const struct source *source) {
  struct err e = {0};
  json *again = NULL;
  struct sb written = sb_new(arena, MIB(8));
  json_write(&written, source->root);
  if (!json_parse(arena, sb_view(&written), &again, &e) || !json_equal(source->root, again)) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  struct arena *arena = arena_new(MIB(256));
  struct err e = {0};
  struct source *source = NULL;
  bool ok = yaml_parse(arena, SV("fuzz.yaml"), (sv){(const char *)data, size}, &source, &e);
  if (ok != (e.code == ERR_NONE) || (!ok && e.code != ERR_MEMORY && e.line == 0)) {
    abort();
  }
  if (ok) {
    check_places(source, source->root);
    check_again(arena, source);
  }
  arena_drop(arena);
  return 0;
}
