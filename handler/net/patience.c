/* The parts of a request, their limits, and what to say when one is over.
 *
 * Each part fails for reasons of its own (no DNS, no route, a port that speaks no TLS, a slow service, a network that
 * loses packets), so each has a limit and a message of its own. Limits are for silence: a server that is at work is not
 * given up early, since its client would have to guess what came of it. The whole is bounded by the timeout that the
 * caller gives, which is what the invocation's deadline leaves. */
#include "patience.h"

#include "errinfo.h"
#include "limits.h"

struct phase_limit {
  int64_t limit_ms;
  const char *what;
  const char *advice;
};

static const struct phase_limit LIMITS[PHASE_COUNT] = {
    [PHASE_NAME] = {LIMIT_NAME_MS, "the host name was not resolved",
                    "check that the function has DNS, and in a VPC that its DNS resolution is on"},
    [PHASE_CONNECTION] = {LIMIT_CONNECT_MS, "no connection was made",
                          "check that proxy, security groups and routes let the function reach the server (in a VPC it "
                          "needs a NAT gateway or a VPC endpoint)"},
    [PHASE_HANDSHAKE] = {LIMIT_HANDSHAKE_MS, "the TLS handshake did not end", "check that the URL's port speaks TLS"},
    [PHASE_ANSWER] = {LIMIT_ANSWER_MS, "no answer began",
                      "check whether the server is overloaded, and whether the function's timeout leaves enough time"},
    [PHASE_BODY] = {LIMIT_STALL_MS, "the answer did not end",
                    "check whether the server is overloaded, and whether the function's timeout leaves enough time"},
};

void patience_begin(struct patience *patience, int64_t timeout_ms, int64_t now_us) {
  *patience = (struct patience){.phase = PHASE_NAME, .timeout_ms = timeout_ms, .began_us = now_us, .since_us = now_us};
}

void patience_enter(struct patience *patience, enum phase phase, int64_t now_us) {
  patience->spent_us[patience->phase] += now_us - patience->since_us;
  patience->phase = phase;
  patience->since_us = now_us;
}

void patience_hear(struct patience *patience, int64_t now_us) {
  patience_enter(patience, PHASE_BODY, now_us);
}

static int64_t ms_since(int64_t begin_us, int64_t now_us) {
  return (now_us - begin_us) / 1000;
}

int64_t patience_left_ms(const struct patience *patience, int64_t now_us) {
  int64_t whole = patience->timeout_ms - ms_since(patience->began_us, now_us);
  int64_t phase = LIMITS[patience->phase].limit_ms - ms_since(patience->since_us, now_us);
  int64_t left = whole < phase ? whole : phase;
  return left > 0 ? left : 0;
}

static long long spent_ms(const struct patience *patience, enum phase phase, int64_t now_us) {
  int64_t now_spent = patience->phase == phase ? now_us - patience->since_us : 0;
  return (patience->spent_us[phase] + now_spent) / 1000;
}

bool patience_report(const struct patience *patience, sv host, int64_t now_us, struct err *e) {
  const struct phase_limit *limit = &LIMITS[patience->phase];
  bool whole = ms_since(patience->began_us, now_us) >= patience->timeout_ms;
  return err_set(e, ERR_TIMEOUT,
                 "%.*s: %s %s %lld ms%s (name %lld ms, connection %lld ms, handshake %lld ms, answer %lld ms, body "
                 "%lld ms); %s",
                 SV_ARG(host), limit->what, whole ? "in the" : "within",
                 (long long)(whole ? patience->timeout_ms : limit->limit_ms), whole ? " that were left" : "",
                 spent_ms(patience, PHASE_NAME, now_us), spent_ms(patience, PHASE_CONNECTION, now_us),
                 spent_ms(patience, PHASE_HANDSHAKE, now_us), spent_ms(patience, PHASE_ANSWER, now_us),
                 spent_ms(patience, PHASE_BODY, now_us), limit->advice);
}
