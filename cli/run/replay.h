/* `--replay TRACE`: a run whose answers come from a trace. Nothing is sent, no time goes by, no credentials are needed. */
#ifndef ARAZZO_REPLAY_H
#define ARAZZO_REPLAY_H

#include "errinfo.h"
#include "record.h"
#include "session.h"

struct replay {
  struct arena *arena;
  const json *root;
  const json *next;     /* the record of the next step; NULL: there is none */
  const json *step;     /* of the step under way */
  const json *attempt;  /* its next try */
  const json *answered; /* the last try that was answered */
  int64_t started_ms;   /* of the run */
  int64_t wall_ms;      /* of the step */
  int64_t offset_us;    /* since the step's request */
  unsigned keys;        /* how often credentials were replaced */
  struct transport transport;
  struct clock clock;
  struct credentials_provider credentials;
  struct err why; /* how the run differs from the recorded one */
};

/* Reads a trace of at most LIMIT_TRACE_BYTES. The replay must stay where it is. ERR_SYNTAX, ERR_INVALID, ERR_LIMIT, ERR_MEMORY. */
bool replay_open(struct replay *replay, sv path, struct err *e);

/* The same for the trace's text, which must outlive the replay. */
bool replay_open_text(struct replay *replay, sv text, struct err *e);
void replay_close(struct replay *replay);

/* What a session has in place of the world. */
struct stage replay_stage(struct replay *replay, const struct observer *observer);

/* The trace's inputs, with those of `given` over them, its workflow and run id: the start event's members. ERR_INVALID when an input
 * is hidden in the trace and not given, or when the trace is of a run that was resumed, and `is_resumed` is false. */
bool replay_event(const struct replay *replay, struct arena *arena, const json *given, json *event, struct err *e);

/* Whether the recorded run was one that went on from a saved response. */
bool replay_is_resumed(const struct replay *replay);

/* Whether the trace was made with the documents of this digest. */
bool replay_is_of(const struct replay *replay, sv digest);

/* Begins the next step; false when the trace is over. */
bool replay_next(struct replay *replay);

/* Compares the request that is going to be sent with the recorded one; `replay->why` says how they differ. */
void replay_request(struct replay *replay, const struct record *record, const struct run *run);

#endif
