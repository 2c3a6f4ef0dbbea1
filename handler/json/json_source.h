/* A JSON file with the places of its nodes. */
#ifndef ARAZZO_JSON_SOURCE_H
#define ARAZZO_JSON_SOURCE_H

#include "yaml_load.h"

/* Fills `source` (its name is set) when the text is strict JSON. False with file, line and column; ERR_SYNTAX and
 * ERR_UNSUPPORTED mean that the text is no JSON, and may be YAML. */
bool json_source_load(struct arena *arena, sv text, struct source *source, struct err *e);

#endif
