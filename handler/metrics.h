/* What CloudWatch counts of the runs: one line of its embedded metric format for an invocation. */
#ifndef ARAZZO_METRICS_H
#define ARAZZO_METRICS_H

#include <stdbool.h>

#include "sv.h"

struct advance;
struct arena;
struct environment;
struct err;
struct logger;
struct run;

/* Plain data; whoever opens it sets `is_cold_start` before each invocation. */
struct metrics {
  struct logger *logger;
  sv name_space;      /* empty: nothing is written */
  bool is_cold_start; /* the invocation is the first of its sandbox */
};

/* Reads POWERTOOLS_METRICS_NAMESPACE. ERR_INVALID when CloudWatch would not take it, ERR_LIMIT beyond
 * LIMIT_METRICS_NAMESPACE_BYTES. The logger and the environment must outlive it. */
bool metrics_open(struct metrics *metrics, struct logger *logger, const struct environment *environment, struct err *e);

/* Writes the line of an invocation, with the fields that the logger's lines have in common. `run` and `advance` are NULL for
 * an event that was refused; then there is a line for a cold start only. Without memory there is none. */
void metrics_write(const struct metrics *metrics, const struct run *run, const struct advance *advance,
                   struct arena *arena);

#endif
