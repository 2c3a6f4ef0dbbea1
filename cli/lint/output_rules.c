/* Outputs that may be absent, where they are read: of a step that some path does not run, and of a member that a response need not
 * have. A workflow's output is null then, an optional parameter is left out, and a required one ends the run.
 *
 * A path counts as long as each of its steps succeeds, or a failure action goes on; a run that fails has no outputs. */
#include "arena.h"
#include "lint.h"
#include "paths.h"
#include "response_member.h"
#include "sb.h"

/* A walk over the expressions of a value, for the first one that is wanted. */
struct finding_walk {
  enum expression_source source;
  const struct expression *found;
};

static bool is_other(void *context, const struct expression *expression) {
  struct finding_walk *walk = context;
  if (expression->source != walk->source) {
    return true;
  }
  walk->found = expression;
  return false;
}

static const struct expression *first_of(const struct named_value *value, enum expression_source source) {
  struct finding_walk walk = {source, NULL};
  template_each(value->value, is_other, &walk);
  return walk.found;
}

/* ---- steps that may not run ---- */

/* A step at which the workflow may end well without having run `step`; NULL when there is none. */
static const struct step *end_without(struct lint *lint, const struct step *step) {
  struct paths paths;
  const struct workflow *workflow = step->workflow;
  if (!paths_open(&paths, lint->arena, workflow->first, step)) {
    lint->findings->has_failed = true;
    return NULL;
  }
  for (size_t i = 0; i < workflow->step_count; i++) {
    if (paths.steps[i] && paths_ends_at(&workflow->steps[i])) {
      return &workflow->steps[i];
    }
  }
  return NULL;
}

static void check_output(struct lint *lint, const struct workflow *workflow, const struct named_value *output) {
  const struct expression *expression = first_of(output, EXPRESSION_STEPS);
  const struct step *step = expression ? workflow_step(workflow, expression->segments[0].name) : NULL;
  const struct step *end = step ? end_without(lint, step) : NULL;
  if (end) {
    lint_warn(lint, "absent-output", workflow->document, output->node,
              "the output '%.*s' is null when the workflow ends at '%.*s' without having run '%.*s'; whoever reads it "
              "must know that, or let it be an output of a step that always runs",
              SV_ARG(output->name), SV_ARG(end->id), SV_ARG(step->id));
  }
}

static void check_read(struct lint *lint, const struct step *reader, const struct step_read *read) {
  struct paths paths;
  if (read->of == reader) {
    return;
  }
  if (!paths_open(&paths, lint->arena, reader->workflow->first, read->of)) {
    lint->findings->has_failed = true;
    return;
  }
  if (paths.steps[reader->index]) {
    lint_warn(
        lint, "absent-output", reader->workflow->document, reference_place(read->node, read->text),
        "the step '%.*s' reads %.*s, but some path leads to it without '%.*s'; the value is absent then; let every "
        "path run that step, or read another value",
        SV_ARG(reader->id), SV_ARG(read->text), SV_ARG(read->of->id));
  }
}

/* ---- members that may be absent ---- */

static bool is_output_in(sv text, const struct step *step, sv output) {
  sv prefix = SV("$steps.");
  sv middle = SV(".outputs.");
  sv rest = sv_slice(text, prefix.len, text.len);
  if (!sv_starts(text, prefix) || !sv_starts(rest, step->id)) {
    return false;
  }
  rest = sv_slice(rest, step->id.len, rest.len);
  return sv_starts(rest, middle) && sv_starts(sv_slice(rest, middle.len, rest.len), output);
}

/* The step that reads the output of another one for its request; NULL when none does. */
static const struct step *reader_of(const struct step *step, sv output) {
  for (size_t i = 0; i < step->workflow->step_count; i++) {
    const struct step *other = &step->workflow->steps[i];
    for (const struct step_read *read = other->reads; read; read = read->next) {
      if (read->of == step && other != step && is_output_in(read->text, step, output)) {
        return other;
      }
    }
  }
  return NULL;
}

static bool is_optional(const struct step *step, const struct named_value *output) {
  const struct expression *expression = first_of(output, EXPRESSION_RESPONSE);
  struct response_member member;
  return expression && expression->part == EXPRESSION_BODY && expression->has_pointer &&
         response_member_find(step->source->openapi, step->operation, expression->pointer, &member) &&
         member.is_optional;
}

/* Whether a success criterion speaks of the member: then the author knows of it. */
static bool is_checked(const struct step *step, const struct named_value *output) {
  sv pointer = first_of(output, EXPRESSION_RESPONSE)->pointer;
  size_t start = pointer.len;
  while (start > 0 && pointer.ptr[start - 1] != '/') {
    start--;
  }
  for (size_t i = 0; i < step->success_criteria.count; i++) {
    if (sv_contains(step->success_criteria.items[i].text, sv_slice(pointer, start, pointer.len))) {
      return true;
    }
  }
  return false;
}

static void check_member(struct lint *lint, const struct step *step, const struct named_value *output) {
  const struct step *reader = reader_of(step, output->name);
  if (reader && is_optional(step, output) && !is_checked(step, output)) {
    lint_warn(lint, "optional-output", step->workflow->document, output->node,
              "the output '%.*s' may be absent: the operation '%.*s' does not require this member of its response, and "
              "the step '%.*s' reads it; add a success criterion that it is there",
              SV_ARG(output->name), SV_ARG(step->operation->id), SV_ARG(reader->id));
  }
}

static void check_step(struct lint *lint, const struct step *step) {
  for (const struct step_read *read = step->reads; read; read = read->next) {
    check_read(lint, step, read);
  }
  for (size_t i = 0; step->operation && step->source->openapi && i < step->outputs.count; i++) {
    check_member(lint, step, &step->outputs.items[i]);
  }
}

static void check_workflow(struct lint *lint, const struct workflow *workflow) {
  for (size_t i = 0; i < workflow->outputs.count; i++) {
    check_output(lint, workflow, &workflow->outputs.items[i]);
  }
}

void check_outputs(struct lint *lint) {
  lint_each_step(lint, check_step);
  for (size_t i = 0; i < lint->set->count; i++) {
    for (size_t j = 0; j < lint->set->items[i]->workflow_count; j++) {
      check_workflow(lint, &lint->set->items[i]->workflows[j]);
    }
  }
}
