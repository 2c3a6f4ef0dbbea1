/* What the expressions of a workflow refer to: an expression that can never have a value, or that stands where its source
 * does not exist yet, is refused at load. An input that the schema does not name is let through, since inputs may have
 * additional members.
 *
 * On the way it is noted which steps read outputs of which (flow.c makes an order of it), and what of a workflow is read from
 * outside of it: only that is carried along in a run's state. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"

/* Where an expression stands. */
enum place { BEFORE_REQUEST, AFTER_RESPONSE, IN_ACTIONS, AT_END };

struct check {
  struct compiler *compiler;
  const struct workflow *workflow;
  struct step *step; /* NULL: the workflow's outputs */
  enum place place;
  const json *node; /* the value that is walked */
  struct err *e;    /* of that value */
};

/* The first text in the value that holds the expression. */
static const json *text_with(const json *value, sv expression) {
  const json *found = NULL;
  if (json_is_string(value)) {
    return sv_contains(json_string(value), expression) ? value : NULL;
  }
  for (const json *each = json_first(value); each && !found; each = each->next) {
    found = text_with(each, expression);
  }
  return found;
}

const json *reference_place(const json *value, sv expression) {
  const json *text = text_with(value, expression);
  return text ? text : value;
}

/* The place is searched only now: to do so for each expression of a long text would be quadratic. */
static bool refuse(const struct check *check, const struct expression *expression, enum err_code code,
                   const char *why) {
  const json *place = reference_place(check->node, expression->text);
  return source_error(check->compiler->source, place, check->e, code, "'%.*s' %s", SV_ARG(expression->text), why);
}

/* An output's name may hold dots, so that the expression's first segment may be only its beginning. */
static bool has_output(const struct named_values *outputs, sv name) {
  for (size_t i = 0; i < outputs->count; i++) {
    sv output = outputs->items[i].name;
    if (sv_eq(output, name) || (sv_starts(output, name) && output.len > name.len && output.ptr[name.len] == '.')) {
      return true;
    }
  }
  return false;
}

/* Notes that the step reads outputs of another. Its own are there when its actions are chosen. */
static bool note_read(const struct check *check, const struct step *of, sv text) {
  struct step *step = check->step;
  if (!step || (of == step && check->place == IN_ACTIONS)) {
    return true;
  }
  struct step_read *read = arena_alloc(check->compiler->arena, sizeof *read);
  if (!read) {
    return err_memory(check->e);
  }
  *read = (struct step_read){of, check->node, text, step->reads};
  step->reads = read;
  return true;
}

static bool check_step(const struct check *check, const struct expression *expression) {
  /* All outputs of a step: what a Selector Object may pick from. */
  bool is_whole = check->compiler->version == ARAZZO_1_1 && expression->segment_count == 2;
  if (expression->segment_count < 3 && !is_whole) {
    return refuse(check, expression, ERR_INVALID, "is incomplete; write $steps.<stepId>.outputs.<name>");
  }
  const struct step *step = workflow_step(check->workflow, expression->segments[0].name);
  if (!step && check->workflow->is_partial) {
    return err_known(check->e);
  }
  if (!step) {
    return refuse(check, expression, ERR_INVALID, "names a step that this workflow does not have");
  }
  if (!is_whole && !step->is_broken && !has_output(&step->outputs, expression->segments[2].name)) {
    return refuse(check, expression, ERR_INVALID, "names an output that this step does not have");
  }
  return note_read(check, step, expression->text);
}

static bool goes_to_workflow(const struct actions *actions) {
  for (size_t i = 0; i < actions->count; i++) {
    if (actions->items[i].type == ACTION_GOTO && actions->items[i].call) {
      return true;
    }
  }
  return false;
}

/* An action may go to another workflow: what outputs there are at the end is not known before. */
static bool transfers(const struct workflow *workflow) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    if (goes_to_workflow(&workflow->steps[i].on_success) || goes_to_workflow(&workflow->steps[i].on_failure)) {
      return true;
    }
  }
  return false;
}

static bool check_workflow_output(const struct check *check, const struct workflow *workflow,
                                  const struct expression *expression, sv name) {
  return has_output(&workflow->outputs, name) || transfers(workflow) || workflow->is_broken || workflow->is_partial ||
         refuse(check, expression, ERR_INVALID, "names an output that this workflow does not have");
}

static bool check_workflow_step(const struct check *check, const struct workflow *workflow,
                                const struct expression *expression) {
  const struct expression_segment *segments = expression->segments;
  const struct step *step = expression->segment_count > 4 ? workflow_step(workflow, segments[2].name) : NULL;
  return (step && has_output(&step->outputs, segments[4].name)) || workflow->is_broken || workflow->is_partial ||
         refuse(check, expression, ERR_INVALID,
                "names no output of a step of that workflow; write $workflows.<id>.steps.<stepId>.outputs.<name>");
}

