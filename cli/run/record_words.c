/* Enums as words, and transitions as sentences. */
#include "record_words.h"

#include "sb.h"

sv record_outcome_word(enum attempt_class outcome) {
  switch (outcome) {
  case ATTEMPT_ANSWERED:
    return SV("answered");
  case ATTEMPT_THROTTLED:
    return SV("throttled");
  case ATTEMPT_MENDED:
    return SV("mended");
  case ATTEMPT_TRANSIENT:
    return SV("transient");
  case ATTEMPT_NOT_SENT:
    return SV("notSent");
  case ATTEMPT_LOST:
    return SV("lost");
  case ATTEMPT_FATAL:
    return SV("fatal");
  }
  return SV("fatal");
}

sv record_verdict_word(enum verdict verdict) {
  switch (verdict) {
  case VERDICT_HOLDS:
    return SV("holds");
  case VERDICT_FAILS:
    return SV("fails");
  case VERDICT_UNKNOWN:
    return SV("unknown");
  }
  return SV("unknown");
}

sv record_criterion_word(enum criterion_type type) {
  switch (type) {
  case CRITERION_SIMPLE:
    return SV("simple");
  case CRITERION_REGEX:
    return SV("regex");
  case CRITERION_JSONPATH:
    return SV("jsonpath");
  case CRITERION_XPATH:
    return SV("xpath");
  }
  return SV("simple");
}

sv record_transition_word(enum transition_kind kind) {
  switch (kind) {
  case TRANSITION_NEXT:
    return SV("next");
  case TRANSITION_GOTO:
    return SV("goto");
  case TRANSITION_END:
    return SV("end");
  case TRANSITION_RETRY:
    return SV("retry");
  case TRANSITION_NONE:
    return SV("none");
  }
  return SV("none");
}

static const struct {
  enum err_code code;
  const char *word;
} failures[] = {
    {ERR_NETWORK, "network"}, {ERR_TLS, "tls"},         {ERR_TIMEOUT, "timeout"},
    {ERR_LIMIT, "limit"},     {ERR_INVALID, "invalid"}, {ERR_MEMORY, "memory"},
};
#define FAILURES_COUNT (sizeof failures / sizeof *failures)

sv record_failure_word(enum err_code code) {
  for (size_t i = 0; i < FAILURES_COUNT; i++) {
    if (failures[i].code == code) {
      return sv_from(failures[i].word);
    }
  }
  return SV("internal");
}

enum err_code record_failure_code(sv word) {
  for (size_t i = 0; i < FAILURES_COUNT; i++) {
    if (sv_eq(word, sv_from(failures[i].word))) {
      return failures[i].code;
    }
  }
  return ERR_INTERNAL;
}

/* ---- why ---- */

static void put_action(struct sb *out, const struct run *run, const struct action *action, bool succeeded) {
  sb_format(out, "%s action '%.*s' applies: %s", succeeded ? "success" : "failure", SV_ARG(action->name),
            action->criteria.count == 0   ? "it has no criteria"
            : action->criteria.count == 1 ? "its criterion holds"
                                          : "all of its criteria hold");
  if (action->type == ACTION_RETRY) {
    sb_format(out, "; retry %u of %u", outcome_retries(run, action) + 1, action->retry_limit);
  }
}

static void put_next(struct sb *out, const struct run *run, const struct transition *transition) {
  bool has_actions = run->top->next->on_success.count > 0;
  sb_put(out, has_actions ? SV("none of its success actions applies: ") : SV("it has no success actions: "));
  if (transition->target) {
    sb_format(out, "fell through to the next step of the list, %.*s", SV_ARG(transition->target->id));
  } else {
    sb_put(out, SV("the list of steps ends here"));
  }
}

void record_put_why(struct sb *out, const struct run *run, const struct transition *transition, bool succeeded) {
  sb_put(out, succeeded ? SV("the step succeeded; ") : SV("the step failed; "));
  if (transition->action) {
    put_action(out, run, transition->action, succeeded);
  } else if (succeeded) {
    put_next(out, run, transition);
  } else {
    sb_put(out, run->top->next->on_failure.count ? SV("none of its failure actions applies")
                                                 : SV("it has no failure actions"));
  }
}
