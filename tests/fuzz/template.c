/* Fuzzes templates with one text, under the rules of both versions: as a string, as JSON text with expressions, and, when it is
 * JSON, as the value that it describes, Selector Objects among it. No crash, an error if and only if it failed. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "template.h"
#include "utf8.h"

static const char scope_text[] =
    "{\"url\": \"u\", \"inputs\": {\"a\": {\"b\": [1.0, null]}, \"n\": -1e5, \"t\": \"{$url}\", \"x\": "
    "\"<r><a>1</a></r>\"}}";

static void evaluate(const json *root, struct arena *arena, const struct template *template, struct err *e) {
  struct scope scope = {.root = root};
  const struct expression *missing = NULL;
  json *result = NULL;
  bool good = template_eval(template, &scope, arena, &result, &missing, e);
  if (good != (e->code == ERR_NONE) || (!good && e->code != ERR_LIMIT) || (good && !result && !missing)) {
    abort();
  }
}

static void run(const json *root, struct arena *arena, const json *value, struct template_rules rules) {
  const struct template *template = NULL;
  const json *culprit = NULL;
  struct err e = {0};
  bool compiled = template_compile(arena, value, rules, &template, &culprit, &e);
  if (compiled != (e.code == ERR_NONE) || (!compiled && !culprit)) {
    abort();
  }
  if (compiled) {
    evaluate(root, arena, template, &e);
  }
}

static void run_json(const json *root, struct arena *arena, const json *text, struct template_rules rules) {
  const struct template *template = NULL;
  struct err e = {0};
  bool compiled = template_compile_json(arena, text, rules, &template, &e);
  if (compiled != (e.code == ERR_NONE)) {
    abort();
  }
  if (compiled) {
    evaluate(root, arena, template, &e);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct template_rules rules[] = {{.bare_expressions = true}, {.selectors = true}, {.form_text = true}};
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  struct err ignored = {0};
  json *root = NULL;
  json *tree = NULL;
  sv text = {(const char *)data, size};
  json *value = utf8_valid_prefix(text) == size ? json_new_string(arena, text) : NULL;
  bool is_json = json_parse(arena, text, &tree, &ignored);
  for (size_t i = 0; value && i < 3 && json_parse(arena, sv_from(scope_text), &root, &e); i++) {
    run(root, arena, value, rules[i]);
    run_json(root, arena, value, rules[i]);
    if (is_json) {
      run(root, arena, tree, rules[i]);
    }
  }
  arena_drop(arena);
  return 0;
}
