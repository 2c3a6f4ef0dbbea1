/* Evaluates jsonpath conditions from standard input: each line is {"condition": …, "cases": [{"body": …, "scope": …}, …]}, and
 * becomes a line {"verdicts": ["holds", "fails", "unknown", …]}, or {"error": …} for a condition that is refused. They are read
 * as those of a 1.0.x document, with "query": true as those of a 1.1 document. */
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "jsonpath.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"

#define OUT_BYTES MIB(4)

static sv word_of(enum verdict verdict) {
  switch (verdict) {
  case VERDICT_FAILS:
    return SV("fails");
  case VERDICT_HOLDS:
    return SV("holds");
  case VERDICT_UNKNOWN:
    break;
  }
  return SV("unknown");
}

static bool judge(struct arena *arena, const json *line, struct sb *out, struct err *e) {
  const struct jsonpath *path = NULL;
  const json *query = json_get(line, SV("query"));
  enum jsonpath_dialect dialect = query && json_is_true(query) ? JSONPATH_RFC9535 : JSONPATH_CONDITION;
  if (!jsonpath_compile(arena, json_string(json_get(line, SV("condition"))), dialect, &path, e)) {
    return false;
  }
  sb_put(out, SV("{\"verdicts\":["));
  const json *first = json_first(json_get(line, SV("cases")));
  for (const json *each = first; each; each = each->next) {
    enum verdict verdict = VERDICT_UNKNOWN;
    struct scope scope = {.root = json_get(each, SV("scope"))};
    if (!jsonpath_eval(path, json_get(each, SV("body")), &scope, arena, &verdict, e)) {
      return false;
    }
    sb_format(out, "%s\"%.*s\"", each == first ? "" : ",", SV_ARG(word_of(verdict)));
  }
  sb_put(out, SV("]}"));
  return true;
}

static bool answer(sv text) {
  struct arena *arena = arena_new(MIB(256));
  struct sb out = sb_new(arena, OUT_BYTES);
  json *line = NULL;
  struct err e = {0};
  if (!json_parse(arena, text, &line, &e) || !judge(arena, line, &out, &e)) {
    out = sb_new(arena, OUT_BYTES);
    sb_put(&out, SV("{\"error\":"));
    quote_json(&out, sv_from(e.text));
    sb_put(&out, SV("}"));
  }
  sb_char(&out, '\n');
  sv answered = sb_view(&out);
  bool ok = answered.len && fwrite(answered.ptr, 1, answered.len, stdout) == answered.len;
  arena_drop(arena);
  return ok;
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  ssize_t length = 0;
  bool ok = true;
  while (ok && (length = getline(&line, &room, stdin)) > 0) {
    ok = answer((sv){line, (size_t)length});
  }
  free(line);
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
