/* The one place that reads the process's environment. */
#include "environment.h"

#include <stdlib.h>
#include <unistd.h>

static const char *process_get(void *context, const char *name) {
  (void)context;
  return getenv(name);
}

struct environment environment_of_process(void) {
  return (struct environment){.get = process_get};
}

bool environment_get(const struct environment *environment, const char *name, sv *out) {
  *out = sv_from(environment->get(environment->context, name));
  return out->len != 0;
}

char **environment_for_children(void) {
  return environ;
}
