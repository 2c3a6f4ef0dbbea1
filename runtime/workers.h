/* Several loops at once, for Lambda Managed Instances: processes, since a C handler need not be thread-safe. */
#ifndef RUNTIME_WORKERS_H
#define RUNTIME_WORKERS_H

#include <stddef.h>

struct logger;

/* Forks `count` processes, runs `serve(context)` in each, and waits for all. SIGTERM to this process goes to each of them.
 * Once one ends with a status other than 0 the others are told to end, too, after what they have in hand. Returns 0 when
 * all ended with 0, else 1. SIGTERM must be blocked. In a worker it does not return: the process ends with serve's
 * result. */
int workers_run(size_t count, int (*serve)(void *context), void *context, struct logger *logger);

#endif
