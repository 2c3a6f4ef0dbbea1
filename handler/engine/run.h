/* A run: one execution of a workflow, as a stack of frames (docs/adr/0006). */
#ifndef ARAZZO_RUN_H
#define ARAZZO_RUN_H

#include <stdbool.h>
#include <stdint.h>

#include "document.h"

struct arena;
struct masking;
struct observer;

/* Why a workflow is under way. */
enum frame_kind {
  FRAME_FIRST,          /* it is the run's */
  FRAME_CALL,           /* the step below runs it */
  FRAME_DEPENDENCY,     /* the workflow below depends on it */
  FRAME_RETRY_WORKFLOW, /* a retry of the step below runs it first */
  FRAME_RETRY_STEP /* a retry of the step below runs one step of the same workflow first: `scope` is that of below */
};

/* A workflow under way. */
struct frame {
  enum frame_kind kind;
  const struct workflow *origin;   /* what was to be run */
  const struct workflow *workflow; /* what is run: another one behind a goto */
  const struct step *next;         /* the step to run, or that is being run by the frame above */
  json *scope; /* what expressions read: {"inputs": {…}, "steps": {id: {"outputs": {…}}}, …}; steps that ran */
  json *left;  /* keys of workflows that a goto left, as names of an object; NULL: none */
  json *left_outputs;      /* what they gave; NULL: none */
  unsigned waits;          /* durable retries of `next` in a row */
  json *retries;           /* failure action's name -> how often it was taken, for `next` */
  bool maybe_sent;         /* an earlier request of `next` may have been applied without an answer */
  int64_t step_started_ms; /* wall clock: when `next` was first run; 0: not yet, or it has no timeout */
  int64_t wait_seconds;    /* FRAME_RETRY_…: before the step below is repeated */
};

struct run {
  sv id;
  const struct document *document; /* the entry document */
  struct frame *frames;            /* LIMIT_WORKFLOW_DEPTH of them */
  size_t depth;
  struct frame *top;
  json *finished;          /* workflow_key -> what later expressions and dependencies need of its last pass */
  struct masking *secrets; /* inputs that must not be printed, of all workflows that are or were under way here */
  int64_t started_ms;      /* wall clock */
  unsigned steps_done;     /* invocations that ran a step */
  const struct observer *observer; /* who is told what happens; NULL: nobody. No part of the state */
  const struct stand_in *stand_in; /* for showing requests that can't be sent yet; else NULL */
};

/* A new run that starts at the workflow's first step. `inputs` becomes part of it. ERR_MEMORY. */
bool run_start(struct arena *arena, const struct document *document, const struct workflow *workflow, sv id,
               json *inputs, int64_t now_ms, struct run *out, struct err *e);

/* Makes room for the frames of a run that is restored. ERR_MEMORY. */
bool run_open(struct arena *arena, const struct document *document, struct run *out, struct err *e);

/* The workflow that the run was started with. */
const struct workflow *run_workflow(const struct run *run);

/* Checks a run id: 1 to LIMIT_RUN_ID_BYTES visible ASCII characters. ERR_INVALID. */
bool run_check_id(sv id, struct err *e);

/* Puts a workflow on top, with its `inputs`, which become part of the run. ERR_LIMIT beyond LIMIT_WORKFLOW_DEPTH, ERR_MEMORY. */
bool run_push(struct run *run, struct arena *arena, enum frame_kind kind, const struct workflow *workflow, json *inputs,
              struct err *e);

/* Puts one step of the top's workflow on top of it (FRAME_RETRY_STEP). ERR_LIMIT, ERR_MEMORY. */
bool run_push_step(struct run *run, struct arena *arena, const struct step *step, struct err *e);

/* Takes the top away. What expressions read of the last request and response passes to the one below. ERR_MEMORY. */
bool run_pop(struct run *run, struct arena *arena, struct err *e);

/* True when the workflow is the one of the frame, or one that a goto left in it. */
bool frame_has_been_in(const struct frame *frame, const struct workflow *workflow);

/* Replaces the workflow at the top by another one; the one that is left counts as completed. ERR_MEMORY, ERR_LIMIT. */
bool run_transfer(struct run *run, struct arena *arena, const struct workflow *workflow, json *inputs, struct err *e);

/* Notes that the workflow at the top is completed. ERR_MEMORY. */
bool run_note_finished(struct run *run, struct arena *arena, const json *outputs, struct err *e);

/* True when the workflow was completed in this run. */
bool run_has_finished(const struct run *run, const struct workflow *workflow);

/* True when the workflow is under way in some frame. */
bool run_is_under_way(const struct run *run, const struct workflow *workflow);

/* Makes $workflows, $sourceDescriptions and $self readable in the frame at the top. ERR_MEMORY. */
bool run_open_scope(struct run *run, struct arena *arena, struct err *e);

/* True when the step ran before in this pass of its workflow. */
bool frame_has_run(const struct frame *frame, const struct step *step);

/* True when a step that another one depends on has run: in the frame at the top, or in another workflow of the run. */
bool run_has_run(const struct run *run, const struct step *step);

/* Puts the outputs of a step into the frame at the top, replacing those of an earlier pass. ERR_MEMORY. */
bool run_set_outputs(struct run *run, struct arena *arena, const struct step *step, json *outputs, struct err *e);

/* Moves the frame at the top on to `step` (which may be the same one): counters of the former step are dropped. ERR_MEMORY. */
bool run_go_to(struct run *run, struct arena *arena, const struct step *step, struct err *e);

/* A frame's outputs: every name that its workflow declares, null for what has no value; and those of workflows that a goto
 * left, where the later ones give nothing else. ERR_MEMORY, ERR_LIMIT. */
bool frame_outputs(const struct frame *frame, struct arena *arena, json **out, struct err *e);

/* Makes the outputs of a workflow that has ended readable as $outputs for the step at the top, without those that are null.
 * ERR_MEMORY. */
bool run_set_called_outputs(struct run *run, struct arena *arena, const json *outputs, struct err *e);

/* "0/build": the document's index in the set, and the workflow's id. Empty without memory. */
sv workflow_key(struct arena *arena, const struct workflow *workflow);

#endif
