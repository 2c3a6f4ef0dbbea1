/* Step Objects (Arazzo 1.1.0): what a step runs, what is sent to it, and what is taken from its answer. Operations, parameters
 * and bodies are compiled elsewhere; AsyncAPI steps are refused, after all that can be checked of them was checked. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"
#include "selector.h"

struct template_rules value_rules(const struct compiler *compiler) {
  return (struct template_rules){.bare_expressions = compiler->version == ARAZZO_1_0,
                                 .selectors = compiler->version == ARAZZO_1_1};
}

bool value_error(const struct compiler *compiler, const json *node, struct err *e) {
  struct source_place place = source_place(compiler->source, node);
  unsigned line = e->line;
  unsigned offset = e->column;
  e->line = 0;
  e->column = 0;
  if (line > 1) {
    err_in(e, "line %u, character %u of the value", line, offset);
  } else if (offset) {
    err_in(e, "character %u of the value", offset);
  }
  return err_at(e, compiler->source->name, place.line, place.column);
}

bool value_compile(struct compiler *compiler, const json *value, const struct template **out, struct err *e) {
  const json *culprit = value;
  if (template_compile(compiler->arena, value, value_rules(compiler), out, &culprit, e)) {
    return true;
  }
  value_error(compiler, culprit ? culprit : value, e);
  return err_unit(e, "expression");
}

/* Arazzo 1.1.0, Step Object, Workflow Object: the name of an output MUST match ^[a-zA-Z0-9\.\-_]+$; no expression could name
 * it otherwise. (The schemas say nothing of other names, nor of their values.) */
static bool is_output_name(sv name) {
  for (size_t i = 0; i < name.len; i++) {
    char c = name.ptr[i];
    bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter && !(c >= '0' && c <= '9') && c != '.' && c != '-' && c != '_') {
      return false;
    }
  }
  return name.len > 0;
}

static bool check_output(struct compiler *compiler, const json *node, struct err *e) {
  sv name = json_name(node);
  const json *context = json_get(node, SV("context"));
  bool is_selector = compiler->version == ARAZZO_1_1 && selector_is(node);
  if (!is_output_name(name)) {
    struct source_place place = source_name_place(compiler->source, node);
    err_set(e, ERR_INVALID, "the output '%.*s' must have a name of letters, digits, '.', '-' and '_'", SV_ARG(name));
    return err_at(e, compiler->source->name, place.line, place.column);
  }
  if (json_is_string(node) || is_selector) {
    return true;
  }
  if (compiler->version == ARAZZO_1_1 && json_is_string(context)) {
    return source_error(compiler->source, context, e, ERR_INVALID,
                        "'context' of a Selector Object must be a runtime expression, such as $response.body, but is "
                        "'%.*s'",
                        SV_ARG(sv_slice(json_string(context), 0, 200)));
  }
  return source_error(compiler->source, node, e, ERR_INVALID, "the output '%.*s' must be a runtime expression%s",
                      SV_ARG(name), compiler->version == ARAZZO_1_1 ? " or a Selector Object" : "");
}

/* False, which ends the walk, at the first expression. */
static bool is_no_expression(void *context, const struct expression *expression) {
  (void)context;
  (void)expression;
  return false;
}

static bool compile_output(struct compiler *compiler, const json *node, struct named_value *out, struct err *e) {
  *out = (struct named_value){.name = json_name(node), .node = node};
  if (!check_output(compiler, node, e)) {
    return err_unit(e, "expression");
  }
  if (!value_compile(compiler, node, &out->value, e)) {
    return err_in(e, "output %.*s", SV_ARG(out->name));
  }
  if (template_each(out->value, is_no_expression, NULL)) {
    compiler_warn(compiler, node, "constant-output",
                  "the output '%.*s' holds no runtime expression; it is always '%.*s'; an expression begins with '$'",
                  SV_ARG(out->name), SV_ARG(sv_slice(json_string(node), 0, 200)));
  }
  return true;
}

