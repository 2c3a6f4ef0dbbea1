/* The findings of `arazzo validate` as text, JSON and SARIF. */
#ifndef ARAZZO_REPORT_H
#define ARAZZO_REPORT_H

#include "finding.h"

struct arena;

/* "file:line:column: error: text [rule]" for each, to standard output. */
void report_print_text(const struct finding_list *list);

/* An array of objects with file, line, column, severity, rule, text, help, and where, if known. False without memory. */
bool report_print_json(struct arena *arena, const struct finding_list *list);

/* A log of SARIF 2.1.0 (OASIS Standard, 2020). False without memory. */
bool report_print_sarif(struct arena *arena, const struct finding_list *list);

#endif
