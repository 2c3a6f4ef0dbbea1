/* A run: one execution of a workflow, and its form between two invocations (the "state" of the response). */
#ifndef ARAZZO_RUN_H
#define ARAZZO_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "document.h"

struct arena;

struct run {
  sv id;
  const struct document *document;
  const struct workflow *workflow;
  const struct step *next; /* the step to run */
  json *scope;         /* {"inputs": {…}, "steps": {id: {"outputs": {…}}}}: what expressions read; steps that ran */
  int64_t started_ms;  /* wall clock */
  unsigned steps_done; /* invocations that ran a step */
  unsigned waits;      /* durable retries of `next` in a row */
  json *retries;       /* failure action's name -> how often it was taken, for `next` */
  bool maybe_sent;     /* an earlier request of `next` may have been applied without an answer */
};

/* A new run that starts at the workflow's first step. `inputs` becomes part of it. ERR_MEMORY. */
bool run_start(struct arena *arena, const struct document *document, const struct workflow *workflow, sv id,
               json *inputs, int64_t now_ms, struct run *out, struct err *e);

/* Appends the state as JSON, as state_read takes it. ERR_LIMIT when it would be longer than `max_bytes`: the message names
 * the largest outputs. ERR_MEMORY. */
bool run_write_state(const struct run *run, struct arena *arena, size_t max_bytes, json **out, struct err *e);

/* What is wrong with a state. */
enum state_fault {
  STATE_GOOD,
  STATE_INVALID,         /* not what run_write_state wrote */
  STATE_DOCUMENT_CHANGED /* made with other documents */
};

/* Reads a state. `*fault` tells which kind of error it is when this returns false (STATE_GOOD: ERR_MEMORY). */
bool run_read_state(struct arena *arena, const struct document *document, const json *state, struct run *out,
                    enum state_fault *fault, struct err *e);

/* Checks a run id: 1 to LIMIT_RUN_ID_BYTES visible ASCII characters. ERR_INVALID. */
bool run_check_id(sv id, struct err *e);

/* True when the step ran before in this run. */
bool run_has_run(const struct run *run, const struct step *step);

/* Puts the outputs of a step into the run, replacing those of an earlier pass. ERR_MEMORY. */
bool run_set_outputs(struct run *run, struct arena *arena, const struct step *step, json *outputs, struct err *e);

/* Moves on to `step` (which may be the same one): counters of the former step are dropped. ERR_MEMORY. */
bool run_go_to(struct run *run, struct arena *arena, const struct step *step, struct err *e);

/* The workflow's outputs, every declared name present, null for what has no value. ERR_MEMORY, ERR_LIMIT. */
bool run_outputs(const struct run *run, struct arena *arena, json **out, struct err *e);

#endif
