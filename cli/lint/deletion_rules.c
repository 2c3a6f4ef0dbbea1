/* Deletions that the order of the list leads to. When no success action of a step applies, control goes on with the next step of the
 * list: if that deletes, or steps without actions lead from it to one that does, a state that the author did not think of
 * deletes. That also holds where the conditions seem to cover every case: an answer may lack the member that they compare,
 * and engines differ in what they make of that.
 *
 * A list that leads to a deletion from its beginning, without any action, is a sequence that its author wrote; it is told of
 * only where some action also goes to that deletion, which says that it is meant for a case. */
#include "lint.h"

static const struct workflow *workflow_of(const struct step *step) {
  return step->call ? step->call->workflow : NULL;
}

/* The step that deletes, among those that follow each other without any action to decide. */
static const struct step *deletion_behind(const struct step *step) {
  for (const struct step *next = step->after; next; next = next->after) {
    if (next->deletes || (workflow_of(next) && workflow_of(next)->deletion)) {
      return next;
    }
    if (next->on_success.count) {
      return NULL;
    }
  }
  return NULL;
}

/* Whether control may go on behind the success actions. */
static bool falls_through(const struct step *step) {
  for (size_t i = 0; i < step->on_success.count; i++) {
    if (step->on_success.items[i].criteria.count == 0) {
      return false;
    }
  }
  return true;
}

static bool leads_to(const struct actions *actions, const struct step *step) {
  for (size_t i = 0; i < actions->count; i++) {
    if (actions->items[i].target == step) {
      return true;
    }
  }
  return false;
}

static bool is_chosen(const struct step *step) {
  for (size_t i = 0; i < step->workflow->step_count; i++) {
    const struct step *other = &step->workflow->steps[i];
    if (leads_to(&other->on_success, step) || leads_to(&other->on_failure, step)) {
      return true;
    }
  }
  return false;
}

static void check_fall(struct lint *lint, const struct step *step) {
  const struct step *deletion = step->on_success.count && falls_through(step) ? deletion_behind(step) : NULL;
  const json *own = json_get(step->node, SV("onSuccess"));
  if (deletion) {
    lint_warn(lint, "falls-into-deletion", step->workflow->document, own ? own : step->node,
              "when none of the success actions of '%.*s' applies, the list leads to '%.*s', which deletes; add a last "
              "action without criteria, such as {name: otherwise, type: end}",
              SV_ARG(step->id), SV_ARG(deletion->id));
  }
}

static void check_order(struct lint *lint, const struct step *step) {
  const struct step *next = step->after;
  if (next && next->deletes && step->on_success.count == 0 && is_chosen(next)) {
    lint_warn(lint, "deletion-by-order", step->workflow->document, next->node,
              "'%.*s' deletes; an action goes there in some case, but it also follows '%.*s' in the list whenever that "
              "step succeeds; add an action of type end to '%.*s', or move the step",
              SV_ARG(next->id), SV_ARG(step->id), SV_ARG(step->id));
  }
}

static void check_step(struct lint *lint, const struct step *step) {
  check_fall(lint, step);
  check_order(lint, step);
}

void check_deletions(struct lint *lint) {
  lint_each_step(lint, check_step);
}
