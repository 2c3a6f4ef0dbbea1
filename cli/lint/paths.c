/* Paths as the engine walks them: success actions in their order, the next step when they may all fail to apply, failure actions,
 * and the step that is repeated behind one that its retry runs first. Conditions are not looked at: each is taken for possible. */
#include "paths.h"

#include "arena.h"

/* Marks a step; whether that is new. */
static bool mark(struct paths *paths, const struct step *step, const struct step *avoided) {
  if (!step || step == avoided || paths->steps[step->index]) {
    return false;
  }
  paths->steps[step->index] = true;
  return true;
}

/* Whether the actions behind this one may have their turn. */
static bool lets_others(const struct action *action) {
  return action->criteria.count > 0 || action->type == ACTION_RETRY;
}

/* Marks the targets of the actions up to one that always applies; `*falls` is false when there is one. */
static bool mark_targets(struct paths *paths, const struct actions *actions, const struct step *avoided, bool *falls) {
  bool is_new = false;
  *falls = true;
  for (size_t i = 0; i < actions->count && *falls; i++) {
    is_new = mark(paths, actions->items[i].target, avoided) || is_new;
    *falls = lets_others(&actions->items[i]);
  }
  return is_new;
}

static bool mark_successors(struct paths *paths, const struct step *step, const struct step *avoided) {
  bool falls = true;
  bool ignored = true;
  bool is_new = mark_targets(paths, &step->on_success, avoided, &falls);
  is_new = (falls && mark(paths, step->after, avoided)) || is_new;
  return mark_targets(paths, &step->on_failure, avoided, &ignored) || is_new;
}

/* A retry that runs another step first repeats its own step behind that one. */
static bool mark_repeated(struct paths *paths, const struct step *step, const struct step *avoided) {
  bool is_new = false;
  for (size_t i = 0; i < step->on_failure.count; i++) {
    const struct action *action = &step->on_failure.items[i];
    bool is_repeated = action->type == ACTION_RETRY && action->target && paths->steps[action->target->index];
    is_new = (is_repeated && mark(paths, step, avoided)) || is_new;
  }
  return is_new;
}

static void walk(struct paths *paths, const struct step *avoided) {
  for (bool is_new = true; is_new;) {
    is_new = false;
    for (size_t i = 0; i < paths->workflow->step_count; i++) {
      const struct step *step = &paths->workflow->steps[i];
      is_new = (paths->steps[i] && mark_successors(paths, step, avoided)) || is_new;
      is_new = mark_repeated(paths, step, avoided) || is_new;
    }
  }
}

static bool prepare(struct paths *paths, struct arena *arena, const struct workflow *workflow) {
  paths->workflow = workflow;
  paths->steps = arena_array(arena, workflow->step_count + 1, sizeof *paths->steps);
  return paths->steps != NULL;
}

bool paths_open(struct paths *paths, struct arena *arena, const struct step *start, const struct step *avoided) {
  if (!prepare(paths, arena, start->workflow)) {
    return false;
  }
  mark(paths, start, avoided);
  walk(paths, avoided);
  return true;
}

bool paths_open_behind(struct paths *paths, struct arena *arena, const struct step *step) {
  if (!prepare(paths, arena, step->workflow)) {
    return false;
  }
  mark_successors(paths, step, NULL);
  walk(paths, NULL);
  return true;
}

bool paths_ends_at(const struct step *step) {
  for (size_t i = 0; i < step->on_success.count; i++) {
    const struct action *action = &step->on_success.items[i];
    if (action->type == ACTION_END) {
      return true;
    }
    if (action->criteria.count == 0) {
      return false;
    }
  }
  return step->after == NULL;
}
