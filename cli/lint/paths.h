/* Which steps of a workflow lead to which. */
#ifndef ARAZZO_PATHS_H
#define ARAZZO_PATHS_H

#include "document.h"

/* The steps to which a path leads. `steps` has one element for each step of the workflow. */
struct paths {
  const struct workflow *workflow;
  bool *steps;
};

/* Marks what is reached from `start`, itself included, without going through `avoided` (may be NULL). False without memory. */
bool paths_open(struct paths *paths, struct arena *arena, const struct step *start, const struct step *avoided);

/* Marks what is reached behind `step`: the step itself only when a path leads back to it. */
bool paths_open_behind(struct paths *paths, struct arena *arena, const struct step *step);

/* Whether the workflow may end well at this step: by an action, or as the last one of the list. */
bool paths_ends_at(const struct step *step);

#endif
