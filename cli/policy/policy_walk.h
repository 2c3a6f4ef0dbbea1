/* From workflows to the permissions that their steps need. */
#ifndef ARAZZO_POLICY_WALK_H
#define ARAZZO_POLICY_WALK_H

#include "api_secret.h"
#include "document.h"
#include "policy_grants.h"
#include "policy_resource.h"

/* A workflow that was looked at with these inputs. */
struct policy_visit {
  const struct workflow *workflow;
  const json *inputs;
  const struct policy_visit *next;
};

struct policy_walk {
  struct arena *arena;
  struct policy_place place;
  struct api_secrets secrets; /* references of ARAZZO_SECRETS */
  struct policy_grants grants;
  const struct policy_visit *visits;
  size_t depth;
  /* Told what the policy can't be as narrow as it should be for: `step` of a workflow, and why. */
  void (*note)(const struct step *step, sv about, const char *why);
  const struct step *noted; /* the last time */
  sv noted_about;
};

/* Adds what a workflow needs that is given these inputs, with the workflows that it leads to. What is not given, and has no default,
 * is not known. Errors of evaluating values; ERR_MEMORY. */
bool policy_walk_workflow(struct policy_walk *walk, const struct workflow *workflow, const json *inputs, struct err *e);

#endif
