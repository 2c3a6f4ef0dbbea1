/* Workflow Objects (Arazzo 1.1.0, Workflow Object). Steps are named before they are compiled, so that an action can point to
 * any of them. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "schema.h"
#include "shape.h"

static const struct shape_field workflow_fields[] = {
    {"workflowId", SHAPE_STRING, true},
    {"summary", SHAPE_STRING, false},
    {"description", SHAPE_STRING, false},
    {"inputs", SHAPE_OBJECT | SHAPE_BOOLEAN, false},
    {"dependsOn", SHAPE_ARRAY, false},
    {"steps", SHAPE_ARRAY, true},
    {"successActions", SHAPE_ARRAY, false},
    {"failureActions", SHAPE_ARRAY, false},
    {"outputs", SHAPE_OBJECT, false},
    {"parameters", SHAPE_ARRAY, false},
    {NULL, 0, false},
};
static const struct shape workflow_shape = {"Workflow Object", workflow_fields};

static bool refuse_unsupported(const struct source *source, const json *node, struct err *e) {
  const json *depends = json_get(node, SV("dependsOn"));
  if (json_count(depends) > 0) {
    return source_error(source, depends, e, ERR_UNSUPPORTED,
                        "'dependsOn' of a workflow is not supported; run that workflow before, and pass what it gives "
                        "as inputs");
  }
  return true;
}

static bool name_steps(struct compiler *compiler, const json *list, struct workflow *workflow, struct err *e) {
  for (const json *node = json_first(list); node; node = node->next) {
    const json *id = json_get(node, SV("stepId"));
    if (json_string(id).len == 0) {
      return source_error(compiler->source, id ? id : node, e, ERR_INVALID,
                          "this Step Object has no 'stepId', or an empty one; it is required");
    }
    /* Arazzo 1.1.0, Step Object: the stepId MUST be unique amongst all steps of the workflow. */
    if (workflow_step(workflow, json_string(id))) {
      return source_error(compiler->source, id, e, ERR_INVALID, "two steps have the stepId '%.*s'",
                          SV_ARG(json_string(id)));
    }
    struct step *step = &workflow->steps[workflow->step_count];
    *step = (struct step){.id = json_string(id), .index = workflow->step_count, .workflow = workflow, .node = node};
    workflow->step_count++;
  }
  return true;
}

static bool compile_steps(struct compiler *compiler, const json *node, struct workflow *workflow, struct err *e) {
  const json *list = json_get(node, SV("steps"));
  if (json_count(list) == 0) {
    return source_error(compiler->source, list, e, ERR_INVALID, "'steps' must have at least one entry");
  }
  workflow->steps = arena_array(compiler->arena, json_count(list), sizeof *workflow->steps);
  if (!workflow->steps) {
    return err_memory(e);
  }
  if (!name_steps(compiler, list, workflow, e)) {
    return false;
  }
  for (size_t i = 0; i < workflow->step_count; i++) {
    struct step *step = &workflow->steps[i];
    if (!step_compile(compiler, node, step, e)) {
      return err_in(e, "step %.*s", SV_ARG(step->id));
    }
  }
  return true;
}

static bool compile_inputs(struct compiler *compiler, const json *node, struct workflow *workflow, struct err *e) {
  workflow->input_schema = json_get(node, SV("inputs"));
  if (!workflow->input_schema) {
    return true;
  }
  return schema_compile(compiler->arena, compiler->source, workflow->input_schema, &workflow->inputs, e) ||
         err_in(e, "inputs");
}

bool workflow_compile(struct compiler *compiler, const json *node, struct workflow *workflow, struct err *e) {
  if (!shape_check(compiler->source, node, &workflow_shape, e) || !refuse_unsupported(compiler->source, node, e) ||
      !compile_inputs(compiler, node, workflow, e) || !compile_steps(compiler, node, workflow, e)) {
    return false;
  }
  return outputs_compile(compiler, json_get(node, SV("outputs")), &workflow->outputs, e) || err_in(e, "outputs");
}
