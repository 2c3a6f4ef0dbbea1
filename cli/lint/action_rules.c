/* Actions that never have their turn. Arazzo takes the first action whose criteria hold: behind one without criteria, or with criteria
 * that a later one repeats among its own, the later one is never taken. Only a list as it is written is looked at: that a
 * step's actions come before those of its workflow is how they are overridden. A retry has its turn as often as its limit says, and then leaves it to others. */
#include "lint.h"

static bool has_criterion(const struct criteria *criteria, const struct criterion *wanted) {
  for (size_t i = 0; i < criteria->count; i++) {
    const struct criterion *each = &criteria->items[i];
    bool has_context = each->context && wanted->context;
    bool is_same_context =
        has_context ? sv_eq(each->context->text, wanted->context->text) : !each->context && !wanted->context;
    if (each->type == wanted->type && is_same_context && sv_eq(each->text, wanted->text)) {
      return true;
    }
  }
  return false;
}

/* Whether the early action applies whenever the late one does. */
static bool covers(const struct action *early, const struct action *late) {
  for (size_t i = 0; i < early->criteria.count; i++) {
    if (!has_criterion(&late->criteria, &early->criteria.items[i])) {
      return false;
    }
  }
  return early->type != ACTION_RETRY;
}

static const struct action *cover_of(const struct actions *actions, size_t late) {
  for (size_t i = 0; i < late; i++) {
    if (covers(&actions->items[i], &actions->items[late])) {
      return &actions->items[i];
    }
  }
  return NULL;
}

static void check_list(struct lint *lint, const struct step *step, const struct actions *actions, const json *own) {
  for (size_t i = 1; i < actions->count && i < json_count(own); i++) {
    const struct action *late = &actions->items[i];
    const struct action *early = cover_of(actions, i);
    if (early) {
      lint_warn(lint, "hidden-action", step->workflow->document, json_at(own, i),
                "the action '%.*s' never has its turn: '%.*s' stands before it, and applies whenever it would; put "
                "'%.*s' behind it, or give that one criteria of its own",
                SV_ARG(late->name), SV_ARG(early->name), SV_ARG(early->name));
    }
  }
}

static void check_step(struct lint *lint, const struct step *step) {
  check_list(lint, step, &step->on_success, json_get(step->node, SV("onSuccess")));
  check_list(lint, step, &step->on_failure, json_get(step->node, SV("onFailure")));
}

void check_actions(struct lint *lint) {
  lint_each_step(lint, check_step);
}
