/* Reads and writes values by schemas, from standard input, one JSON object a line: {"as": "tree", "schema": …, "xml": text},
 * {"as": "xml" | "aws-xml", "schema": …, "value": …, "root": text} or {"as": "query" | "ec2", "schema": …, "value": …}. Prints
 * one line of JSON for each: {"is": what it came to} or {"error": text}. */
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "query_form.h"
#include "quote.h"
#include "sb.h"
#include "wire_notation.h"
#include "xml_tree.h"
#include "xml_write.h"

static sv member(const json *line, const char *name) {
  return json_string(json_get(line, sv_from(name)));
}

static bool put_tree(struct arena *arena, const json *line, const struct wire_schema *schema, struct sb *out,
                     struct err *e) {
  json *tree = NULL;
  struct err why = {0};
  if (!xml_tree_read(arena, member(line, "xml"), schema, &tree, &why, e)) {
    return false;
  }
  if (!tree) {
    return err_set(e, why.code, "%s", why.text);
  }
  json_write(out, tree);
  return true;
}

static bool write_text(const json *line, const struct wire_schema *schema, struct sb *text, struct err *e) {
  const json *value = json_get(line, SV("value"));
  sv as = member(line, "as");
  bool is_aws = sv_eq(as, SV("aws-xml"));
  if (is_aws || sv_eq(as, SV("xml"))) {
    return xml_write(text, value, schema, member(line, "root"), is_aws ? XML_LISTS_AWS : XML_LISTS_OPENAPI, e);
  }
  return query_form_write(text, value, schema, sv_eq(as, SV("ec2")) ? QUERY_EC2 : QUERY_AWS, e);
}

static bool put_result(struct arena *arena, const json *line, struct sb *out, struct err *e) {
  const struct wire_schema *schema = wire_notation(arena, json_get(line, SV("schema")));
  struct sb text = sb_new(arena, MIB(8));
  sv built;
  sb_put(out, SV("{\"is\":"));
  if (sv_eq(member(line, "as"), SV("tree"))) {
    return put_tree(arena, line, schema, out, e);
  }
  if (!write_text(line, schema, &text, e) || !sb_finish(&text, "the text", &built, e)) {
    return false;
  }
  quote_json(out, built);
  return true;
}

static bool print(const struct sb *out) {
  sv text = sb_view(out);
  return text.len && fwrite(text.ptr, 1, text.len, stdout) == text.len && puts("}") >= 0;
}

static bool do_line(sv text) {
  struct arena *arena = arena_new(MIB(512));
  struct sb out = sb_new(arena, MIB(32));
  struct sb failed = sb_new(arena, KIB(64));
  struct err e = {0};
  json *line = NULL;
  bool good = json_parse(arena, text, &line, &e) && put_result(arena, line, &out, &e);
  sb_put(&failed, SV("{\"error\":"));
  quote_json(&failed, sv_from(e.text));
  good = print(good ? &out : &failed);
  arena_drop(arena);
  return good;
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  ssize_t length = 0;
  bool good = true;
  while (good && (length = getline(&line, &room, stdin)) > 0) {
    good = do_line((sv){line, (size_t)length});
  }
  free(line);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
