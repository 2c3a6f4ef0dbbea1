/* YAML 1.2 (core schema) and JSON documents as JSON values, with the place of every node. */
#ifndef ARAZZO_YAML_LOAD_H
#define ARAZZO_YAML_LOAD_H

#include <stdbool.h>

#include "errinfo.h"
#include "json.h"

/* A place in a source file, 1-based; line 0 when unknown. Columns count code points. */
struct source_place {
  unsigned line;
  unsigned column;
};

/* A loaded file. */
struct source {
  sv name; /* as it is shown in errors */
  json *root;
  struct source_map *map; /* node -> place */
};

/* Loads one YAML 1.2 document, or JSON text (which is YAML), of at most LIMIT_DOCUMENT_BYTES in UTF-8, with or without a
 * byte order mark. `text` need not outlive the call.
 *
 * Plain scalars follow the core schema: null ~ true false, integers (decimal, 0o, 0x), floats. Text that other YAML
 * versions or tools read as another type (yes, no, on, off, 1_0, 12:30, dates) stays text, and so do digits with a
 * leading zero (010). Names are always text (200: is "200"). An alias becomes a copy, with the places of its anchor's
 * nodes. %YAML 1.1 is accepted and read by 1.2's rules.
 *
 * Refused with file, line and column: ERR_SYNTAX for what is not YAML, tabs as indentation, other encodings; ERR_INVALID
 * for duplicate names, names that are collections or missing, texts that do not fit their tag, several documents, no
 * value at all, unknown and recursive aliases; ERR_UNSUPPORTED for .inf, .nan, U+0000, merge keys (<<), aliases as names
 * and tags outside of the core schema; ERR_LIMIT for LIMIT_YAML_*, LIMIT_JSON_NUMBER_BYTES and integers in 0o or 0x
 * beyond 64 bits. ERR_MEMORY has no place. */
bool yaml_parse(struct arena *arena, sv name, sv text, struct source **out, struct err *e);

/* The place of a node's value; {0, 0} when the node is not of this source. */
struct source_place source_place(const struct source *source, const json *node);

/* The place of a member's name; that of its value when the node is not a member. */
struct source_place source_name_place(const struct source *source, const json *member);

/* err_set with the node's place in the source; always false. */
#define source_error(...) (source_report(__VA_ARGS__), err_false())
void source_report(const struct source *source, const json *node, struct err *e, enum err_code code, const char *format,
                   ...) __attribute__((format(printf, 5, 6)));

#endif
