/* Workflow Objects (Arazzo 1.1.0, Workflow Object). Steps are named before they are compiled, so that an action can point to
 * any of them. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "schema.h"

bool workflow_is_whole(const struct findings *findings, const json *node) {
  for (const struct broken *each = findings->broken; each; each = each->next) {
    if (each->node == node) {
      return false;
    }
  }
  for (const json *member = json_first(node); member && findings->broken; member = member->next) {
    if (!sv_eq(json_name(member), SV("steps")) && !findings_is_whole(findings, member)) {
      return false;
    }
  }
  return true;
}

static bool name_step(struct compiler *compiler, const json *node, struct workflow *workflow, struct err *e) {
  const json *id = json_get(node, SV("stepId"));
  bool is_whole = findings_is_whole(compiler->findings, node);
  if (!is_whole && (json_string(id).len == 0 || workflow_step(workflow, json_string(id)))) {
    return true;
  }
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
  *step = (struct step){
      .id = json_string(id), .index = workflow->step_count, .workflow = workflow, .is_broken = !is_whole, .node = node};
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
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next) {
    if (!name_step(compiler, node, workflow, &one) && !findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  workflow->is_partial = workflow->step_count < count || !findings_is_whole(compiler->findings, list);
  return e->code == ERR_NONE;
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
static bool find_document(const struct compiler *compiler, sv text, const json *node, const struct document **out,
                          sv *id, struct err *e) {
  sv prefix = SV("$sourceDescriptions.");
  sv name;
  *out = compiler->document;
  *id = text;
  if (!sv_starts(text, prefix)) {
    return true;
  }
  if (!sv_split(sv_slice(text, prefix.len, text.len), '.', &name, id)) {
    return source_error(compiler->source, node, e, ERR_INVALID,
                        "'%.*s' is incomplete; write $sourceDescriptions.<name>.<workflowId>", SV_ARG(text));
  }
  const struct description *description = document_description(compiler->document, name);
  if (!description) {
    return source_error(compiler->source, node, e, ERR_INVALID, "there is no source description '%.*s'", SV_ARG(name));
  }
  if (description->is_broken) {
    return err_known(e);
  }
  *out = description->document;
  return *out || description_refuse(compiler, description, node, e);
}

bool workflow_find(const struct compiler *compiler, sv text, const json *node, struct workflow **out, struct err *e) {
  const struct document *document = NULL;
  sv id;
  if (!find_document(compiler, text, node, &document, &id, e)) {
    return false;
  }
  *out = document_workflow(document, id);
  if (!*out && (document->is_partial || document->is_broken)) {
    return err_known(e);
  }
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
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next) {
    struct workflow *found = NULL;
    if (workflow_find(compiler, json_string(node), node, &found, &one)) {
      items[workflow->depends_on_count++] = found;
    } else if (!findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE || err_unit(e, "reference");
}

static bool compile_steps(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  struct err one;
  err_clear(&one);
  for (size_t i = 0; i < workflow->step_count; i++) {
    struct step *step = &workflow->steps[i];
    if (step->is_broken || step_compile(compiler, workflow->node, step, &one)) {
      continue;
    }
    step->is_broken = true;
    workflow->is_partial = true;
    err_in(&one, "step %.*s", SV_ARG(step->id));
    if (!findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

bool workflow_compile_inputs(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  workflow->input_schema = json_get(workflow->node, SV("inputs"));
  if (!workflow->input_schema) {
    return true;
  }
  if (!schema_compile(compiler->arena, compiler->source, workflow->input_schema, &workflow->inputs, e)) {
    workflow->inputs = NULL;
    err_unit(e, "schema");
    return err_in(e, "inputs");
  }
  return true;
}

bool workflow_compile(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  struct err one;
  err_clear(&one);
  if (!compile_steps(compiler, workflow, &one) && !findings_gather(compiler->findings, NULL, &one, e)) {
    return false;
  }
  if (!compile_dependencies(compiler, workflow, &one)) {
    err_in(&one, "dependsOn");
    if (!findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  if (!outputs_compile(compiler, json_get(workflow->node, SV("outputs")), &workflow->outputs, &one)) {
    workflow->is_partial = true;
    err_in(&one, "outputs");
    return findings_gather(compiler->findings, NULL, &one, e) && e->code == ERR_NONE;
  }
  return e->code == ERR_NONE;
}
