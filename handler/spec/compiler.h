/* What the parts of the document compiler share: internal to spec/. */
#ifndef ARAZZO_COMPILER_H
#define ARAZZO_COMPILER_H

#include "document.h"
#include "findings.h"

/* The compiler of one document. */
struct compiler {
  struct arena *arena;
  struct document *document;
  const struct source *source; /* the document's */
  enum arazzo_version version;
  struct findings *findings;
};

/* Notes something that runs, but was hardly meant, by the rule of this name; beyond LIMIT_WARNINGS nothing is noted. */
void compiler_warn(const struct compiler *compiler, const json *node, const char *rule, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Refuses a description that is not at hand, at `node`, which refers to it. Always false. */
bool description_refuse(const struct compiler *compiler, const struct description *description, const json *node,
                        struct err *e);

/* The workflow that a text names, as a `workflowId` does: one of this document, or $sourceDescriptions.<name>.<workflowId>.
 * ERR_INVALID at the node in which the text stands. */
bool workflow_find(const struct compiler *compiler, sv text, const json *node, struct workflow **out, struct err *e);

/* Follows a Reusable Object into `components`: `kind` is "parameters", "successActions" or "failureActions". Other nodes stay
 * as they are. `*override` (may be NULL) is the Reusable Object's own value, or NULL. ERR_INVALID at its place. */
bool reusable_resolve(const struct compiler *compiler, const char *kind, const json **node, const json **override,
                      struct err *e);

/* Whether no mistake of structure was told in a Workflow Object, but for those in its steps. */
bool workflow_is_whole(const struct findings *findings, const json *node);

/* Gives the workflow its id, and its steps theirs, so that others can refer to them. */
bool workflow_name(struct compiler *compiler, const json *node, struct workflow *workflow, struct err *e);

/* Compiles the schema of the workflow's inputs. */
bool workflow_compile_inputs(struct compiler *compiler, struct workflow *workflow, struct err *e);

/* Compiles the other fields of a named workflow, and all of its steps. */
bool workflow_compile(struct compiler *compiler, struct workflow *workflow, struct err *e);

/* Compiles one step; its id, index, workflow and node are set already. `workflow` is the Workflow Object. */
bool step_compile(struct compiler *compiler, const json *workflow, struct step *step, struct err *e);

/* The operation that a Step Object names. `*out` stays NULL when it is one of an AsyncAPI description. */
bool operation_find(struct compiler *compiler, const json *node, struct step *step, struct err *e);

/* True when the Step Object is one of AsyncAPI's by its fields or by the source that it names. */
bool operation_is_async(const struct compiler *compiler, const json *node);

/* Compiles the parameters of a Step Object that runs an operation: its own, and those of its workflow. */
bool parameters_compile(struct compiler *compiler, const json *workflow, struct step *step, struct err *e);

/* Compiles what runs a workflow: `reference` is its workflowId, `own` and `inherited` (may be NULL) are lists of parameters. */
bool call_compile(struct compiler *compiler, const json *reference, const json *own, const json *inherited,
                  const struct call **out, struct err *e);

/* Compiles an array of Criterion Objects; NULL is the empty list. */
bool criteria_compile(struct compiler *compiler, const json *list, struct criteria *out, struct err *e);

/* Compiles `own` and then `inherited` (arrays of actions, or NULL) of the step's workflow. */
bool actions_compile(struct compiler *compiler, const struct workflow *workflow, const json *own, const json *inherited,
                     bool on_success, struct actions *out, struct err *e);

/* Compiles a map from names to expressions; NULL is the empty map. */
bool outputs_compile(struct compiler *compiler, const json *map, struct named_values *out, struct err *e);

/* template_compile with the document's rules, and errors at their place. */
bool value_compile(struct compiler *compiler, const json *value, const struct template **out, struct err *e);

/* Checks what the workflow's expressions refer to: steps and their outputs, inputs, workflows, sources. */
bool references_check(struct compiler *compiler, struct workflow *workflow, struct err *e);

/* Puts the workflow's steps into the order of their execution, and checks that no step needs outputs that can't be there when
 * it runs. Unreachable steps are warnings. */
bool flow_check(struct compiler *compiler, struct workflow *workflow, struct err *e);

/* Refuses workflows of the set that lead back to themselves before any request. */
bool flow_check_calls(struct arena *arena, const struct document_set *set, struct err *e);

/* Notes for each workflow to which DELETE its list of steps leads. */
void flow_note_deletions(struct document_set *set);

/* How the document's version reads values. */
struct template_rules value_rules(const struct compiler *compiler);

/* Gives an error in a value, or in a part of it, its place: that of the node. Line and column that it has are those in the node's
 * text, and are told in words. Always false. */
bool value_error(const struct compiler *compiler, const json *node, struct err *e);

#endif
