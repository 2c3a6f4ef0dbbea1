/* Fuzzes condition_compile and condition_eval: no crash, an error if and only if nothing was compiled, and nothing unknown
 * where the response is well-formed. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "condition.h"
#include "errinfo.h"
#include "limits.h"

static const char scope_text[] = "{\"statusCode\": 200, \"inputs\": {\"a\": \"10\", \"b\": true, \"n\": null}, "
                                 "\"response\": {\"header\": {\"X-A\": \"false\"}, "
                                 "\"body\": {\"status\": \"AVAILABLE\", \"list\": [1, \"zwölf\", {\"c\": 1e3}]}}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  json *root = NULL;
  const struct condition *condition = NULL;
  sv text = {(const char *)data, size};
  if (!json_parse(arena, sv_from(scope_text), &root, &e)) {
    abort();
  }
  if (condition_compile(arena, text, &condition, &e) != (e.code == ERR_NONE)) {
    abort();
  }
  struct scope scope = {.root = root};
  struct scope malformed = {.root = root, .response_malformed = true};
  if (e.code == ERR_NONE && condition_eval(condition, &scope) == VERDICT_UNKNOWN) {
    abort();
  }
  if (e.code == ERR_NONE) {
    condition_eval(condition, &malformed);
  }
  arena_drop(arena);
  return 0;
}
