/* What the checks share: the documents that are looked at, and where findings go. Documents that load are checked; each check
 * goes over all workflows. Internal to cli/lint/ and validate.c. */
#ifndef ARAZZO_LINT_H
#define ARAZZO_LINT_H

#include "document.h"
#include "finding.h"

struct lint {
  struct arena *arena;
  const struct document_set *set; /* with its OpenAPI descriptions */
  struct finding_list *findings;
};

/* Runs all rules, and adds the loader's own warnings. */
void lint_run(struct lint *lint);

/* Adds a warning of the rule at a node of the document. */
void lint_warn(struct lint *lint, const char *rule, const struct document *document, const json *node,
               const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Calls `visit` for each step of each workflow. */
void lint_each_step(struct lint *lint, void (*visit)(struct lint *lint, const struct step *step));

/* The checks, each in a file of its own. */
void check_deletions(struct lint *lint);
void check_polls(struct lint *lint);
void check_conditions(struct lint *lint);
void check_actions(struct lint *lint);
void check_comparison_forms(struct lint *lint);
void check_tokens(struct lint *lint);
void check_outputs(struct lint *lint);
void check_secrets(struct lint *lint);
void check_servers(struct lint *lint);

#endif
