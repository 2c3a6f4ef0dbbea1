/* The parts of a case that the wire layer's tests share. */
#ifndef ARAZZO_WIRE_CASE_H
#define ARAZZO_WIRE_CASE_H

#include "cases.h"

#include "wire_notation.h"

/* A member of the case as a tree of ours; NULL when the case does not have it. Fails the test when that can't be made. */
json *wire_case_json(struct arena *arena, const cJSON *data, const char *member);

/* The case's "schema"; NULL when it has none. */
const struct wire_schema *wire_case_schema(struct arena *arena, const cJSON *data);

/* The schema that JSON text describes. */
const struct wire_schema *wire_case_notation(struct arena *arena, const char *text);

/* Asserts code, text and path of the case's "error": {"code": "ERR_…", "says": text, "where": text}. */
void wire_case_assert_error(const cJSON *data, const struct err *e);

#endif
