/* Watching a run: who is told what is sent, what comes back, how it is judged, and where the run goes. For the command line, which
 * shows it; the function has no observer, which costs a comparison with NULL at each of these places.
 *
 * An observer only looks: nothing that it does may change what the run does. What it is given lives until it returns, and holds
 * secrets as they are; run->secrets knows them. */
#ifndef ARAZZO_OBSERVER_H
#define ARAZZO_OBSERVER_H

#include "outcome.h"
#include "retry.h"

struct advance;
struct step_request;

/* Which list a criterion that was judged belongs to. */
struct criteria_place {
  const struct action *action; /* NULL: the step's successCriteria */
  size_t index;
};

/* Each function may be NULL. */
struct observer {
  /* The request of the step at the top is going to be sent. It is not authenticated yet. */
  void (*request)(void *context, const struct run *run, const struct step_request *request);
  /* One try of it, as it goes onto the wire. */
  void (*try_begins)(void *context, const struct http_request *request);
  /* What came of the try: a response, or, with `response` NULL, why there is none and how far the request got. */
  void (*try_ends)(void *context, const struct http_response *response, const struct err *failure,
                   enum http_progress progress);
  /* How the last try is understood; `wait_ms` before the next one, or -1 when there is none. */
  void (*try_judged)(void *context, const struct exchange *exchange, int64_t wait_ms);
  /* All tries are over. */
  void (*sent)(void *context, const struct exchange *exchange);
  /* A criterion that decides about the step at the top was judged in `scope`; `why_unknown` may say why it can't be said. */
  void (*criterion)(void *context, const struct run *run, struct criteria_place place,
                    const struct criterion *criterion, const struct scope *scope, enum verdict verdict);
  /* The step at the top succeeded; its outputs were evaluated in `scope`. */
  void (*outputs)(void *context, const struct run *run, const struct scope *scope, const json *outputs);
  /* What follows from the step at the top, which has succeeded or failed; other steps may be judged after it. */
  void (*transition)(void *context, const struct run *run, const struct transition *transition, bool succeeded);
  /* The step at the top is kept, because of a transient failure; `cause` says which. */
  void (*wait)(void *context, const struct run *run, sv cause, int64_t wait_seconds);
  /* The invocation is over. */
  void (*advance)(void *context, const struct run *run, const struct advance *advance);
  void *context;
};

/* Calls the function of run->observer, if there is one. */
#define OBSERVE(run, function, ...)                                                                                    \
  do {                                                                                                                 \
    const struct observer *observer_ = (run)->observer;                                                                \
    if (observer_ && observer_->function) {                                                                            \
      observer_->function(observer_->context, __VA_ARGS__);                                                            \
    }                                                                                                                  \
  } while (0)

#endif
