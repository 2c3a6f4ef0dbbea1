/* Step Objects (Arazzo 1.1.0, Step Object, Parameter Object, Request Body Object): the operation, what is sent to it, and what
 * is taken from its answer.
 *
 * Refused at load, since they are not implemented: steps that run a workflow or a channel, payload replacements, timeouts,
 * dependsOn, cookie and querystring parameters, bodies that are not JSON. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "pointer.h"
#include "shape.h"

static const struct shape_field step_fields[] = {
    {"stepId", SHAPE_STRING, true},
    {"description", SHAPE_STRING, false},
    {"operationId", SHAPE_STRING, false},
    {"operationPath", SHAPE_STRING, false},
    {"workflowId", SHAPE_STRING, false},
    {"channelPath", SHAPE_STRING, false},
    {"parameters", SHAPE_ARRAY, false},
    {"requestBody", SHAPE_OBJECT, false},
    {"successCriteria", SHAPE_ARRAY, false},
    {"onSuccess", SHAPE_ARRAY, false},
    {"onFailure", SHAPE_ARRAY, false},
    {"outputs", SHAPE_OBJECT, false},
    {"timeout", SHAPE_NUMBER, false},
    {"correlationId", SHAPE_STRING, false},
    {"action", SHAPE_STRING, false},
    {"dependsOn", SHAPE_ARRAY, false},
    {NULL, 0, false},
};
static const struct shape step_shape = {"Step Object", step_fields};

static const struct shape_field parameter_fields[] = {
    {"name", SHAPE_STRING, true},
    {"in", SHAPE_STRING, false},
    {"value", SHAPE_ANY, true},
    {NULL, 0, false},
};
static const struct shape parameter_shape = {"Parameter Object", parameter_fields};

static bool refuse_unsupported(const struct source *source, const json *node, struct err *e) {
  static const char *const fields[] = {"workflowId", "channelPath", "timeout", "dependsOn", "action", "correlationId"};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    const json *field = json_get(node, sv_from(fields[i]));
    if (field) {
      return source_error(source, field, e, ERR_UNSUPPORTED, "'%s' of a step is not supported", fields[i]);
    }
  }
  const json *path = json_get(node, SV("operationPath"));
  if (!path && !json_get(node, SV("operationId"))) {
    return source_error(source, node, e, ERR_INVALID, "the step names nothing to run; give it an 'operationId'");
  }
  /* Arazzo 1.1.0, Step Object: the fields operationId, operationPath and workflowId are mutually exclusive. */
  return !path || !json_get(node, SV("operationId")) ||
         source_error(source, path, e, ERR_INVALID,
                      "the step has both an 'operationId' and an 'operationPath'; give one");
}

/* "$sourceDescriptions.<name>.<operationId>" names the description, a bare id is looked up in all of them. */
static void split_operation(sv text, sv *description, sv *id) {
  sv prefix = SV("$sourceDescriptions.");
  sv rest = sv_slice(text, prefix.len, text.len);
  if (!sv_starts(text, prefix) || !sv_split(rest, '.', description, id)) {
    *description = (sv){"", 0};
    *id = text;
  }
}

/* The operation of this id in the wanted description, or in all of them; the last one that was found. */
static bool search_operation(struct compiler *compiler, sv wanted, sv id, const struct operation **out, size_t *count,
                             struct err *e) {
  for (size_t i = 0; i < compiler->description_count; i++) {
    const struct description *description = &compiler->descriptions[i];
    const struct operation *operation = NULL;
    if (wanted.len && !sv_eq(wanted, description->name)) {
      continue;
    }
    if (!openapi_operation(compiler->arena, description->openapi, id, &operation, e)) {
      return false;
    }
    *count += operation ? 1 : 0;
    *out = operation ? operation : *out;
  }
  return true;
}

