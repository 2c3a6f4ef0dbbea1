/* The input is an XML text, on which fixed expressions are evaluated; after a replacement it is still well-formed. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "xpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void replace(struct arena *arena, const struct xpath *path, sv xml) {
  struct err e = {0};
  json *value = NULL;
  sv out = {0};
  if (!xpath_replace(path, xml, NULL, SV("<'\"&>"), arena, &out, &e)) {
    return;
  }
  json *subject = json_new_string(arena, out);
  if (!subject || !xpath_select(path, subject, NULL, arena, &value, &e) || !value) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const texts[] = {"//* | //@* | //text()", "//@*", "//text()",
                                      "count(//namespace::*) + count(//p:*/preceding::node())", "//*[last()]/a"};
  struct arena *arena = arena_new(MIB(64));
  sv xml = {(const char *)data, size};
  json *subject = json_new_string(arena, xml);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct err e = {0};
    const struct xpath *path = NULL;
    json *value = NULL;
    if (!xpath_compile(arena, sv_from(texts[i]), XPATH_31, &path, &e)) {
      abort();
    }
    if (subject) {
      xpath_select(path, subject, NULL, arena, &value, &e);
    }
    replace(arena, path, xml);
  }
  arena_drop(arena);
  return 0;
}
