/* Environment variables as an argument: the only file that calls getenv is environment.c. */
#ifndef ARAZZO_ENVIRONMENT_H
#define ARAZZO_ENVIRONMENT_H

#include <stdbool.h>

#include "sv.h"

struct environment {
  const char *(*get)(void *context, const char *name); /* NULL: not set */
  void *context;
};

/* The process's environment. */
struct environment environment_of_process(void);

/* The variable's value; false when it is not set or empty, as AWS's tools treat both alike. It lives as long as the
 * environment does. */
bool environment_get(const struct environment *environment, const char *name, sv *out);

/* The process's environment as programs that it starts get it. */
char **environment_for_children(void);

#endif
