/* JSON files. They are YAML too, but libyaml refuses some of them (surrogate pairs, names of more than 1024 characters),
 * so strict JSON goes through json_parse, with the bound that YAML has; then the text is scanned again side by side with the
 * tree for the places. */
#include "json_source.h"

#include "json_scan.h"
#include "json_walk.h"
#include "limits.h"
#include "source_map.h"

/* Copies a parse error, which knows line and column, and adds the file. */
static bool fail_in_file(const struct err *cause, sv file, struct err *e) {
  err_set(e, cause->code, "%s", cause->text);
  return err_at(e, file, cause->line, cause->column);
}

static bool map_places(sv text, struct source *source, struct err *e) {
  struct json_scan scan = json_scan_begin(text);
  struct json_walk walk = json_walk_begin(source->root);
  struct json_token token;
  struct source_place name = {0, 0};
  while (json_scan_next(&scan, &token, e) && token.kind != JSON_TOKEN_END) {
    struct source_place here = {token.line, token.column};
    if (token.kind == JSON_TOKEN_NAME) {
      name = here;
    } else if (json_token_is_value(&token)) {
      struct node_place place = {.node = json_walk_next(&walk), .value = here, .name = name};
      if (!source_map_put(source->map, &place)) {
        return err_memory(e);
      }
      name = (struct source_place){0, 0};
    }
  }
  return e->code == ERR_NONE;
}

static size_t count_nodes(json *root) {
  struct json_walk walk = json_walk_begin(root);
  size_t count = 0;
  while (json_walk_next(&walk)) {
    count++;
  }
  return count;
}

bool json_source_load(struct arena *arena, sv text, struct source *source, struct err *e) {
  struct err cause = {0};
  if (!json_parse_many(arena, text, LIMIT_YAML_NODES, &source->root, &cause)) {
    return fail_in_file(&cause, source->name, e);
  }
  source->map = source_map_new(arena, count_nodes(source->root));
  return source->map ? map_places(text, source, e) : err_memory(e);
}
