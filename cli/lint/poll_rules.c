/* Polls: an action that goes back. Arazzo gives a goto no bound, so a state that no action knows, or one that lasts, is asked for
 * until the bounds of the run end it. A bound of the document's own is the `timeout` of a step in the loop (Arazzo 1.1). */
#include "arena.h"
#include "lint.h"
#include "paths.h"

static bool leads_back(struct lint *lint, const struct step *from, const struct step *to) {
  struct paths paths;
  if (!paths_open_behind(&paths, lint->arena, from)) {
    lint->findings->has_failed = true;
    return false;
  }
  return paths.steps[to->index];
}

/* Whether the target comes before the step in the order of execution, or is the step. */
static bool is_behind(const struct step *target, const struct step *step) {
  for (const struct step *each = target; each; each = each->after) {
    if (each == step) {
      return true;
    }
  }
  return false;
}

static void check_action(struct lint *lint, const struct step *step, const struct action *action) {
  const struct step *target = action->target;
  bool goes_back = action->type == ACTION_GOTO && target && is_behind(target, step);
  bool is_bound = goes_back && (target->timeout_ms > 0 || step->timeout_ms > 0);
  if (!goes_back || is_bound || !leads_back(lint, target, step)) {
    return;
  }
  lint_warn(
      lint, "endless-poll", step->workflow->document, action->node,
      "the action '%.*s' of '%.*s' goes back to '%.*s' as often as it applies: no retryLimit and no timeout ends "
      "that, only the run's own bounds (ARAZZO_MAX_STEPS, ARAZZO_RUN_TIMEOUT_SECONDS); name the states that go on, "
      "not those that end, or poll by a failure action of type retry with a retryLimit",
      SV_ARG(action->name), SV_ARG(step->id), SV_ARG(target->id));
}

static void check_step(struct lint *lint, const struct step *step) {
  for (size_t i = 0; i < step->on_success.count; i++) {
    check_action(lint, step, &step->on_success.items[i]);
  }
  for (size_t i = 0; i < step->on_failure.count; i++) {
    check_action(lint, step, &step->on_failure.items[i]);
  }
}

void check_polls(struct lint *lint) {
  lint_each_step(lint, check_step);
}
