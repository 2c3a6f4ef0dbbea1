/* What an event asks for: start a run, or go on with one. */
#ifndef ARAZZO_EVENT_H
#define ARAZZO_EVENT_H

#include <stdbool.h>

#include "json.h"
#include "schedule_input.h"
#include "step.h"

struct event {
  const json *state; /* go on with this; NULL: start a run */
  enum delivery delivery;
  /* of a start */
  sv workflow_id;        /* empty: the only one */
  const json *inputs;    /* an object; NULL: none given */
  sv run_id;             /* empty: to be derived */
  const json *run;       /* what identifies the run to its caller; NULL: nothing */
  sv event_id;           /* an EventBridge event's id; empty: none */
  bool from_eventbridge; /* ARAZZO_INPUTS apply */
  /* in scheduler mode */
  struct chain_place place;
  bool is_over;       /* it asks for nothing: the run, `run_id`, is over */
  const json *result; /* its last response; NULL: not known */
  const json
      *resources; /* an EventBridge event that starts no run, but may wake one: what it is about; NULL: no such event */
};

/* Reads an event: a start object, a former response, or an EventBridge event. ERR_SYNTAX, ERR_INVALID, ERR_LIMIT say what is
 * wrong and what an event looks like; ERR_MEMORY. Parts live in the arena. With `may_wake` an EventBridge event that starts no run is
 * taken, too, when it has `resources`. */
bool event_read(struct arena *arena, sv text, bool may_wake, struct event *out, struct err *e);

#endif
