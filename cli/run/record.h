/* What is known of one step: its request, each try, how the answer was judged, and where the run went. As JSON, which --trace
 * writes, --har makes entries of, and --replay compares. docs/running.md describes it. */
#ifndef ARAZZO_RECORD_H
#define ARAZZO_RECORD_H

#include "clock.h"
#include "observer.h"

struct arena;

struct record {
  struct arena *arena; /* of the step under way */
  struct clock clock;
  json *step;             /* NULL: nothing has happened yet */
  struct masking *hidden; /* what the step's headers with credentials or cookies hold */
  json *tries, *attempt, *criteria, *transitions;
  int64_t started_us; /* of the step, by the clock that never goes back */
  int64_t begun_us;   /* of the try */
  int64_t sent_us;    /* of the first try */
  unsigned max_attempts;
  bool is_sent;
  bool is_lost; /* memory ran out: the record is not complete */
};

/* Opens a record of nothing. ERR_MEMORY. */
bool record_open(struct record *record, const struct clock *clock, struct err *e);
void record_close(struct record *record);

/* What an observer is told (observer.h). */
void record_request(struct record *record, const struct run *run, const struct step_request *request,
                    unsigned max_attempts);
void record_try_begins(struct record *record, const struct http_request *request);
void record_try_ends(struct record *record, const struct http_response *response, const struct err *failure,
                     enum http_progress progress);
void record_try_judged(struct record *record, const struct exchange *exchange, int64_t wait_ms);
void record_sent(struct record *record, const struct exchange *exchange);
void record_criterion(struct record *record, const struct run *run, struct criteria_place place,
                      const struct criterion *criterion, const struct scope *scope, enum verdict verdict);
void record_outputs(struct record *record, const struct run *run, const struct scope *scope, const json *outputs);
void record_transition(struct record *record, const struct run *run, const struct transition *transition,
                       bool succeeded);
void record_wait(struct record *record, const struct run *run, sv cause, int64_t wait_seconds);
void record_advance(struct record *record, const struct run *run, const struct advance *advance);

/* A copy without the run's secrets: MASKING_MASK stands in their place. NULL without memory. */
json *record_masked(const struct record *record, const struct run *run, const json *value);

/* The next step begins with nothing. */
void record_reset(struct record *record);

#endif
