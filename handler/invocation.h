/* One invocation under way: what the parts of the handler hand to each other. */
#ifndef ARAZZO_INVOCATION_H
#define ARAZZO_INVOCATION_H

#include "event.h"
#include "handler.h"
#include "run.h"

struct invocation {
  const struct handler *handler;
  struct arena *arena;
  const struct handler_call *call;
  struct event event;
  struct run run;
  struct advance advance;
  const struct masking *masking; /* the run's secrets, once there is a run; NULL before */
  const char *error_name;        /* of the error in `e`, unless memory or a defect is the cause */
  bool is_without_step;          /* nothing was to be done: the event was a duplicate, or concerned no run */
  struct err *e;
};

/* Runs the step and writes the response; the state becomes part of it, unless `apart` asks for it. Once a request was sent, whatever goes
 * wrong is a fact of the run, in the response. */
bool invocation_step(struct invocation *in, json **apart, sv *response);

#endif
