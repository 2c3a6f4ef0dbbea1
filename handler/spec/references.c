/* What the expressions of a workflow refer to: an expression that can never have a value, or that stands where its source
 * does not exist yet, is refused at load. An input that the schema does not name is let through, since inputs may have
 * additional members. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"

/* Where an expression stands. */
enum place { BEFORE_REQUEST, AFTER_RESPONSE, AT_END };

struct check {
  const struct compiler *compiler;
  const struct workflow *workflow;
  enum place place;
  const json *node; /* for the position */
  struct err *e;
};

static bool refuse(const struct check *check, const struct expression *expression, enum err_code code,
                   const char *why) {
  return source_error(check->compiler->source, check->node, check->e, code, "'%.*s' %s", SV_ARG(expression->text), why);
}

/* An output's name may hold dots, so that the expression's first segment may be only its beginning. */
static bool has_output(const struct step *step, sv name) {
  for (size_t i = 0; i < step->outputs.count; i++) {
    sv output = step->outputs.items[i].name;
    if (sv_eq(output, name) || (sv_starts(output, name) && output.len > name.len && output.ptr[name.len] == '.')) {
      return true;
    }
  }
  return false;
}

static bool check_step(const struct check *check, const struct expression *expression) {
  if (expression->segment_count < 3) {
    return refuse(check, expression, ERR_INVALID, "is incomplete; write $steps.<stepId>.outputs.<name>");
  }
  sv id = expression->segments[0].name;
  const struct step *step = workflow_step(check->workflow, id);
  if (!step) {
    return refuse(check, expression, ERR_INVALID, "names a step that this workflow does not have");
  }
  return has_output(step, expression->segments[2].name) ||
         refuse(check, expression, ERR_INVALID, "names an output that this step does not have");
}

static bool check_expression(void *context, const struct expression *expression) {
  const struct check *check = context;
  switch (expression->source) {
  case EXPRESSION_STEPS:
    return check_step(check, expression);
  case EXPRESSION_STATUS_CODE:
  case EXPRESSION_RESPONSE:
    return check->place == AFTER_RESPONSE ||
           refuse(check, expression, ERR_INVALID,
                  check->place == BEFORE_REQUEST
                      ? "reads the response before the request is sent; use an output of an earlier step"
                      : "reads a response where there is none; make it an output of the step");
  case EXPRESSION_URL:
  case EXPRESSION_METHOD:
  case EXPRESSION_REQUEST:
    return check->place == AFTER_RESPONSE ||
           refuse(check, expression, ERR_INVALID, "reads a request where there is none yet");
  case EXPRESSION_INPUTS:
  case EXPRESSION_SELF:
    return true;
  case EXPRESSION_OUTPUTS:
  case EXPRESSION_MESSAGE:
  case EXPRESSION_WORKFLOWS:
  case EXPRESSION_SOURCE_DESCRIPTIONS:
  case EXPRESSION_COMPONENTS:
    return refuse(check, expression, ERR_UNSUPPORTED, "is a source of values that is not supported here");
  }
  return true;
}

/* The nodes are walked beside what was compiled of them, so that an error has the place of what is wrong. */
static bool check_criteria(struct check *check, const struct criteria *criteria, const json *list) {
  for (size_t i = 0; i < criteria->count; i++) {
    const json *node = json_at(list, i);
    check->node = json_get(node, SV("condition"));
    if (!criterion_each(&criteria->items[i], check_expression, check)) {
      return err_in(check->e, "criterion %zu", i);
    }
  }
  return true;
}

static bool check_actions(struct check *check, const struct actions *actions) {
  for (size_t i = 0; i < actions->count; i++) {
    const struct action *action = &actions->items[i];
    if (!check_criteria(check, &action->criteria, json_get(action->node, SV("criteria")))) {
      return err_in(check->e, "action %.*s", SV_ARG(action->name));
    }
  }
  return true;
}

static bool check_outputs(struct check *check, const struct outputs *outputs, const json *map) {
  for (size_t i = 0; i < outputs->count; i++) {
    check->node = json_get(map, outputs->items[i].name);
    if (!template_each(outputs->items[i].value, check_expression, check)) {
      return err_in(check->e, "output %.*s", SV_ARG(outputs->items[i].name));
    }
  }
  return true;
}

/* The first text in the value that holds the expression; the value itself when there is none. */
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

/* Expressions anywhere in a value: the place of each is the text that holds it. */
struct value_check {
  struct check *check;
  const json *value;
};

static bool check_in_value(void *context, const struct expression *expression) {
  struct value_check *in = context;
  const json *text = text_with(in->value, expression->text);
  in->check->node = text ? text : in->value;
  return check_expression(in->check, expression);
}

static bool check_value(struct check *check, const struct template *template, const json *value) {
  return template_each(template, check_in_value, &(struct value_check){check, value});
}

static bool check_request(struct check *check, const struct step *step) {
  for (size_t i = 0; i < step->parameter_count; i++) {
    const struct step_parameter *parameter = &step->parameters[i];
    if (!check_value(check, parameter->value, parameter->value_node)) {
      return err_in(check->e, "parameter %.*s", SV_ARG(parameter->name));
    }
  }
  if (step->body) {
    struct value_check in = {check, json_get(step->node, SV("requestBody"))};
    return body_each(step->body, check_in_value, &in) || err_in(check->e, "requestBody");
  }
  return true;
}

static bool check_answer(struct check *check, const struct step *step) {
  return check_criteria(check, &step->success_criteria, json_get(step->node, SV("successCriteria"))) &&
         check_actions(check, &step->on_success) && check_actions(check, &step->on_failure) &&
         check_outputs(check, &step->outputs, json_get(step->node, SV("outputs")));
}

bool references_check(const struct compiler *compiler, const struct workflow *workflow, struct err *e) {
  struct check check = {.compiler = compiler, .workflow = workflow, .e = e};
  for (size_t i = 0; i < workflow->step_count; i++) {
    const struct step *step = &workflow->steps[i];
    check.place = BEFORE_REQUEST;
    bool good = check_request(&check, step);
    check.place = AFTER_RESPONSE;
    if (!good || !check_answer(&check, step)) {
      return err_in(e, "step %.*s", SV_ARG(step->id));
    }
  }
  check.place = AT_END;
  return check_outputs(&check, &workflow->outputs, json_get(workflow->node, SV("outputs")));
}
