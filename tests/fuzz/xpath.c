/* The input is an XPath expression; what compiles is evaluated, selects and replaces in a small document. */
#include <stdint.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "xpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char document[] =
      "<?xml version='1.0'?><!--c--><r xmlns='u' xmlns:p='v' xml:lang='en'><a i='1' p:j='x'>1</a>"
      "<p:b>t<c/>&amp;<![CDATA[<]]></p:b><?q d?><a xmlns=''>\xc3\xa4 2</a></r>\n";
  struct arena *arena = arena_new(MIB(32));
  struct err e = {0};
  json *inputs = NULL;
  json_parse(arena, SV("{\"inputs\": {\"x\": \"1\", \"n\": 2, \"o\": {\"a\": []}, \"z\": null}}"), &inputs, &e);
  struct scope scope = {.root = inputs};
  for (int version = XPATH_10; version <= XPATH_20; version++) {
    const struct xpath *path = NULL;
    enum verdict verdict = VERDICT_UNKNOWN;
    json *value = NULL;
    sv out = {0};
    err_clear(&e);
    if (xpath_compile(arena, (sv){(const char *)data, size}, (enum xpath_version)version, &path, &e)) {
      json *subject = json_new_string(arena, sv_from(document));
      xpath_eval(path, subject, &scope, arena, &verdict, &e);
      err_clear(&e);
      xpath_select(path, subject, &scope, arena, &value, &e);
      err_clear(&e);
      xpath_replace(path, sv_from(document), &scope, SV("<\"'&>"), arena, &out, &e);
    }
  }
  arena_drop(arena);
  return 0;
}
