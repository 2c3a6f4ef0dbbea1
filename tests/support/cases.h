/* Case files: a JSON array of objects, each with a "name", turned into named CMocka tests. The files are read with plain
 * cJSON on malloc, so that no code under test takes part in reading them. */
#ifndef ARAZZO_CASES_H
#define ARAZZO_CASES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cjson/cJSON.h>

/* What a test function gets as `*state`. */
struct case_state {
  const cJSON *data; /* the case */
  const char *name;
};

/* Runs `function` for each case of the JSON file (its root array, or the array member `member` of its root object when
 * not NULL). Returns the number of failed tests; a file that cannot be read, or without cases, is one failure. */
int cases_run(const char *group, const char *path, const char *member, CMUnitTestFunction function);

/* The same over a part of a document that was parsed by the caller. */
int cases_run_array(const char *group, const cJSON *array, CMUnitTestFunction function);

/* A whole file as NUL-terminated text, to be freed; NULL when it can't be read. */
char *cases_read_file(const char *path, size_t *length);

/* The path of a file of the third-party conformance data (CONFORMANCE_DATA, default ../shared/data), or NULL after saying
 * that the tests are skipped and how to get it. The path lives until the next call. */
const char *cases_conformance_path(const char *relative);

/* The case's text member, or NULL. */
const char *case_text(const cJSON *data, const char *member);

#endif