/* "$workflows.<id>.inputs.<name>", ".outputs.<name>" or ".steps.<stepId>.outputs.<name>". */
static bool check_workflow(const struct check *check, const struct expression *expression) {
  sv id = expression->segments[0].name;
  sv field = expression->segments[1].name;
  struct workflow *workflow = document_workflow(check->compiler->document, id);
  if (!workflow && check->compiler->document->is_partial) {
    return err_known(check->e);
  }
  if (!workflow) {
    return refuse(check, expression, ERR_INVALID, "names a workflow that this document does not have");
  }
  if (sv_eq(field, SV("inputs"))) {
    workflow->inputs_are_read = true;
    return true;
  }
  if (sv_eq(field, SV("outputs"))) {
    workflow->outputs_are_read = true;
    return check_workflow_output(check, workflow, expression, expression->segments[2].name);
  }
  workflow->steps_are_read = true;
  return check_workflow_step(check, workflow, expression);
}

static bool check_description(const struct check *check, const struct expression *expression) {
  const struct description *description = document_description(check->compiler->document, expression->segments[0].name);
  if (!description) {
    return refuse(check, expression, ERR_INVALID, "names a source description that this document does not have");
  }
  return (expression->segment_count > 1 && json_get(description->node, expression->segments[1].name)) ||
         refuse(check, expression, ERR_INVALID,
                "has no value: of a source description only the fields, as .url, are values");
}

static bool is_after_call(const struct check *check) {
  return (check->place == AFTER_RESPONSE || check->place == IN_ACTIONS) && check->step->call;
}

/* Whether the step runs a workflow that was not found. */
static bool is_after_broken_call(const struct check *check) {
  return check->step && check->step->is_broken && !check->step->operation && !check->step->call;
}

static bool check_called_output(const struct check *check, const struct expression *expression) {
  if (is_after_broken_call(check)) {
    return err_known(check->e);
  }
  if (!is_after_call(check)) {
    return refuse(check, expression, ERR_INVALID,
                  "reads the outputs of a workflow, which stand behind a step that runs one; of this workflow's steps "
                  "write $steps.<stepId>.outputs.<name>");
  }
  return check_workflow_output(check, check->step->call->workflow, expression, expression->segments[0].name);
}

static bool is_after_response(const struct check *check) {
  return check->place == AFTER_RESPONSE || check->place == IN_ACTIONS;
}

static bool check_message(const struct check *check, const struct expression *expression) {
  bool is_async = check->step && !check->step->operation && !check->step->call;
  return (is_async && is_after_response(check)) ||
         refuse(check, expression, ERR_INVALID, "reads a message, which only AsyncAPI steps have");
}

static bool check_expression(void *context, const struct expression *expression) {
  const struct check *check = context;
  switch (expression->source) {
  case EXPRESSION_STEPS:
    return check_step(check, expression);
  case EXPRESSION_STATUS_CODE:
  case EXPRESSION_RESPONSE:
    return is_after_response(check) ||
           refuse(check, expression, ERR_INVALID,
                  check->place == BEFORE_REQUEST
                      ? "reads the response before the request is sent; use an output of an earlier step"
                      : "reads a response where there is none; make it an output of the step");
  case EXPRESSION_URL:
  case EXPRESSION_METHOD:
  case EXPRESSION_REQUEST:
    return is_after_response(check) ||
           refuse(check, expression, ERR_INVALID, "reads a request where there is none yet");
  case EXPRESSION_INPUTS:
    return true;
  case EXPRESSION_SELF:
    return check->compiler->document->self.len ||
           refuse(check, expression, ERR_INVALID, "has no value: the document has no $self");
  case EXPRESSION_OUTPUTS:
    return check_called_output(check, expression);
  case EXPRESSION_MESSAGE:
    return check_message(check, expression);
  case EXPRESSION_WORKFLOWS:
    return check_workflow(check, expression);
  case EXPRESSION_SOURCE_DESCRIPTIONS:
    return check_description(check, expression);
  case EXPRESSION_COMPONENTS:
    return refuse(check, expression, ERR_INVALID, "is no value: a component is used by 'reference'");
  }
  return true;
}

/* Puts the error of one value to those of all, and is clean for the next one. False when the walk must end. */
static bool go_on(struct check *check, struct err *all) {
  return findings_gather(check->compiler->findings, NULL, check->e, all);
}

/* The nodes are walked beside what was compiled of them, so that an error has the place of what is wrong. */
static bool check_criteria(struct check *check, const struct criteria *criteria, const json *list, struct err *all) {
  const json *node = json_first(list);
  for (size_t i = 0; i < criteria->count; i++, node = node->next) {
    check->node = node;
    if (criterion_each(&criteria->items[i], check_expression, check)) {
      continue;
    }
    err_in(check->e, "criterion %zu", i);
    if (!go_on(check, all)) {
      return false;
    }
  }
  return all->code == ERR_NONE;
}

