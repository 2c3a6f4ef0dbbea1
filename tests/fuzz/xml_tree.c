/* Any bytes as an XML body, read with each of the schemas: a tree is as deep as it may be and its text is read as the same tree;
 * without one there is a reason. Names and places in it are found by pointers. */
#include "xml_tree.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "pointer.h"
#include "sb.h"
#include "wire_schemas.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void find_members(struct arena *arena, const json *tree) {
  for (json *member = json_first(tree); member; member = member->next) {
    struct sb pointer = sb_new(arena, MIB(16));
    sb_char(&pointer, '/');
    pointer_put_token(&pointer, json_name(member));
    if (json_type(tree) == JSON_OBJECT && pointer_get_xml(tree, sb_view(&pointer)) != member) {
      abort();
    }
  }
  pointer_get_xml(tree, SV("/a/0/member/1/r/0/0/~0"));
}

static void read_tree(struct arena *arena, sv text, const struct wire_schema *schema) {
  struct err why = {0};
  struct err e = {0};
  json *tree = NULL;
  json *again = NULL;
  bool good = xml_tree_read(arena, text, schema, &tree, &why, &e);
  if (good != (e.code == ERR_NONE) || (good && (tree != NULL) != (why.code == ERR_NONE))) {
    abort();
  }
  if (!tree) {
    return;
  }
  struct sb out = sb_new(arena, MIB(64));
  json_write(&out, tree);
  bool is_same = json_parse(arena, sb_view(&out), &again, &e) && json_equal(tree, again);
  if (json_depth(tree) > LIMIT_BODY_DEPTH || (!is_same && e.code != ERR_MEMORY && e.code != ERR_LIMIT)) {
    abort();
  }
  find_members(arena, tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  for (size_t i = 0; i <= WIRE_SCHEMA_COUNT; i++) {
    struct arena *arena = arena_new(MIB(256));
    read_tree(arena, (sv){(const char *)data, size}, wire_schema_at(arena, i));
    arena_drop(arena);
  }
  return 0;
}
