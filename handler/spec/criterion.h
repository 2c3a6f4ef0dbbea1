/* Criterion Objects: what must hold of a response. */
#ifndef ARAZZO_CRITERION_H
#define ARAZZO_CRITERION_H

#include <stdbool.h>

#include "condition.h"
#include "jsonpath.h"
#include "regex_match.h"
#include "yaml_load.h"

enum criterion_type { CRITERION_SIMPLE, CRITERION_REGEX, CRITERION_JSONPATH };

/* A compiled criterion; open, so that documents can be checked. */
struct criterion {
  enum criterion_type type;
  const struct expression *context;  /* regex and jsonpath */
  const struct condition *condition; /* simple */
  const struct regex *regex;
  const struct jsonpath *path;
  sv text; /* the condition as it was written */
};

/* Compiles a Criterion Object. `comparison_form` tells whether the document's version accepts it in jsonpath conditions.
 * ERR_SYNTAX, ERR_INVALID, ERR_UNSUPPORTED at the place of the offending node. */
bool criterion_compile(struct arena *arena, const struct source *source, const json *node, bool comparison_form,
                       struct criterion *out, struct err *e);

/* Evaluates it. VERDICT_UNKNOWN when it can't be said: then no transition may follow from it. ERR_LIMIT, ERR_MEMORY. */
bool criterion_eval(const struct criterion *criterion, const struct scope *scope, struct arena *arena,
                    enum verdict *out, struct err *e);

/* Calls `visit` for each expression, until it returns false; returns what it returned. */
bool criterion_each(const struct criterion *criterion,
                    bool (*visit)(void *context, const struct expression *expression), void *context);

#endif
