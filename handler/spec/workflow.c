/* Workflow Objects (Arazzo 1.1.0, Workflow Object). Steps are named before they are compiled, so that an action can point to
 * any of them. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "schema.h"

static bool name_step(struct compiler *compiler, const json *node, struct workflow *workflow, struct err *e) {
  const json *id = json_get(node, SV("stepId"));
  if (json_string(id).len == 0) {
    return source_error(compiler->source, id, e, ERR_INVALID,
                        "the 'stepId' of this step is empty; give it a name, which actions and expressions use");
  }
  /* Arazzo 1.1.0, Step Object: the stepId MUST be unique amongst all steps of the workflow. */
  if (workflow_step(workflow, json_string(id))) {
    return source_error(compiler->source, id, e, ERR_INVALID, "two steps have the stepId '%.*s'",
                        SV_ARG(json_string(id)));
  }
  struct step *step = &workflow->steps[workflow->step_count];
  *step = (struct step){.id = json_string(id), .index = workflow->step_count, .workflow = workflow, .node = node};
  workflow->step_count++;
  return true;
}

static bool name_steps(struct compiler *compiler, const json *list, struct workflow *workflow, struct err *e) {
  size_t count = json_count(list);
  if (count > LIMIT_WORKFLOW_STEPS) {
    return source_error(compiler->source, list, e, ERR_INVALID, "'steps' must have at most %d entries, but has %zu",
                        LIMIT_WORKFLOW_STEPS, count);
  }
  workflow->steps = arena_array(compiler->arena, count, sizeof *workflow->steps);
  if (!workflow->steps) {
    return err_memory(e);
  }
  for (const json *node = json_first(list); node; node = node->next) {
    if (!name_step(compiler, node, workflow, e)) {
      return false;
    }
  }
  return true;
}

bool workflow_name(struct compiler *compiler, const json *node, struct workflow *workflow, struct err *e) {
  const json *id = json_get(node, SV("workflowId"));
  if (json_string(id).len == 0) {
    return source_error(compiler->source, id, e, ERR_INVALID,
                        "the 'workflowId' of this workflow is empty; give it a name, by which it is run");
  }
  workflow->id = json_string(id);
  return name_steps(compiler, json_get(node, SV("steps")), workflow, e) ||
         err_in(e, "workflow %.*s", SV_ARG(workflow->id));
}

/* "$sourceDescriptions.<name>.<workflowId>" names the document, a bare id is one of this document. */
bool workflow_find(const struct compiler *compiler, sv text, const json *node, struct workflow **out, struct err *e) {
  sv prefix = SV("$sourceDescriptions.");
  const struct document *document = compiler->document;
  sv id = text;
  if (sv_starts(text, prefix)) {
    sv name;
    if (!sv_split(sv_slice(text, prefix.len, text.len), '.', &name, &id)) {
      return source_error(compiler->source, node, e, ERR_INVALID,
                          "'%.*s' is incomplete; write $sourceDescriptions.<name>.<workflowId>", SV_ARG(text));
    }
    const struct description *description = document_description(document, name);
    if (!description) {
      return source_error(compiler->source, node, e, ERR_INVALID, "there is no source description '%.*s'",
                          SV_ARG(name));
    }
    document = description->document;
    if (!document) {
      return description_refuse(compiler, description, node, e);
    }
  }
  *out = document_workflow(document, id);
  return *out || source_error(compiler->source, node, e, ERR_INVALID,
                              "%.*s has no workflow '%.*s'; a workflow of another document is written "
                              "$sourceDescriptions.<name>.<workflowId>",
                              SV_ARG(document->path), SV_ARG(id));
}

static bool compile_dependencies(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  const json *list = json_get(workflow->node, SV("dependsOn"));
  const struct workflow **items = arena_array(compiler->arena, json_count(list) + 1, sizeof(const struct workflow *));
  if (!items) {
    return err_memory(e);
  }
  workflow->depends_on = items;
  for (const json *node = json_first(list); node; node = node->next) {
    struct workflow *found = NULL;
    if (!workflow_find(compiler, json_string(node), node, &found, e)) {
      return false;
    }
    items[workflow->depends_on_count++] = found;
  }
  return true;
}

static bool compile_steps(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    struct step *step = &workflow->steps[i];
    if (!step_compile(compiler, workflow->node, step, e)) {
      return err_in(e, "step %.*s", SV_ARG(step->id));
    }
  }
  return true;
}

bool workflow_compile_inputs(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  workflow->input_schema = json_get(workflow->node, SV("inputs"));
  if (!workflow->input_schema) {
    return true;
  }
  return schema_compile(compiler->arena, compiler->source, workflow->input_schema, &workflow->inputs, e) ||
         err_in(e, "inputs");
}

bool workflow_compile(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  if (!compile_steps(compiler, workflow, e)) {
    return false;
  }
  if (!compile_dependencies(compiler, workflow, e)) {
    return err_in(e, "dependsOn");
  }
  return outputs_compile(compiler, json_get(workflow->node, SV("outputs")), &workflow->outputs, e) ||
         err_in(e, "outputs");
}
