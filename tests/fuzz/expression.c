/* Fuzzes expression_compile, expression_length and expression_eval: no crash, and what expression_length finds at the start
 * of a text compiles as a whole. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "expression.h"
#include "limits.h"

static const char scope_text[] =
    "{\"statusCode\": 200, \"inputs\": {\"a\": {\"b\": [1, {\"c\": null}]}, \"a.b\": 2, \"\": 3}, \"response\": "
    "{\"header\": {\"X-A\": \"v\"}, "
    "\"body\": {\"a\": [[1], {\"b\": \"t\"}]}}, \"steps\": {\"s\": {\"outputs\": {\"o\": {\"p\": 1}}}}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(4));
  struct err e = {0};
  json *root = NULL;
  const json *value = NULL;
  const struct expression *expression = NULL;
  sv text = {(const char *)data, size};
  size_t length = expression_length(text);
  if (length > size || (length && !expression_compile(arena, sv_slice(text, 0, length), &expression, &e))) {
    abort();
  }
  err_clear(&e);
  if (json_parse(arena, sv_from(scope_text), &root, &e) && expression_compile(arena, text, &expression, &e)) {
    struct scope scope = {.root = root};
    expression_eval(expression, &scope, &value);
  }
  arena_drop(arena);
  return 0;
}
