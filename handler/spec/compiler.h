/* What the parts of the document compiler share: internal to spec/. */
#ifndef ARAZZO_COMPILER_H
#define ARAZZO_COMPILER_H

#include "document.h"

/* A source description of the document. */
struct description {
  sv name;
  const struct openapi *openapi;
};

struct compiler {
  struct arena *arena;
  const struct source *source;
  enum arazzo_version version;
  const struct description *descriptions;
  size_t description_count;
};

/* Follows a Reusable Object into `components`: `kind` is "parameters", "successActions" or "failureActions". Other nodes stay
 * as they are. `*override` (may be NULL) is the Reusable Object's own value, or NULL. ERR_INVALID at its place. */
bool reusable_resolve(const struct compiler *compiler, const char *kind, const json **node, const json **override,
                      struct err *e);

/* Compiles the workflow's fields and all of its steps. The workflow's id is set already. */
bool workflow_compile(struct compiler *compiler, const json *node, struct workflow *workflow, struct err *e);

/* Compiles one step; its id, index, workflow and node are set already. `workflow` is the Workflow Object. */
bool step_compile(struct compiler *compiler, const json *workflow, struct step *step, struct err *e);

/* Compiles an array of Criterion Objects; NULL is the empty list. */
bool criteria_compile(struct compiler *compiler, const json *list, struct criteria *out, struct err *e);

/* Compiles `own` and then `inherited` (arrays of actions, or NULL) of the step's workflow. */
bool actions_compile(struct compiler *compiler, const struct workflow *workflow, const json *own, const json *inherited,
                     bool on_success, struct actions *out, struct err *e);

/* Compiles a map from names to expressions; NULL is the empty map. */
bool outputs_compile(struct compiler *compiler, const json *map, struct outputs *out, struct err *e);

/* template_compile with the document's rules, and errors at their place. */
bool value_compile(struct compiler *compiler, const json *value, const struct template **out, struct err *e);

/* Checks what the workflow's expressions refer to: steps and their outputs, inputs, sources. */
bool references_check(const struct compiler *compiler, const struct workflow *workflow, struct err *e);

#endif
