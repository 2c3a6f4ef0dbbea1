/* The input is a Criterion Object in YAML. It is compiled as a part of a 1.0.x and of a 1.1 document, and what compiles is
 * evaluated on well-formed, malformed and textual responses, of which the first two must not decide differently. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "criterion.h"
#include "limits.h"

static const char scope_text[] =
    "{\"statusCode\": 200, \"method\": \"GET\", \"inputs\": {\"a\": \"10\", \"i\": 1, \"n\": null, \"p\": \"a|b\", "
    "\"q\": \"(\"},"
    " \"steps\": {\"s\": {\"outputs\": {\"o\": {\"k\": [1, \"x\"]}}}}, \"response\": {\"header\": {\"X-A\": \"false\"},"
    " \"body\": {\"status\": \"AVAILABLE\", \"list\": [1, \"zwölf\", {\"c\": 1e3}], \"xml\": \"<a><b "
    "c='1'>x</b><b/></a>\"}}}";

static enum verdict evaluate(const struct criterion *criterion, struct scope scope, struct arena *arena) {
  struct err e = {0};
  struct err why = {0};
  enum verdict verdict = VERDICT_UNKNOWN;
  scope.why_unknown = &why;
  bool ok = criterion_eval(criterion, &scope, arena, &verdict, &e);
  if (ok != (e.code == ERR_NONE) || (!ok && verdict != VERDICT_UNKNOWN) ||
      (verdict != VERDICT_UNKNOWN && why.code != ERR_NONE)) {
    abort();
  }
  return verdict;
}

static bool visit(void *context, const struct expression *expression) {
  *(size_t *)context += expression->segment_count;
  return true;
}

static void judge(struct arena *arena, const struct source *source, const json *root, bool comparison_form) {
  struct criterion criterion = {.text = SV("")};
  struct err e = {0};
  size_t segments = 0;
  bool compiled = criterion_compile(arena, source, source->root, comparison_form, &criterion, &e);
  if (compiled != (e.code == ERR_NONE)) {
    abort();
  }
  if (!compiled) {
    return;
  }
  criterion_each(&criterion, visit, &segments);
  enum verdict sound = evaluate(&criterion, (struct scope){.root = root}, arena);
  enum verdict malformed = evaluate(&criterion, (struct scope){.root = root, .response_malformed = true}, arena);
  if (malformed != VERDICT_UNKNOWN && sound != VERDICT_UNKNOWN && malformed != sound) {
    abort();
  }
  evaluate(&criterion, (struct scope){.root = root, .response_is_text = true}, arena);
  evaluate(&criterion, (struct scope){.root = root, .absent_is_unknown = true}, arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct source *source = NULL;
  struct err e = {0};
  json *root = NULL;
  if (!json_parse(arena, sv_from(scope_text), &root, &e)) {
    abort();
  }
  if (yaml_parse(arena, SV("f.yml"), (sv){(const char *)data, size}, &source, &e)) {
    judge(arena, source, root, true);
    judge(arena, source, root, false);
  }
  arena_drop(arena);
  return 0;
}
