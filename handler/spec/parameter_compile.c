/* Parameter Objects (Arazzo 1.1.0): what a step gives to its operation, and to a workflow that it runs. A step's own parameters
 * override those of its workflow, which it inherits. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "schema.h"
#include "selector.h"

static bool read_in(struct compiler *compiler, const json *node, struct step *step, struct step_parameter *out,
                    struct err *e) {
  const json *in = json_get(node, SV("in"));
  if (in && parameter_in_read(json_string(in), &out->in)) {
    out->name = parameter_plain_name(out->name, out->in);
    out->declared = operation_parameter(step->operation, out->name, out->in);
    return true;
  }
  if (in) {
    return source_error(compiler->source, in, e, ERR_INVALID,
                        "a parameter in '%.*s' is for messages; in a request it is in path, query, querystring, "
                        "header or cookie",
                        SV_ARG(json_string(in)));
  }
  /* Arazzo 1.1.0, Parameter Object: `in` MUST be given unless the step runs a workflow. */
  return source_error(compiler->source, node, e, ERR_INVALID,
                      "the parameter '%.*s' has no 'in'; write in: path, query, header or cookie", SV_ARG(out->name));
}

/* Headers that the connection and the signature are made of; a document that sets them would break either. */
static bool is_reserved_header(const struct step_parameter *parameter) {
  static const char *const names[] = {
      "Host", "Content-Length", "Transfer-Encoding", "Connection",       "Expect",         "Upgrade",
      "TE",   "Trailer",        "Keep-Alive",        "Proxy-Connection", "Accept-Encoding"};
  for (size_t i = 0; parameter->in == IN_HEADER && i < sizeof names / sizeof names[0]; i++) {
    if (sv_eq_nocase(parameter->name, sv_from(names[i]))) {
      return true;
    }
  }
  return false;
}

/* Whether {name} stands in the path key, in its path or its query. */
static bool has_place(sv path, sv name) {
  sv before;
  sv inner;
  sv rest = path;
  while (sv_split(rest, '{', &before, &rest) && sv_split(rest, '}', &inner, &rest)) {
    if (sv_eq(parameter_plain_name(inner, IN_PATH), name)) {
      return true;
    }
  }
  return false;
}

/* A value that is meant for the path, but dropped, would leave a request about more: a DELETE of all in place of one. */
static bool check_place(struct compiler *compiler, const json *node, const struct operation *operation,
                        const struct step_parameter *parameter, struct err *e) {
  return parameter->in != IN_PATH || has_place(operation->path, parameter->name) ||
         source_error(compiler->source, node, e, ERR_INVALID,
                      "the operation has a path parameter '%.*s', but its path '%.*s' has no place {%.*s} for it; mend "
                      "the description",
                      SV_ARG(parameter->name), SV_ARG(sv_slice(operation->path, 0, 200)), SV_ARG(parameter->name));
}

static bool check_declared(struct compiler *compiler, const json *node, const struct step_parameter *parameter,
                           struct err *e) {
  /* A querystring is sent as the text that it is, whatever its 'content' says of it. */
  bool is_written = parameter->declared && parameter->in != IN_QUERYSTRING;
  const char *unsupported = is_written ? parameter->declared->unsupported : NULL;
  if (unsupported) {
    return source_error(compiler->source, node, e, ERR_UNSUPPORTED,
                        "the operation describes its parameter '%.*s' with %s, which is not supported",
                        SV_ARG(parameter->name), unsupported);
  }
  if (is_reserved_header(parameter)) {
    return source_error(compiler->source, node, e, ERR_INVALID,
                        "the header '%.*s' is set by the function itself; leave the parameter out",
                        SV_ARG(parameter->name));
  }
  if (parameter->in == IN_PATH && !parameter->declared) {
    return source_error(compiler->source, node, e, ERR_INVALID, "the operation has no path parameter '%.*s'",
                        SV_ARG(parameter->name));
  }
  return true;
}

