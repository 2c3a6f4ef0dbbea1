/* Fuzzes template_compile and template_eval with one string, under both rules: no crash, an error if and only if it failed. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "template.h"
#include "utf8.h"

static const char scope_text[] =
    "{\"url\": \"u\", \"inputs\": {\"a\": {\"b\": [1.0, null]}, \"n\": -1e5, \"t\": \"{$url}\"}}";

static void run(const json *root, struct arena *arena, const json *value, bool bare) {
  const struct template *template = NULL;
  const json *culprit = NULL;
  json *result = NULL;
  struct err e = {0};
  struct scope scope = {.root = root};
  struct template_rules rules = {.bare_expressions = bare};
  bool compiled = template_compile(arena, value, rules, &template, &culprit, &e);
  if (compiled != (e.code == ERR_NONE) || (!compiled && !culprit)) {
    abort();
  }
  if (compiled && !template_eval(template, &scope, arena, &result, NULL, &e) && e.code != ERR_LIMIT) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  json *root = NULL;
  sv text = {(const char *)data, size};
  json *value = utf8_valid_prefix(text) == size ? json_new_string(arena, text) : NULL;
  if (value && json_parse(arena, sv_from(scope_text), &root, &e)) {
    run(root, arena, value, false);
    run(root, arena, value, true);
  }
  arena_drop(arena);
  return 0;
}
