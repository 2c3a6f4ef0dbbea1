/* Everything that watches a run of `arazzo run`: progress, trace, HAR, the checkpoint, and the trace that is replayed. */
#ifndef ARAZZO_WATCH_H
#define ARAZZO_WATCH_H

#include "checkpoint.h"
#include "har.h"
#include "progress.h"
#include "record.h"
#include "replay.h"
#include "trace.h"

struct watch {
  struct observer observer;
  struct clock clock; /* the system's; sleeping shows progress, and ends when it has to */
  struct record record;
  struct trace trace;
  struct har har;
  struct progress progress;
  struct checkpoint checkpoint;
  struct replay replay;
  bool is_replay;
  bool is_cut; /* a request was cut: what the invocation came to is no fact of the run */
  struct session *session;
  struct logger logger; /* the session's own */
  struct err why;       /* a file could not be written */
};

/* Opens what the options ask for. The watch must stay where it is until watch_close, which also ends one that failed to open. */
bool watch_open(struct watch *watch, struct session *session, const struct arguments *arguments, struct err *e);
void watch_close(struct watch *watch);

/* What the session has in place of the world. */
struct stage watch_stage(struct watch *watch);

/* Lets the session's log lines stand above the line that follows the step. */
void watch_log(struct watch *watch);

/* For transport_curl_watch: progress goes on, and a second signal cuts the request. */
bool watch_look(void *context);

/* Waits between two steps; returns early when the run is to end. */
void watch_wait(struct watch *watch, sv next, int64_t seconds);

/* Ends the files; `response` NULL: there was none. ERR_INVALID, ERR_MEMORY: one of them could not be written. */
bool watch_finish(struct watch *watch, struct arena *arena, const json *response, struct err *e);

#endif