/* Whether a value is what a request will hold, but for the texts in it that are expressions: Selector Objects are not. */
static bool is_literal(const struct compiler *compiler, const json *value) {
  bool may_select = compiler->version == ARAZZO_1_1;
  bool good = !may_select || !selector_is(value);
  for (const json *part = json_first(value); part; part = part->next) {
    good = good && (!may_select || !selector_is(part));
  }
  return good;
}

/* Lists and objects whose shape the parameter's style has no form for. AWS's query protocols have one for all. */
static bool check_shape(struct compiler *compiler, const struct step *step, const struct step_parameter *parameter,
                        struct err *e) {
  enum aws_protocol protocol = step->operation->protocol;
  const struct operation_parameter *declared = parameter->declared;
  struct parameter_style style = declared ? declared->style : parameter_style_default(parameter->in);
  bool has_style = !(declared && declared->has_content) && protocol != AWS_QUERY && protocol != AWS_EC2;
  bool is_known = json_first(parameter->value_node) && is_literal(compiler, parameter->value_node);
  if (parameter->in == IN_QUERYSTRING || !has_style || !is_known ||
      parameter_fits(parameter->name, parameter->value_node, &style, e)) {
    return true;
  }
  struct source_place place = source_place(compiler->source, parameter->value_node);
  return err_at(e, compiler->source->name, place.line, place.column);
}

/* The Parameter Object behind a Reusable Object, its name and its value. */
static bool open_parameter(struct compiler *compiler, const json **node, sv *name, const json **value, struct err *e) {
  const json *override = NULL;
  if (!reusable_resolve(compiler, "parameters", node, &override, e)) {
    return false;
  }
  *value = override ? override : json_get(*node, SV("value"));
  *name = json_string(json_get(*node, SV("name")));
  return true;
}

/* An inherited path parameter is meant for those operations that have it. */
static bool is_for_others(const struct step_parameter *parameter, bool inherited) {
  return inherited && parameter->in == IN_PATH && !parameter->declared;
}

/* Arazzo 1.1.0, Parameter Object: the value of a querystring MUST resolve to a string. Values that are put behind a '=' can't
 * bring further pairs. */
static bool compile_querystring(struct compiler *compiler, struct step_parameter *out, struct err *e) {
  struct template_rules rules = value_rules(compiler);
  const json *culprit = out->value_node;
  enum json_type type = json_type(out->value_node);
  if (type != JSON_STRING && type != JSON_OBJECT) {
    return source_error(compiler->source, out->value_node, e, ERR_INVALID,
                        "a querystring is a text, such as 'filter={$inputs.filter}&limit=20', but this is %s",
                        json_type_name(out->value_node));
  }
  rules.form_text = true;
  return template_compile(compiler->arena, out->value_node, rules, &out->value, &culprit, e) ||
         value_error(compiler, culprit ? culprit : out->value_node, e);
}

