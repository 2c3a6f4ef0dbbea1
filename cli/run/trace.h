/* `--trace FILE`: all that happened in a run, as one JSON object (docs/running.md). */
#ifndef ARAZZO_TRACE_H
#define ARAZZO_TRACE_H

#include "handler.h"
#include "new_file.h"
#include "record.h"
#include "run.h"

struct trace {
  struct new_file file;
  bool is_open;
  bool has_steps;
};

/* Begins the file. Errors of new_file_open. */
bool trace_open(struct trace *trace, sv path, struct err *e);

/* Adds a step; `step` is a record without secrets. The first one brings what is said of the run; `record` lends its memory. */
bool trace_add(struct trace *trace, const struct handler *handler, const struct record *record, const struct run *run,
               const json *step, struct err *e);

/* Ends it with the run's last response, without state and outputs. What has no steps is removed. */
bool trace_finish(struct trace *trace, struct arena *arena, const json *response, struct err *e);
void trace_drop(struct trace *trace);

#endif
