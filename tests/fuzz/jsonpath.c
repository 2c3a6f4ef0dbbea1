/* The input is a JSONPath; it is compiled in every dialect, and what compiles is evaluated on a small document. */
#include <stdint.h>

#include "arena.h"
#include "errinfo.h"
#include "jsonpath.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char document[] =
      "{\"a\": [1, -2.5e3, \"x1\", null, true, {\"b\": {\"a\": [[], {}]}}], \"s\": \"äx\", \"p\": \"x.*\"}";
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct err e = {0};
  json *subject = NULL;
  json *inputs = NULL;
  json_parse(arena, sv_from(document), &subject, &e);
  json_parse(arena, SV("{\"inputs\": {\"x\": \"x1\", \"i\": 5, \"n\": \"p\"}}"), &inputs, &e);
  for (int dialect = JSONPATH_RFC9535; dialect <= JSONPATH_GOESSNER_CONDITION; dialect++) {
    const struct jsonpath *path = NULL;
    enum verdict verdict = VERDICT_UNKNOWN;
    err_clear(&e);
    if (jsonpath_compile(arena, (sv){(const char *)data, size}, (enum jsonpath_dialect)dialect, &path, &e)) {
      jsonpath_eval(path, subject, &(struct scope){.root = inputs, .response_malformed = size % 2}, arena, &verdict,
                    &e);
    }
  }
  arena_drop(arena);
  return 0;
}
