/* One step under way: what the parts of step.c share. Internal to engine/. */
#ifndef ARAZZO_STEPPING_H
#define ARAZZO_STEPPING_H

#include "outcome.h"
#include "response.h"
#include "step.h"

struct stepping {
  const struct engine *engine;
  struct run *run;
  enum delivery delivery;
  struct arena *arena;
  struct advance *out;
  const struct step *sent; /* the step whose request this invocation sends */
  struct step_request request;
  struct exchange exchange;
  int64_t deadline_ms;                      /* wall clock; nothing is sent beyond it */
  struct api_authentication authentication; /* that was added to the request */
  struct credentials credentials;           /* that the request was signed with; empty: it was not, or they are gone */
  bool are_credentials_new;                 /* they replaced others, which had expired */
  struct response_body body;
  struct scope scope;     /* what is evaluated: of the frame at the top */
  bool succeeded;         /* the step that is being judged */
  bool unknown;           /* a malformed body decides: nothing follows from the response */
  bool is_done_before;    /* a DELETE counts as done although the answer says 404 or 410 */
  bool is_assumed;        /* a DELETE counts as done, though nothing says that it was sent before */
  bool may_repeat;        /* sending the request again does no harm */
  struct err why_unknown; /* why a criterion can't be evaluated */
  sv failure;             /* why the step that was run failed; empty: it did not, or not yet */
  struct err *e;
};

/* ---- sending.c ---- */

/* Sends the request of `s->sent`, with retries, and notes what came. An error is one of preparing it. */
bool sending_run(struct stepping *s, int64_t deadline_ms, struct err *why);

/* True when a response came. */
bool sending_has_response(const struct stepping *s);

/* True when the response can be worked with: it is no page of something in between, and its body is not malformed, or not read. */
bool sending_is_usable(const struct stepping *s);

/* A text that says what happened to the last request. */
sv sending_describe(struct stepping *s);

/* True when the request may have been carried out without an answer that says so. */
bool sending_may_be_applied(const struct stepping *s);

/* True when trying again later may help. */
bool sending_is_transient(const struct stepping *s);

/* ---- judging.c ---- */

/* Judges the response to the request that was sent, and moves the run on. */
bool judging_run(struct stepping *s);

/* Judges the step at the top, whose workflow has just ended by its own rules. */
bool judging_after_call(struct stepping *s);

/* The step at the top has failed: its failure actions decide. `verdict` is VERDICT_FAILS when its criteria said so, VERDICT_UNKNOWN
 * when the workflow that it runs failed, or nothing came that could be judged. */
bool judging_after_failure(struct stepping *s, enum verdict verdict);

/* ---- moving.c ---- */

/* Does what follows from the step at the top. */
bool moving_take(struct stepping *s, const struct transition *transition);

/* Keeps the step and asks for a wait; used up, the step has failed. */
bool moving_wait(struct stepping *s);

/* Goes down from the step at the top to the next step that sends a request. `*ready` is false when the run ended instead. */
bool moving_descend(struct stepping *s, bool *ready);

/* ---- failing.c ---- */

/* Ends the run as failed; always true, since a failed run is an answer. */
bool failing_end(struct stepping *s, enum run_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Ends the run with an error that was found while working on the step at the top, unless it is one of this program. */
bool failing_end_with(struct stepping *s, enum run_error error, const struct err *why);

#endif