bool outputs_compile(struct compiler *compiler, const json *map, struct named_values *out, struct err *e) {
  if (json_count(map) == 0) {
    return true;
  }
  struct named_value *items = arena_array(compiler->arena, json_count(map), sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  out->items = items;
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(map); node; node = node->next) {
    if (compile_output(compiler, node, &items[out->count], &one)) {
      out->count++;
    } else if (!findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

/* False, which ends the walk, at an expression that reads the response's body. */
static bool is_not_of_body(void *context, const struct expression *expression) {
  (void)context;
  return expression->source != EXPRESSION_RESPONSE || expression->part != EXPRESSION_BODY;
}

static bool criteria_read_body(const struct criteria *criteria) {
  for (size_t i = 0; i < criteria->count; i++) {
    if (!criterion_each(&criteria->items[i], is_not_of_body, NULL)) {
      return true;
    }
  }
  return false;
}

static bool values_read_body(const struct named_values *values) {
  for (size_t i = 0; i < values->count; i++) {
    if (!template_each(values->items[i].value, is_not_of_body, NULL)) {
      return true;
    }
  }
  return false;
}

static bool actions_read_body(const struct actions *actions) {
  for (size_t i = 0; i < actions->count; i++) {
    const struct action *action = &actions->items[i];
    if (criteria_read_body(&action->criteria) || (action->call && values_read_body(&action->call->inputs))) {
      return true;
    }
  }
  return false;
}

static bool reads_body(const struct step *step) {
  return values_read_body(&step->outputs) || criteria_read_body(&step->success_criteria) ||
         actions_read_body(&step->on_success) || actions_read_body(&step->on_failure);
}

static bool compile_answer(struct compiler *compiler, const json *workflow, const json *node, struct step *step,
                           struct err *e) {
  struct findings *findings = compiler->findings;
  struct err one;
  err_clear(&one);
  if (!criteria_compile(compiler, json_get(node, SV("successCriteria")), &step->success_criteria, &one)) {
    err_in(&one, "successCriteria");
    if (!findings_gather(findings, NULL, &one, e)) {
      return false;
    }
  }
  return (actions_compile(compiler, step->workflow, json_get(node, SV("onSuccess")),
                          json_get(workflow, SV("successActions")), true, &step->on_success, &one) ||
          findings_gather(findings, NULL, &one, e)) &&
         (actions_compile(compiler, step->workflow, json_get(node, SV("onFailure")),
                          json_get(workflow, SV("failureActions")), false, &step->on_failure, &one) ||
          findings_gather(findings, NULL, &one, e)) &&
         (outputs_compile(compiler, json_get(node, SV("outputs")), &step->outputs, &one) ||
          findings_gather(findings, NULL, &one, e)) &&
         e->code == ERR_NONE;
}

static bool compile_timeout(struct compiler *compiler, const json *node, struct step *step, struct err *e) {
  const json *timeout = json_get(node, SV("timeout"));
  if (timeout && (!json_to_int(timeout, &step->timeout_ms) || step->timeout_ms < 1 ||
                  step->timeout_ms > LIMIT_RUN_SECONDS_MAX * INT64_C(1000))) {
    source_report(compiler->source, timeout, e, ERR_INVALID,
                  "'timeout' must be a whole number of milliseconds from 1 to %lld", LIMIT_RUN_SECONDS_MAX * 1000LL);
    return err_unit(e, "structure");
  }
  return true;
}

/* Splits "<workflow>.steps.<step>", in which the step's id has no dot. */
static void split_step(sv text, sv *workflow, sv *step) {
  sv marker = SV(".steps");
  size_t dot = text.len;
  while (dot > 0 && text.ptr[dot - 1] != '.') {
    dot--;
  }
  *step = sv_slice(text, dot, text.len);
  *workflow = sv_slice(text, 0, dot > marker.len ? dot - marker.len - 1 : 0);
}

static sv without(sv prefix, sv text) {
  return sv_starts(text, prefix) ? sv_slice(text, prefix.len, text.len) : text;
}

/* A step of this workflow, of another of this document ($workflows.<id>.steps.<id>), or of another document
 * ($sourceDescriptions.<name>.<workflowId>.steps.<id>). */
static bool find_dependency(struct compiler *compiler, const json *node, const struct step *step,
                            const struct step **out, struct err *e) {
  sv id = json_string(node);
  const struct workflow *workflow = step->workflow;
  if (sv_starts(id, SV("$"))) {
    struct workflow *found = NULL;
    sv reference;
    split_step(id, &reference, &id);
    if (!workflow_find(compiler, without(SV("$workflows."), reference), node, &found, e)) {
      return false;
    }
    found->steps_are_read = true;
    workflow = found;
  }
  *out = workflow_step(workflow, id);
  if (!*out && (workflow->is_partial || workflow->is_broken)) {
    return err_known(e);
  }
  return *out || source_error(compiler->source, node, e, ERR_INVALID, "the workflow '%.*s' has no step '%.*s'",
                              SV_ARG(workflow->id), SV_ARG(id));
}

static bool compile_dependency(struct compiler *compiler, const json *node, struct step *step, struct err *e) {
  const struct step **place = &step->depends_on.items[step->depends_on.count];
  if (!find_dependency(compiler, node, step, place, e)) {
    return err_in(e, "dependsOn");
  }
  if (*place == step) {
    return source_error(compiler->source, node, e, ERR_INVALID, "the step depends on itself");
  }
  step->depends_on.count++;
  return true;
}

static bool compile_dependencies(struct compiler *compiler, const json *list, struct step *step, struct err *e) {
  step->depends_on.items = arena_array(compiler->arena, json_count(list) + 1, sizeof(const struct step *));
  if (!step->depends_on.items) {
    return err_memory(e);
  }
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next) {
    if (!compile_dependency(compiler, node, step, &one) && !findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE || err_unit(e, "reference");
}

/* The refusal is kept for the end, so that mistakes elsewhere are told first. */
static bool refuse_async(const struct compiler *compiler, const struct step *step) {
  struct err *refusal = &compiler->findings->refusal;
  struct err one;
  err_clear(&one);
  if (refusal->code != ERR_NONE && !findings_are_gathered(compiler->findings)) {
    return true;
  }
  source_report(compiler->source, step->node, &one, ERR_UNSUPPORTED,
                "this is an AsyncAPI step, which sends or receives a message; only steps that call an operation of an "
                "OpenAPI description, or run a workflow, are supported");
  err_in(&one, "step %.*s", SV_ARG(step->id));
  err_in(&one, "workflow %.*s", SV_ARG(step->workflow->id));
  return findings_gather(compiler->findings, NULL, &one, refusal) || refusal->code == ERR_UNSUPPORTED;
}

/* Where a description has one operation for all of a service of AWS, the step names what it does: as Action, in the query or the
 * form, or behind the dot of X-Amz-Target. */
static bool names_deletion(const struct step *step, const json *node) {
  sv in_form = json_string(json_get(json_get(json_get(node, SV("requestBody")), SV("payload")), SV("Action")));
  bool found = operation_name_deletes(in_form);
  for (size_t i = 0; i < step->parameter_count; i++) {
    const struct step_parameter *parameter = &step->parameters[i];
    sv value = json_string(parameter->value_node);
    bool is_target = parameter->in == IN_HEADER && sv_eq_nocase(parameter->name, SV("X-Amz-Target"));
    bool is_action = parameter->in == IN_QUERY && sv_eq(parameter->name, SV("Action"));
    sv name = is_target ? sv_slice(value, sv_find(value, '.') + 1, value.len) : value;
    found = found || ((is_target || is_action) && operation_name_deletes(name));
  }
  return found;
}

static bool compile_operation(struct compiler *compiler, const json *workflow, const json *node, struct step *step,
                              struct err *e) {
  struct err one;
  err_clear(&one);
  if (!operation_find(compiler, node, step, e)) {
    step->operation = NULL;
    return err_unit(e, "operation");
  }
  if (!step->operation) {
    return refuse_async(compiler, step) || err_memory(e);
  }
  if (!parameters_compile(compiler, workflow, step, &one)) {
    err_kind(&one, "parameter");
    if (!findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  step->deletes = step->operation->deletes || (step->operation->protocol != AWS_NONE && names_deletion(step, node));
  if (!body_compile(compiler, node, step->operation, &step->body, &one)) {
    step->body = NULL;
    err_kind(&one, "body");
    err_in(&one, "requestBody");
    return findings_gather(compiler->findings, NULL, &one, e) && e->code == ERR_NONE;
  }
  return e->code == ERR_NONE;
}

static bool compile_call(struct compiler *compiler, const json *workflow, const json *node, struct step *step,
                         struct err *e) {
  const json *body = json_get(node, SV("requestBody"));
  if (body) {
    compiler_warn(compiler, body, "body-without-effect",
                  "the 'requestBody' of a step that runs a workflow has no effect; use 'parameters'");
  }
  if (!call_compile(compiler, json_get(node, SV("workflowId")), json_get(node, SV("parameters")),
                    json_get(workflow, SV("parameters")), &step->call, e)) {
    step->call = NULL;
    return false;
  }
  return true;
}

static bool compile_target(struct compiler *compiler, const json *workflow, const json *node, struct step *step,
                           struct err *e) {
  if (json_get(node, SV("workflowId"))) {
    return compile_call(compiler, workflow, node, step, e);
  }
  if (operation_is_async(compiler, node)) {
    return refuse_async(compiler, step) || err_memory(e);
  }
  return compile_operation(compiler, workflow, node, step, e);
}

bool step_compile(struct compiler *compiler, const json *workflow, struct step *step, struct err *e) {
  const json *node = step->node;
  struct findings *findings = compiler->findings;
  struct err one;
  err_clear(&one);
  bool goes_on = (compile_timeout(compiler, node, step, &one) || findings_gather(findings, NULL, &one, e)) &&
                 (compile_target(compiler, workflow, node, step, &one) || findings_gather(findings, NULL, &one, e)) &&
                 (compile_dependencies(compiler, json_get(node, SV("dependsOn")), step, &one) ||
                  findings_gather(findings, NULL, &one, e)) &&
                 (compile_answer(compiler, workflow, node, step, &one) || findings_gather(findings, NULL, &one, e));
  bool good = goes_on && e->code == ERR_NONE;
  step->reads_body = good && reads_body(step);
  return good;
}
