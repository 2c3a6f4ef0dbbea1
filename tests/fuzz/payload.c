/* Any bytes as the requestBody of a step, in documents of both versions: it is refused, or built. JSON that is sent parses, and reads
 * as $request.body does; a form's pairs hold only what form data may; an error if and only if it failed. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "document.h"
#include "errinfo.h"
#include "limits.h"
#include "request_body.h"
#include "sb.h"

static const char description[] = "openapi: 3.1.0\n"
                                  "info: {title: t, version: '1'}\n"
                                  "servers: [{url: 'https://api.example'}]\n"
                                  "paths: {/a: {post: {operationId: op}}}\n";

static const char inputs[] =
    "{\"inputs\": {\"n\": 1.50, \"t\": \"a \\\"b\\\" & c=d\", \"o\": {\"k\": [1, {\"id\": \"x\"}]}, \"l\": [1, "
    "\"two\", null], \"z\": null, \"x\": \"<r><a>1</a></r>\"}}";

static bool read_file(void *context, sv path, struct arena *arena, sv *text, struct err *e) {
  const sv *document = context;
  (void)arena;
  (void)e;
  *text = sv_eq(path, SV("w.yml")) ? *document : sv_from(description);
  return true;
}

static void check(struct arena *arena, const struct step_body *body, const json *value, sv bytes) {
  struct err e = {0};
  json *sent = NULL;
  if (body->kind == MEDIA_JSON && (!json_parse(arena, bytes, &sent, &e) || !json_equal(sent, value))) {
    abort();
  }
  if (body->kind == MEDIA_FORM && json_type(value) == JSON_OBJECT) {
    for (size_t i = 0; i < bytes.len; i++) {
      unsigned char c = (unsigned char)bytes.ptr[i];
      if (c <= ' ' || c > '~' || c == '"' || c == '<') {
        abort();
      }
    }
  }
}

static void build(struct arena *arena, const struct step_body *body) {
  struct err e = {0};
  json *root = NULL;
  struct request_body built = {.value = NULL};
  if (!body || !json_parse(arena, sv_from(inputs), &root, &e)) {
    return;
  }
  struct scope scope = {.root = root};
  bool good = request_body_build(arena, body, &scope, &built, &e);
  if (good != (e.code == ERR_NONE) || e.code == ERR_INTERNAL || (!good && built.value)) {
    abort();
  }
  if (built.value) {
    check(arena, body, built.value, built.bytes);
  }
}

static void run(const char *version, sv body) {
  struct arena *arena = arena_new(MIB(256));
  struct sb text = sb_new(arena, MIB(1));
  const struct document *document = NULL;
  struct err e = {0};
  sb_format(
      &text,
      "{\"arazzo\": \"%s\", \"info\": {\"title\": \"t\", \"version\": \"1\"}, \"sourceDescriptions\": [{\"name\": "
      "\"a\", \"url\": \"api.yml\"}], \"workflows\": [{\"workflowId\": \"w\", \"steps\": [{\"stepId\": \"s\", "
      "\"operationId\": \"op\", \"requestBody\": ",
      version);
  sb_put(&text, body);
  sb_put(&text, SV("}]}]}"));
  sv view = sb_view(&text);
  struct document_reader reader = {.read = read_file, .context = &view};
  bool good = document_load(arena, SV("w.yml"), reader, &document, &e);
  if (good != (e.code == ERR_NONE) || (!good && !e.text[0])) {
    abort();
  }
  for (size_t i = 0; good && i < document->workflows[0].step_count; i++) {
    build(arena, document->workflows[0].steps[i].body);
  }
  arena_drop(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv body = {(const char *)data, size};
  run("1.0.1", body);
  run("1.1.0", body);
  return 0;
}