static bool compile_parameter(struct compiler *compiler, const json *node, struct step *step, bool inherited,
                              struct step_parameter *out, struct err *e) {
  if (!open_parameter(compiler, &node, &out->name, &out->value_node, e) || !read_in(compiler, node, step, out, e)) {
    return false;
  }
  if (!is_for_others(out, inherited) &&
      (!check_declared(compiler, node, out, e) || !check_place(compiler, node, step->operation, out, e) ||
       !check_shape(compiler, step, out, e))) {
    return false;
  }
  bool good = out->in == IN_QUERYSTRING ? compile_querystring(compiler, out, e)
                                        : value_compile(compiler, out->value_node, &out->value, e);
  return good || err_in(e, "parameter %.*s", SV_ARG(out->name));
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
static bool add_parameters(struct compiler *compiler, const json *list, bool inherited, struct step *step,
                           struct step_parameter *items, struct err *e) {
  struct step_parameter *all = arena_array(compiler->arena, json_count(list) + 1, sizeof *all);
  size_t count = 0;
  if (!all) {
    return err_memory(e);
  }
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next) {
    struct step_parameter *parameter = &all[count];
    bool is_good = compile_parameter(compiler, node, step, inherited, parameter, &one);
    /* Arazzo 1.1.0, Step Object: the list MUST NOT include duplicate parameters. */
    if (is_good && is_among(all, count, parameter->name, parameter->in)) {
      is_good = source_error(compiler->source, node, &one, ERR_INVALID, "the parameter '%.*s' is given twice",
                             SV_ARG(parameter->name));
    }
    if (!is_good && !findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
    count += is_good ? 1 : 0;
  }
  size_t own = step->parameter_count;
  for (size_t i = 0; i < count; i++) {
    if (!is_among(items, own, all[i].name, all[i].in) && !is_for_others(&all[i], inherited)) {
      items[step->parameter_count++] = all[i];
    }
  }
  return e->code == ERR_NONE;
}

static const struct step_parameter *parameter_in_place(const struct step *step, enum parameter_in in) {
  for (size_t i = 0; i < step->parameter_count; i++) {
    if (step->parameters[i].in == in) {
      return &step->parameters[i];
    }
  }
  return NULL;
}

/* A header that cookies are also written to would lose one of them. */
static bool check_cookies(struct compiler *compiler, const struct step *step, struct err *e) {
  const struct step_parameter *cookie = parameter_in_place(step, IN_COOKIE);
  return !cookie || !is_given(step, SV("Cookie"), IN_HEADER) ||
         source_error(compiler->source, cookie->value_node, e, ERR_INVALID,
                      "the cookie '%.*s' has no place beside a header parameter 'Cookie'; write either",
                      SV_ARG(cookie->name));
}

/* Arazzo 1.1.0, Parameter Object: querystring cannot coexist with query parameters in the same operation. */
static bool check_querystring(struct compiler *compiler, const struct step *step, struct err *e) {
  const struct step_parameter *whole = parameter_in_place(step, IN_QUERYSTRING);
  const struct step_parameter *part = parameter_in_place(step, IN_QUERY);
  return !whole || !part ||
         source_error(compiler->source, whole->value_node, e, ERR_INVALID,
                      "the parameter '%.*s' is the whole query string, so that the query parameter '%.*s' has no place",
                      SV_ARG(whole->name), SV_ARG(part->name));
}

static bool check_required(struct compiler *compiler, const struct step *step, struct err *e) {
  const struct operation *operation = step->operation;
  struct err one;
  err_clear(&one);
  for (size_t i = 0; i < operation->parameter_count; i++) {
    const struct operation_parameter *parameter = &operation->parameters[i];
    if (!parameter->required || parameter->only || is_given(step, parameter->name, parameter->in)) {
      continue;
    }
    source_report(compiler->source, step->node, &one, ERR_INVALID,
                  "the operation '%.*s' requires the %.*s parameter '%.*s', which the step does not give",
                  SV_ARG(operation->id), SV_ARG(parameter_in_name(parameter->in)), SV_ARG(parameter->name));
    if (!findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

/* Arazzo 1.1.0, Workflow Object: parameters of the workflow apply to all steps, and a step may override but not remove them. */
bool parameters_compile(struct compiler *compiler, const json *workflow, struct step *step, struct err *e) {
  const json *own = json_get(step->node, SV("parameters"));
  const json *inherited = json_get(workflow, SV("parameters"));
  struct step_parameter *items =
      arena_array(compiler->arena, json_count(own) + json_count(inherited) + 1, sizeof *items);
  if (!items) {
    return err_memory(e);
  }
  step->parameters = items;
  struct err one;
  err_clear(&one);
  bool goes_on =
      (add_parameters(compiler, own, false, step, items, &one) || findings_gather(compiler->findings, NULL, &one, e)) &&
      (add_parameters(compiler, inherited, true, step, items, &one) ||
       findings_gather(compiler->findings, NULL, &one, e));
  return goes_on && e->code == ERR_NONE && check_querystring(compiler, step, e) && check_cookies(compiler, step, e) &&
         check_required(compiler, step, e);
}

/* ---- parameters of a workflow ---- */

/* A workflow and the inputs that are being collected for it. */
struct calling {
  struct compiler *compiler;
  struct call *call;
  struct named_value *items;
};

static const struct named_value *input_named(const struct calling *calling, size_t count, sv name) {
  for (size_t i = 0; i < count; i++) {
    if (sv_eq(calling->items[i].name, name)) {
      return &calling->items[i];
    }
  }
  return NULL;
}

static bool add_input(struct calling *calling, const json *node, size_t own, bool inherited, struct err *e) {
  struct compiler *compiler = calling->compiler;
  struct call *call = calling->call;
  struct named_value *made = &calling->items[call->inputs.count];
  const json *place = node;
  if (!open_parameter(compiler, &node, &made->name, &made->node, e)) {
    return false;
  }
  bool is_declared = !call->workflow->inputs || schema_declares(call->workflow->inputs, made->name);
  if (inherited && (input_named(calling, own, made->name) || (json_get(node, SV("in")) && !is_declared))) {
    return true;
  }
  if (input_named(calling, call->inputs.count, made->name)) {
    return source_error(compiler->source, place, e, ERR_INVALID, "the parameter '%.*s' is given twice",
                        SV_ARG(made->name));
  }
  if (!is_declared) {
    compiler_warn(compiler, place, "undeclared-input",
                  "the workflow '%.*s' declares no input '%.*s'; declare it in its 'inputs', or leave it out",
                  SV_ARG(call->workflow->id), SV_ARG(made->name));
  }
  call->inputs.count++;
  return value_compile(compiler, made->node, &made->value, e) || err_in(e, "parameter %.*s", SV_ARG(made->name));
}

static bool add_inputs(struct calling *calling, const json *list, bool inherited, struct err *e) {
  size_t own = calling->call->inputs.count;
  struct findings *findings = calling->compiler->findings;
  struct err one;
  err_clear(&one);
  for (const json *node = json_first(list); node; node = node->next) {
    if (!add_input(calling, node, own, inherited, &one) && !findings_gather(findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

/* An input that is required and has no default is derived if it is an idempotency token; else the call will fail. */
static void warn_missing(const struct calling *calling, const json *node) {
  const struct call *call = calling->call;
  const json *schema = call->workflow->input_schema;
  for (const json *each = json_first(json_get(schema, SV("required"))); each; each = each->next) {
    const json *property = json_get(json_get(schema, SV("properties")), json_string(each));
    if (!input_named(calling, call->inputs.count, json_string(each)) && !json_get(property, SV("default"))) {
      compiler_warn(
          calling->compiler, node, "missing-input",
          "the workflow '%.*s' requires the input '%.*s', which it is not given here; add it to the 'parameters'",
          SV_ARG(call->workflow->id), SV_ARG(json_string(each)));
    }
  }
}

/* Arazzo 1.1.0, Parameter Object: when a workflowId is given, all parameters map to workflow inputs. */
bool call_compile(struct compiler *compiler, const json *reference, const json *own, const json *inherited,
                  const struct call **out, struct err *e) {
  struct workflow *workflow = NULL;
  struct call *call = arena_alloc(compiler->arena, sizeof *call);
  struct named_value *items = arena_array(compiler->arena, json_count(own) + json_count(inherited) + 1, sizeof *items);
  if (!call || !items) {
    return err_memory(e);
  }
  if (!workflow_find(compiler, json_string(reference), reference, &workflow, e)) {
    return err_unit(e, "reference");
  }
  *call = (struct call){workflow, {items, 0}};
  *out = call;
  struct calling calling = {compiler, call, items};
  if (!add_inputs(&calling, own, false, e) || !add_inputs(&calling, inherited, true, e)) {
    return err_unit(e, "parameter");
  }
  warn_missing(&calling, reference);
  return true;
}
