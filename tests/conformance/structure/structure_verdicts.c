/* Prints what structure_check says of many documents, one line each: "accepted", or "refused file:line:column: where: text".
 *
 * Standard input is a sequence of documents: a line "VERSION LENGTH", VERSION being 1.0 or 1.1, then LENGTH bytes of YAML or
 * JSON. Any other error than ERR_INVALID (a document that is not YAML, no memory) ends the program with status 1. */
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "limits.h"
#include "sb.h"
#include "structure.h"
#include "yaml_load.h"

static bool print_verdict(sv text, enum arazzo_version version) {
  struct arena *arena = arena_new(MIB(256));
  struct err e = {0};
  struct source *source = NULL;
  bool read = yaml_parse(arena, SV("document"), text, &source, &e);
  bool good = read && structure_check(source, version, NULL, &e);
  struct sb line = sb_new(arena, KIB(4));
  err_write(&e, &line);
  sv problem = sb_view(&line);
  printf(good ? "accepted\n" : "refused %.*s\n", SV_ARG(problem));
  arena_drop(arena);
  return good || (read && e.code == ERR_INVALID);
}

int main(void) {
  unsigned minor = 0;
  size_t length = 0;
  bool good = true;
  while (good && scanf("1.%u %zu", &minor, &length) == 2 && getchar() == '\n' && length <= LIMIT_DOCUMENT_BYTES) {
    char *text = malloc(length + 1);
    good = text && fread(text, 1, length, stdin) == length;
    good = good && print_verdict((sv){text, length}, minor == 0 ? ARAZZO_1_0 : ARAZZO_1_1);
    free(text);
  }
  return good && feof(stdin) ? EXIT_SUCCESS : EXIT_FAILURE;
}
