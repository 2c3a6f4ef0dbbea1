/* How long a request may take, part by part, and which part took how long. */
#ifndef ARAZZO_PATIENCE_H
#define ARAZZO_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

struct err;

/* The parts of a request, in their order. A request over a kept connection begins with PHASE_ANSWER. */
enum phase {
  PHASE_NAME,       /* the host's name, or the proxy's, is looked up */
  PHASE_CONNECTION, /* TCP, and the proxy's tunnel */
  PHASE_HANDSHAKE,  /* TLS */
  PHASE_ANSWER,     /* the request is sent, and nothing has come back */
  PHASE_BODY        /* the answer has begun */
};
#define PHASE_COUNT 5

struct patience {
  enum phase phase;
  int64_t timeout_ms;
  int64_t began_us;
  int64_t since_us;              /* the begin of the phase; in PHASE_BODY the last part of the answer */
  int64_t spent_us[PHASE_COUNT]; /* by phases that are over */
};

/* The request begins. All times are of the monotonic clock. */
void patience_begin(struct patience *patience, int64_t timeout_ms, int64_t now_us);

/* A phase begins, and the one before ends. The present phase begins anew. */
void patience_enter(struct patience *patience, enum phase phase, int64_t now_us);

/* A part of the answer has come. */
void patience_hear(struct patience *patience, int64_t now_us);

/* How long to wait for the present phase (LIMIT_NAME_MS, LIMIT_CONNECT_MS, LIMIT_HANDSHAKE_MS, LIMIT_ANSWER_MS,
 * LIMIT_STALL_MS) and for the whole (the timeout), whichever ends first; 0 when one is over. */
int64_t patience_left_ms(const struct patience *patience, int64_t now_us);

/* Sets ERR_TIMEOUT: what did not happen in which time, how long each phase took, and what to do. Always false. */
bool patience_report(const struct patience *patience, sv host, int64_t now_us, struct err *e);

#endif
