/* What a run shows to people, on standard error: plain lines, or on a terminal one line that follows the step under way, and a table at
 * the end. */
#ifndef ARAZZO_PROGRESS_H
#define ARAZZO_PROGRESS_H

#include <stdio.h>

#include "environment.h"
#include "json.h"
#include "observer.h"

#define PROGRESS_NAME_BYTES 128

enum progress_mode { PROGRESS_OFF, PROGRESS_LINES, PROGRESS_LIVE };
enum progress_phase { PROGRESS_IDLE, PROGRESS_SENDING, PROGRESS_BACKOFF, PROGRESS_WAITING };

/* What the steps of one id came to. */
struct progress_row {
  sv step;
  int64_t requests, status; /* status 0: no answer */
  double duration_ms;
  sv action;
  struct progress_row *next;
};

struct progress {
  FILE *file;
  enum progress_mode mode;
  bool has_colours;
  struct clock clock;
  struct arena *rows_arena, *line_arena;
  struct progress_row *rows;
  enum progress_phase phase;
  char step[PROGRESS_NAME_BYTES], method[PROGRESS_NAME_BYTES], cause[PROGRESS_NAME_BYTES];
  unsigned attempt, max_attempts;
  int64_t started_us, until_us, drawn_us, opened_us;
  int64_t requests;
};

/* Live on a terminal, unless TERM is "dumb" or unset; colours unless NO_COLOR is set. ERR_MEMORY. */
bool progress_open(struct progress *progress, FILE *file, const struct environment *environment, bool is_quiet,
                   bool has_colours, struct err *e);
void progress_close(struct progress *progress);

/* A step's request is going to be sent; a try of it is; it was answered, and the next one comes after `wait_ms` (-1: none). */
void progress_request(struct progress *progress, sv step, sv method, unsigned max_attempts);
void progress_try(struct progress *progress);
void progress_judged(struct progress *progress, const struct exchange *exchange, int64_t wait_ms);

/* The invocation gave this response. */
void progress_step_done(struct progress *progress, const json *response);

/* The run waits for its next step. */
void progress_wait(struct progress *progress, sv next, int64_t seconds);

/* Takes the line that follows the step away, before something else is printed; the next tick draws it again. */
void progress_clear(struct progress *progress);

/* Shows what time makes of it; to be called several times a second. */
void progress_tick(struct progress *progress);

/* The run is over, or is left. */
void progress_end(struct progress *progress, const json *response);

#endif
