/* The parts of a case that the json layer's tests share: the text that is parsed, and the error that is expected. */
#ifndef ARAZZO_TEXT_CASE_H
#define ARAZZO_TEXT_CASE_H

#include "cases.h"

#include "errinfo.h"
#include "sv.h"

struct arena;

/* The case's input: "text"; or "hex", bytes that JSON can't hold; or "parts": [{"text": …, "times": n}, …]. */
sv text_case_input(struct arena *arena, const cJSON *data);

/* Asserts that `e` is what the case's "error" says: {"code": "ERR_…", "line": n, "column": n, "says": part of the text}. */
void text_case_assert_error(const cJSON *expected, const struct err *e);

/* Asserts that the texts are the same bytes. */
void text_case_assert_text(const char *expected, sv actual);

#endif
