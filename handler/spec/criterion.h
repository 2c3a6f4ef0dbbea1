/* Criterion Objects: what must hold of a response. */
#ifndef ARAZZO_CRITERION_H
#define ARAZZO_CRITERION_H

#include <stdbool.h>

#include "condition.h"
#include "jsonpath.h"
#include "regex_pattern.h"
#include "xpath.h"
#include "yaml_load.h"

enum criterion_type { CRITERION_SIMPLE, CRITERION_REGEX, CRITERION_JSONPATH, CRITERION_XPATH };

/* A compiled criterion; open, so that documents can be checked. */
struct criterion {
  enum criterion_type type;
  const struct expression
      *context; /* regex, jsonpath and xpath; may be written in simple ones, where nothing reads it */
  const struct condition *condition; /* simple */
  const struct regex_pattern *pattern;
  const struct jsonpath *path;
  const struct xpath *xpath;
  sv text; /* the condition as it was written */
};

/* Compiles a Criterion Object, whose structure was checked (structure.h). `comparison_form` tells whether the document's version accepts it in jsonpath conditions.
 * ERR_SYNTAX, ERR_INVALID, ERR_UNSUPPORTED at the place of the offending node. */
bool criterion_compile(struct arena *arena, const struct source *source, const json *node, bool comparison_form,
                       struct criterion *out, struct err *e);

/* Evaluates it. VERDICT_UNKNOWN when it can't be said: then no transition may follow from it, and scope->why_unknown, where
 * there is one, may say why. It is unknown when the context is absent or null (where Arazzo 1.1.0 says "fail": that would let
 * control fall through), when a body is not what the condition's language reads, when an embedded expression has no value,
 * and when a pattern is none with its values put in. ERR_LIMIT, ERR_MEMORY. */
bool criterion_eval(const struct criterion *criterion, const struct scope *scope, struct arena *arena,
                    enum verdict *out, struct err *e);

/* Calls `visit` for each expression, until it returns false; returns what it returned. */
bool criterion_each(const struct criterion *criterion,
                    bool (*visit)(void *context, const struct expression *expression), void *context);

#endif
