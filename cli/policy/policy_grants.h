/* Permissions that are gathered, and the policy document that they become. */
#ifndef ARAZZO_POLICY_GRANTS_H
#define ARAZZO_POLICY_GRANTS_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"

struct policy_grant {
  sv action;
  sv resource;
  sv passed_to; /* empty: none */
};

/* All zero but for the arena, it is empty. */
struct policy_grants {
  struct arena *arena;
  struct policy_grant *items;
  size_t count;
  size_t capacity;
};

/* Adds a permission, once. The texts must outlive the grants. ERR_MEMORY. */
bool policy_grants_add(struct policy_grants *grants, const struct policy_grant *grant, struct err *e);

/* The policy: what has the same resource is one statement, what has the same actions, too; what is allowed everywhere is not repeated
 * for a resource. The order depends on the texts alone. ERR_MEMORY. */
bool policy_grants_write(struct policy_grants *grants, json **out, struct err *e);

#endif