/* "{$sourceDescriptions.<name>.url}#<pointer>", or the same without braces or ".url": the name and the pointer. */
static bool split_path(sv text, sv *name, sv *fragment) {
  sv prefix = SV("$sourceDescriptions.");
  sv source;
  if (!sv_split(text, '#', &source, fragment)) {
    return false;
  }
  if (sv_starts(source, SV("{")) && sv_ends(source, SV("}"))) {
    source = sv_slice(source, 1, source.len - 1);
  }
  if (!sv_starts(source, prefix)) {
    return false;
  }
  source = sv_slice(source, prefix.len, source.len);
  *name = sv_ends(source, SV(".url")) ? sv_slice(source, 0, source.len - 4) : source;
  return true;
}

/* "/paths/<path>/<method>" of the fragment. `*found` is false for every other pointer. */
static bool split_pointer(struct arena *arena, sv fragment, sv *path, sv *method, bool *found, struct err *e) {
  sv pointer;
  sv paths = SV("");
  sv *const tokens[] = {&paths, path, method};
  *found = true;
  if (!pointer_from_fragment(arena, fragment, &pointer, e) || !pointer_check(pointer, e)) {
    return false;
  }
  for (size_t i = 0; i < 3 && *found; i++) {
    if (!pointer_next_token(arena, &pointer, tokens[i], found, e)) {
      return false;
    }
  }
  *found = *found && pointer.len == 0 && sv_eq(paths, SV("paths"));
  return true;
}

static const struct openapi *named_description(const struct compiler *compiler, sv name) {
  for (size_t i = 0; i < compiler->description_count; i++) {
    if (sv_eq(compiler->descriptions[i].name, name)) {
      return compiler->descriptions[i].openapi;
    }
  }
  return NULL;
}

static bool find_by_path(struct compiler *compiler, const json *reference, struct step *step, struct err *e) {
  struct err why;
  sv name = SV("");
  sv fragment;
  sv path;
  sv method;
  bool found = false;
  err_clear(&why);
  const struct source *source = compiler->source;
  if (!split_path(json_string(reference), &name, &fragment) ||
      !split_pointer(compiler->arena, fragment, &path, &method, &found, &why) || !found) {
    return source_error(source, reference, e, why.code == ERR_MEMORY ? ERR_MEMORY : ERR_INVALID,
                        "an 'operationPath' has the form {$sourceDescriptions.<name>.url}#/paths/<path>/<method>, with "
                        "each '/' of the path written as ~1%s%s",
                        why.code ? ": " : "", why.text);
  }
  const struct openapi *openapi = named_description(compiler, name);
  if (!openapi) {
    return source_error(source, reference, e, ERR_INVALID, "there is no source description '%.*s'", SV_ARG(name));
  }
  if (!openapi_operation_at(compiler->arena, openapi, path, method, &step->operation, e)) {
    return false;
  }
  return step->operation ||
         source_error(source, reference, e, ERR_INVALID, "the source description '%.*s' has no operation '%.*s %.*s'",
                      SV_ARG(name), SV_ARG(method), SV_ARG(path));
}

static bool find_operation(struct compiler *compiler, const json *node, struct step *step, struct err *e) {
  const json *operation_path = json_get(node, SV("operationPath"));
  if (operation_path) {
    return find_by_path(compiler, operation_path, step, e);
  }
  const json *reference = json_get(node, SV("operationId"));
  size_t count = 0;
  sv wanted;
  sv id;
  split_operation(json_string(reference), &wanted, &id);
  if (!search_operation(compiler, wanted, id, &step->operation, &count, e)) {
    return false;
  }
  if (count > 1) {
    return source_error(compiler->source, reference, e, ERR_INVALID,
                        "several source descriptions have an operation '%.*s'; write $sourceDescriptions.<name>.%.*s",
                        SV_ARG(id), SV_ARG(id));
  }
  return count == 1 || source_error(compiler->source, reference, e, ERR_INVALID,
                                    "no source description has an operation with the operationId '%.*s'",
                                    SV_ARG(json_string(reference)));
}

bool value_compile(struct compiler *compiler, const json *value, const struct template **out, struct err *e) {
  const json *culprit = value;
  struct template_rules rules = {.bare_expressions = compiler->version == ARAZZO_1_0};
  if (template_compile(compiler->arena, value, rules, out, &culprit, e)) {
    return true;
  }
  struct source_place place = source_place(compiler->source, culprit ? culprit : value);
  unsigned offset = e->column;
  e->line = 0;
  e->column = 0;
  if (offset) {
    err_in(e, "character %u of the value", offset);
  }
  return err_at(e, compiler->source->name, place.line, place.column);
}

