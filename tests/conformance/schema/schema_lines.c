/* Checks values from standard input, one JSON object a line: {"schema": …, "values": […]}; `$ref`s are resolved in that object.
 * Prints one line for each: the values' verdicts as a JSON array of true and false, or the error as a JSON text. */
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"
#include "quote.h"
#include "sb.h"
#include "schema.h"

static bool put_verdicts(struct arena *arena, const struct source *source, struct sb *out, struct err *e) {
  const struct schema *schema = NULL;
  if (!schema_compile(arena, source, json_get(source->root, SV("schema")), &schema, e)) {
    return false;
  }
  for (const json *value = json_first(json_get(source->root, SV("values"))); value; value = value->next) {
    struct err why = {0};
    bool fits = schema_check(schema, arena, value, &why);
    if (!fits && why.code != ERR_INVALID) {
      return err_set(e, why.code, "%s", why.text);
    }
    sb_format(out, "%s%s", out->len ? "," : "[", fits ? "true" : "false");
  }
  return true;
}

static bool check_line(const char *line) {
  struct arena *arena = arena_new(MIB(64));
  struct sb out = sb_new(arena, MIB(1));
  struct err e = {0};
  bool good = put_verdicts(arena, memory_source(arena, "line.json", line), &out, &e);
  if (!good) {
    out = sb_new(arena, MIB(1));
    quote_json(&out, sv_from(e.text));
  }
  sb_put(&out, good ? SV("]\n") : SV("\n"));
  sv text = sb_view(&out);
  bool ok = fwrite(text.ptr, 1, text.len, stdout) == text.len && text.len != 0;
  arena_drop(arena);
  return ok;
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  bool ok = true;
  while (ok && getline(&line, &room, stdin) > 0) {
    ok = check_line(line);
  }
  free(line);
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