static bool check_values(struct check *check, const struct named_values *values, const char *what, struct err *all) {
  for (size_t i = 0; i < values->count; i++) {
    const struct named_value *value = &values->items[i];
    check->node = value->node;
    if (template_each(value->value, check_expression, check)) {
      continue;
    }
    err_in(check->e, "%s %.*s", what, SV_ARG(value->name));
    if (!go_on(check, all)) {
      return false;
    }
  }
  return all->code == ERR_NONE;
}

static bool check_action(struct check *check, const struct action *action, struct err *all) {
  struct findings *findings = check->compiler->findings;
  struct err one;
  err_clear(&one);
  bool goes_on = (check_criteria(check, &action->criteria, json_get(action->node, SV("criteria")), &one) ||
                  findings_gather(findings, NULL, &one, all)) &&
                 (!action->call || check_values(check, &action->call->inputs, "parameter", &one) ||
                  findings_gather(findings, NULL, &one, all));
  return goes_on && all->code == ERR_NONE;
}

static bool check_actions(struct check *check, const struct actions *actions, struct err *all) {
  struct err one;
  err_clear(&one);
  check->place = IN_ACTIONS;
  for (size_t i = 0; i < actions->count; i++) {
    if (check_action(check, &actions->items[i], &one)) {
      continue;
    }
    err_in(&one, "action %.*s", SV_ARG(actions->items[i].name));
    if (!findings_gather(check->compiler->findings, NULL, &one, all)) {
      return false;
    }
  }
  return all->code == ERR_NONE;
}

static bool check_parameters(struct check *check, const struct step *step, struct err *all) {
  for (size_t i = 0; i < step->parameter_count; i++) {
    const struct step_parameter *parameter = &step->parameters[i];
    check->node = parameter->value_node;
    if (template_each(parameter->value, check_expression, check)) {
      continue;
    }
    err_in(check->e, "parameter %.*s", SV_ARG(parameter->name));
    if (!go_on(check, all)) {
      return false;
    }
  }
  return all->code == ERR_NONE;
}

static bool check_body(struct check *check, const struct step *step, struct err *all) {
  check->node = json_get(step->node, SV("requestBody"));
  if (!step->body || body_each(step->body, check_expression, check)) {
    return true;
  }
  err_in(check->e, "requestBody");
  return go_on(check, all) && all->code == ERR_NONE;
}

static bool check_called(struct check *check, const struct step *step, struct err *all) {
  return !step->call || check_values(check, &step->call->inputs, "parameter", all);
}

static bool check_success(struct check *check, const struct step *step, struct err *all) {
  check->place = AFTER_RESPONSE;
  return check_criteria(check, &step->success_criteria, json_get(step->node, SV("successCriteria")), all);
}

static bool check_outputs(struct check *check, const struct step *step, struct err *all) {
  return check_values(check, &step->outputs, "output", all);
}

static bool check_on_success(struct check *check, const struct step *step, struct err *all) {
  return check_actions(check, &step->on_success, all);
}

static bool check_on_failure(struct check *check, const struct step *step, struct err *all) {
  return check_actions(check, &step->on_failure, all);
}

/* In the order in which they happen: what is sent, then what is made of the answer. */
static bool check_step_values(struct check *check, const struct step *step, struct err *all) {
  static bool (*const parts[])(struct check * check, const struct step *step, struct err *all) = {
      check_parameters, check_called, check_body, check_success, check_outputs, check_on_success, check_on_failure};
  struct err one;
  err_clear(&one);
  check->place = BEFORE_REQUEST;
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (!parts[i](check, step, &one) && !findings_gather(check->compiler->findings, NULL, &one, all)) {
      return false;
    }
  }
  return all->code == ERR_NONE;
}

static bool check_all(struct check *check, struct workflow *workflow, struct err *all) {
  struct err one;
  err_clear(&one);
  for (size_t i = 0; i < workflow->step_count; i++) {
    check->step = &workflow->steps[i];
    if (check_step_values(check, check->step, &one)) {
      continue;
    }
    err_in(&one, "step %.*s", SV_ARG(check->step->id));
    if (!findings_gather(check->compiler->findings, NULL, &one, all)) {
      return false;
    }
  }
  check->step = NULL;
  check->place = AT_END;
  return (check_values(check, &workflow->outputs, "output", &one) ||
          findings_gather(check->compiler->findings, NULL, &one, all)) &&
         all->code == ERR_NONE;
}

bool references_check(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  struct err one;
  struct check check = {.compiler = compiler, .workflow = workflow, .e = &one};
  err_clear(&one);
  return check_all(&check, workflow, e) || err_unit(e, "reference");
}
