/* What a command is given besides its documents. */
#include "given.h"

#include <stdio.h>

#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "text_file.h"

static bool read_stdin(struct arena *arena, size_t max_bytes, sv *out, struct err *e) {
  struct sb text = sb_new(arena, max_bytes);
  char buffer[8192];
  size_t got = 0;
  while (text.state == SB_OK && (got = fread(buffer, 1, sizeof buffer, stdin)) > 0) {
    sb_put(&text, (sv){buffer, got});
  }
  if (ferror(stdin)) {
    return err_set(e, ERR_INVALID, "standard input can't be read");
  }
  return sb_finish(&text, "standard input", out, e);
}

bool given_file(struct arena *arena, sv path, size_t max_bytes, sv *out, struct err *e) {
  return sv_eq(path, SV("-")) ? read_stdin(arena, max_bytes, out, e) : text_file_read(arena, path, max_bytes, out, e);
}

bool given_text(struct arena *arena, sv value, size_t max_bytes, sv *out, struct err *e) {
  *out = value;
  return !sv_starts(value, SV("@")) || given_file(arena, sv_slice(value, 1, value.len), max_bytes, out, e);
}

static json *pair_value(struct arena *arena, const struct workflow *workflow, sv name, sv text) {
  struct err ignored;
  json *value = NULL;
  const json *schema = workflow ? json_get(json_get(workflow->input_schema, SV("properties")), name) : NULL;
  err_clear(&ignored);
  if (sv_eq(json_string(json_get(schema, SV("type"))), SV("string")) || !json_parse(arena, text, &value, &ignored)) {
    return json_new_string(arena, text);
  }
  return value;
}

bool given_inputs(struct arena *arena, const struct arguments *arguments, const struct workflow *workflow, json **out,
                  struct err *e) {
  sv text;
  sv pair;
  if (!given_text(arena, arguments_text(arguments, "--inputs", SV("{}")), LIMIT_EVENT_BYTES, &text, e)) {
    return err_in(e, "--inputs");
  }
  if (!json_parse(arena, text, out, e)) {
    return err_in(e, "--inputs is not JSON");
  }
  if (json_type(*out) != JSON_OBJECT) {
    return err_set(e, ERR_INVALID, "--inputs must be a JSON object, but is %s", json_type_name(*out));
  }
  for (size_t i = 0; arguments_nth(arguments, "--input", i, &pair); i++) {
    sv name;
    sv value;
    sv_split(pair, '=', &name, &value);
    if (!json_set(arena, *out, name, pair_value(arena, workflow, name, value))) {
      return err_memory(e);
    }
  }
  return true;
}