bool outputs_compile(struct compiler *compiler, const json *map, struct outputs *out, struct err *e) {
  if (json_count(map) == 0) {
    return true;
  }
  struct output *items = arena_array(compiler->arena, json_count(map), sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  out->items = items;
  for (const json *node = json_first(map); node; node = node->next) {
    struct output *item = &items[out->count++];
    item->name = json_name(node);
    if (!json_is_string(node)) {
      return source_error(compiler->source, node, e, ERR_UNSUPPORTED,
                          "the output '%.*s' must be a runtime expression; Selector Objects are not supported",
                          SV_ARG(item->name));
    }
    if (!value_compile(compiler, node, &item->value, e)) {
      return err_in(e, "output %.*s", SV_ARG(item->name));
    }
  }
  return true;
}

static bool read_in(struct compiler *compiler, const json *node, struct step *step, struct step_parameter *out,
                    struct err *e) {
  const json *in = json_get(node, SV("in"));
  if (in && parameter_in_read(json_string(in), &out->in)) {
    out->declared = operation_parameter(step->operation, out->name, out->in);
    return true;
  }
  if (in) {
    return source_error(compiler->source, in, e, ERR_UNSUPPORTED,
                        "parameters in '%.*s' are not supported; use path, query or header", SV_ARG(json_string(in)));
  }
  /* Arazzo 1.1.0, Parameter Object: `in` MUST be given unless the step runs a workflow. */
  return source_error(compiler->source, node, e, ERR_INVALID,
                      "the parameter '%.*s' has no 'in'; write in: path, query or header", SV_ARG(out->name));
}

static bool check_declared(struct compiler *compiler, const json *node, const struct step_parameter *parameter,
                           struct err *e) {
  if (parameter->declared && parameter->declared->unsupported) {
    return source_error(compiler->source, node, e, ERR_UNSUPPORTED,
                        "the operation describes its parameter '%.*s' with %s, which is not supported",
                        SV_ARG(parameter->name), parameter->declared->unsupported);
  }
  if (parameter->in == IN_PATH && !parameter->declared) {
    return source_error(compiler->source, node, e, ERR_INVALID, "the operation has no path parameter '%.*s'",
                        SV_ARG(parameter->name));
  }
  return true;
}

static bool compile_parameter(struct compiler *compiler, const json *node, struct step *step,
                              struct step_parameter *out, struct err *e) {
  const json *override = NULL;
  if (!reusable_resolve(compiler, "parameters", &node, &override, e)) {
    return false;
  }
  if (!shape_check(compiler->source, node, &parameter_shape, e)) {
    return false;
  }
  out->value_node = override ? override : json_get(node, SV("value"));
  out->name = json_string(json_get(node, SV("name")));
  if (!read_in(compiler, node, step, out, e) || !check_declared(compiler, node, out, e)) {
    return false;
  }
  return value_compile(compiler, out->value_node, &out->value, e) || err_in(e, "parameter %.*s", SV_ARG(out->name));
}

static bool is_same(const struct step_parameter *a, sv name, enum parameter_in in) {
  return a->in == in && (in == IN_HEADER ? sv_eq_nocase(a->name, name) : sv_eq(a->name, name));
}

/* Whether one of `count` parameters has this name and place. */
static bool is_among(const struct step_parameter *items, size_t count, sv name, enum parameter_in in) {
  for (size_t i = 0; i < count; i++) {
    if (is_same(&items[i], name, in)) {
      return true;
    }
  }
  return false;
}

static bool is_given(const struct step *step, sv name, enum parameter_in in) {
  return is_among(step->parameters, step->parameter_count, name, in);
}

/* Adds a list's parameters, except those that the step has already: these override the list's. */
static bool add_parameters(struct compiler *compiler, const json *list, struct step *step, struct step_parameter *items,
                           struct err *e) {
  struct step_parameter *all = arena_array(compiler->arena, json_count(list) + 1, sizeof *all);
  size_t count = 0;
  if (!all) {
    return err_memory(e);
  }
  for (const json *node = json_first(list); node; node = node->next, count++) {
    struct step_parameter *parameter = &all[count];
    if (!compile_parameter(compiler, node, step, parameter, e)) {
      return false;
    }
    /* Arazzo 1.1.0, Step Object: the list MUST NOT include duplicate parameters. */
    if (is_among(all, count, parameter->name, parameter->in)) {
      return source_error(compiler->source, node, e, ERR_INVALID, "the parameter '%.*s' is given twice",
                          SV_ARG(parameter->name));
    }
  }
  size_t own = step->parameter_count;
  for (size_t i = 0; i < count; i++) {
    if (!is_among(items, own, all[i].name, all[i].in)) {
      items[step->parameter_count++] = all[i];
    }
  }
  return true;
}

/* Arazzo 1.1.0, Workflow Object: parameters of the workflow apply to all steps, and a step may override but not remove them. */
static bool compile_parameters(struct compiler *compiler, const json *workflow, const json *node, struct step *step,
                               struct err *e) {
  const json *own = json_get(node, SV("parameters"));
  const json *inherited = json_get(workflow, SV("parameters"));
  struct step_parameter *items =
      arena_array(compiler->arena, json_count(own) + json_count(inherited) + 1, sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  step->parameters = items;
  return add_parameters(compiler, own, step, items, e) && add_parameters(compiler, inherited, step, items, e);
}

static bool check_required(struct compiler *compiler, const json *node, const struct step *step, struct err *e) {
  const struct operation *operation = step->operation;
  for (size_t i = 0; i < operation->parameter_count; i++) {
    const struct operation_parameter *parameter = &operation->parameters[i];
    if (parameter->required && !is_given(step, parameter->name, parameter->in)) {
      return source_error(compiler->source, node, e, ERR_INVALID,
                          "the operation '%.*s' requires the %.*s parameter '%.*s', which the step does not give",
                          SV_ARG(operation->id), SV_ARG(parameter_in_name(parameter->in)), SV_ARG(parameter->name));
    }
  }
  return true;
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

static bool actions_read_body(const struct actions *actions) {
  for (size_t i = 0; i < actions->count; i++) {
    if (criteria_read_body(&actions->items[i].criteria)) {
      return true;
    }
  }
  return false;
}

static bool reads_body(const struct step *step) {
  for (size_t i = 0; i < step->outputs.count; i++) {
    if (!template_each(step->outputs.items[i].value, is_not_of_body, NULL)) {
      return true;
    }
  }
  return criteria_read_body(&step->success_criteria) || actions_read_body(&step->on_success) ||
         actions_read_body(&step->on_failure);
}

static bool compile_answer(struct compiler *compiler, const json *workflow, const json *node, struct step *step,
                           struct err *e) {
  if (!criteria_compile(compiler, json_get(node, SV("successCriteria")), &step->success_criteria, e)) {
    return err_in(e, "successCriteria");
  }
  return actions_compile(compiler, step->workflow, json_get(node, SV("onSuccess")),
                         json_get(workflow, SV("successActions")), true, &step->on_success, e) &&
         actions_compile(compiler, step->workflow, json_get(node, SV("onFailure")),
                         json_get(workflow, SV("failureActions")), false, &step->on_failure, e) &&
         outputs_compile(compiler, json_get(node, SV("outputs")), &step->outputs, e);
}

bool step_compile(struct compiler *compiler, const json *workflow, struct step *step, struct err *e) {
  const json *node = step->node;
  if (!shape_check(compiler->source, node, &step_shape, e) || !refuse_unsupported(compiler->source, node, e) ||
      !find_operation(compiler, node, step, e)) {
    return false;
  }
  if (!compile_parameters(compiler, workflow, node, step, e) || !check_required(compiler, node, step, e)) {
    return false;
  }
  if (!body_compile(compiler, node, step->operation, &step->body, e)) {
    return err_in(e, "requestBody");
  }
  bool good = compile_answer(compiler, workflow, node, step, e);
  step->reads_body = good && reads_body(step);
  return good;
}
