/* How runs end as failed, and the names of it. */
#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "stepping.h"

const char *run_status_name(enum run_status status) {
  switch (status) {
  case RUN_RUNNING:
    return "RUNNING";
  case RUN_SUCCEEDED:
    return "SUCCEEDED";
  case RUN_FAILED:
    return "FAILED";
  }
  return "FAILED";
}

const char *run_action_name(enum run_action action) {
  switch (action) {
  case RUN_FAIL:
    return "fail";
  case RUN_NEXT:
    return "next";
  case RUN_GOTO:
    return "goto";
  case RUN_END:
    return "end";
  case RUN_RETRY:
    return "retry";
  case RUN_WAIT:
    return "wait";
  }
  return "fail";
}

const char *run_error_name(enum run_error error) {
  switch (error) {
  case RUN_STEP_FAILED:
    return "Arazzo.StepFailed";
  case RUN_GUARD_EXCEEDED:
    return "Arazzo.GuardExceeded";
  case RUN_STATE_TOO_LARGE:
    return "Arazzo.StateTooLarge";
  case RUN_AMBIGUOUS_OUTCOME:
    return "Arazzo.AmbiguousOutcome";
  case RUN_RESPONSE_TOO_LARGE:
    return "Arazzo.ResponseTooLarge";
  }
  return "Arazzo.StepFailed";
}

bool failing_end(struct stepping *s, enum run_error error, const char *format, ...) {
  struct sb text = sb_new(s->arena, KIB(256));
  va_list args;
  va_start(args, format);
  sb_formatv(&text, format, args);
  va_end(args);
  s->out->status = RUN_FAILED;
  s->out->action = RUN_FAIL;
  s->out->error = error;
  s->out->message = sb_view(&text);
  return true;
}

bool failing_end_with(struct stepping *s, enum run_error error, const struct err *why) {
  if (why->code == ERR_MEMORY || why->code == ERR_INTERNAL) {
    return err_set(s->e, why->code, "%s", why->text);
  }
  struct sb text = sb_new(s->arena, KIB(4));
  err_write(why, &text);
  return failing_end(s, error, "step %.*s: %.*s", SV_ARG(s->run->top->next->id), SV_ARG(sb_view(&text)));
}
