/* One step, as the specification tells it: guard, go down to the step that sends a request, build the request, send it, judge
 * what came, move on.
 *
 * What is not in the specification: a transient failure keeps the step and waits (a throttled poll must not end a run that
 * built an image for an hour); a request that may have been applied is sent again only when that is harmless; a DELETE is
 * sent only on a transition that the author wrote and that was positively evaluated. */
#include "step.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "observer.h"
#include "sb.h"
#include "stepping.h"

static bool guard_holds(struct stepping *s) {
  const struct engine *engine = s->engine;
  int64_t seconds = (clock_wall_ms(&engine->clock) - s->run->started_ms) / 1000;
  const struct step *next = s->run->top->next;
  if (s->run->steps_done >= engine->max_steps) {
    failing_end(s, RUN_GUARD_EXCEEDED,
                "the run has done %u steps, which is the limit (ARAZZO_MAX_STEPS); the next one would be %.*s",
                s->run->steps_done, SV_ARG(next->id));
    return false;
  }
  if (seconds >= engine->run_timeout_seconds) {
    failing_end(
        s, RUN_GUARD_EXCEEDED,
        "the run has taken %lld seconds; the limit is %lld (ARAZZO_RUN_TIMEOUT_SECONDS); the next step would be %.*s",
        (long long)seconds, (long long)engine->run_timeout_seconds, SV_ARG(next->id));
    return false;
  }
  return true;
}

/* A repeated delivery of a request that can't be sent twice: what the first one did is not known. */
static bool is_unsafe_repetition(const struct stepping *s) {
  return s->delivery == DELIVERY_REPEATED && !s->may_repeat;
}

/* ---- steps that take too long ---- */

/* The first frame from below whose step should be completed by now; NULL when there is none. */
static const struct frame *late_frame(const struct stepping *s) {
  int64_t now_ms = clock_wall_ms(&s->engine->clock);
  for (size_t i = 0; i < s->run->depth; i++) {
    const struct frame *frame = &s->run->frames[i];
    if (frame->step_started_ms && now_ms >= frame->step_started_ms + frame->next->timeout_ms) {
      return frame;
    }
  }
  return NULL;
}

static bool uncover(struct stepping *s, const struct frame *frame) {
  while (s->run->top != frame) {
    if (!run_pop(s->run, s->arena, s->e)) {
      return false;
    }
  }
  return true;
}

/* An earlier delivery of this event may have sent the request of the step at the top, before it was too late. */
static void note_earlier_delivery(struct stepping *s) {
  struct step_request request;
  struct err ignored;
  err_clear(&ignored);
  s->exchange.ambiguous = s->delivery == DELIVERY_REPEATED;
  s->may_repeat = s->run->top->next->operation &&
                  request_build(s->arena, s->run, &s->engine->endpoints, &s->engine->tokens, &request, &ignored) &&
                  request_may_repeat(&request, s->run->top->next->operation);
  s->request.http.method = SV("a request");
}

/* Arazzo 1.1.0, Step Object: a step that is not completed within its `timeout` is aborted and fails. */
static bool fail_late(struct stepping *s, const struct frame *frame) {
  struct err *why = arena_alloc(s->arena, sizeof *why);
  struct sb text = sb_new(s->arena, KIB(4));
  note_earlier_delivery(s);
  if (!why || !uncover(s, frame)) {
    return err_memory(s->e);
  }
  err_set(why, ERR_TIMEOUT, "it was not completed within its timeout of %lld ms", (long long)frame->next->timeout_ms);
  sb_format(&text, "step %.*s failed: %s", SV_ARG(frame->next->id), why->text);
  s->failure = sb_view(&text);
  s->exchange.failure = why;
  s->exchange.outcome = ATTEMPT_ANSWERED;
  s->sent = s->out->step = frame->next;
  s->out->workflow = frame->workflow;
  s->scope = (struct scope){.root = s->run->top->scope, .response_missing = true};
  return judging_after_failure(s, VERDICT_UNKNOWN);
}

/* ---- the step that sends ---- */

static bool send_and_judge(struct stepping *s, int64_t deadline_ms) {
  struct err why;
  err_clear(&why);
  if (!request_build(s->arena, s->run, &s->engine->endpoints, &s->engine->tokens, &s->request, &why)) {
    return failing_end_with(s, RUN_STEP_FAILED, &why);
  }
  s->may_repeat = request_may_repeat(&s->request, s->sent->operation);
  OBSERVE(s->run, request, s->run, &s->request);
  if (is_unsafe_repetition(s)) {
    return failing_end(s, RUN_AMBIGUOUS_OUTCOME,
                       "step %.*s: this event was delivered before, and %.*s without an idempotency token can't be "
                       "sent again safely; look at the resource before you start another run",
                       SV_ARG(s->sent->id), SV_ARG(s->request.http.method));
  }
  if (!sending_run(s, deadline_ms, &why)) {
    return failing_end_with(s, RUN_STEP_FAILED, &why);
  }
  return judging_run(s);
}

static bool run_stepping(struct stepping *s, int64_t deadline_ms) {
  bool ready = false;
  if (!guard_holds(s)) {
    return true;
  }
  s->run->steps_done++;
  const struct frame *late = late_frame(s);
  if (late) {
    return fail_late(s, late);
  }
  if (!moving_descend(s, &ready) || !ready) {
    return s->e->code == ERR_NONE;
  }
  s->sent = s->run->top->next;
  s->out->step = s->sent;
  s->out->workflow = s->run->top->workflow;
  return send_and_judge(s, deadline_ms);
}

bool step_run(const struct engine *engine, struct run *run, enum delivery delivery, int64_t deadline_ms,
              struct arena *arena, struct advance *out, struct err *e) {
  struct stepping s = {.engine = engine, .run = run, .delivery = delivery, .arena = arena, .out = out, .e = e};
  *out = (struct advance){.step = run->top->next, .workflow = run->top->workflow};
  s.exchange.retry_after_ms = -1;
  s.scope.root = run->top->scope;
  run->observer = engine->observer;
  bool good = run_stepping(&s, deadline_ms);
  OBSERVE(run, advance, run, out);
  return good;
}
