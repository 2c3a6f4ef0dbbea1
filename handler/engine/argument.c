/* Evaluating parameters.
 *
 * A value that is unresolved or null is left out, and so is a list or object without any other (RFC 6570 2.3: undefined); where the
 * operation requires it, or the request would be about something else without it, the step fails before anything is sent.
 *
 * A required parameter that has one possible value (an enum of one, a const) is sent although the step does not give it: Action,
 * Version and X-Amz-Target of AWS's descriptions are such. */
#include "argument.h"

#include "arena.h"
#include "errinfo.h"
#include "form_data.h"
#include "limits.h"
#include "sb.h"

struct evaluating {
  struct arena *arena;
  const struct step *step;
  const struct scope *scope;
  struct err *e;
};

/* A deletion without a part of its query would be about more. */
static bool narrows_deletion(const struct evaluating *v, const struct argument *argument) {
  return v->step->deletes && (argument->in == IN_QUERY || argument->in == IN_QUERYSTRING);
}

/* Without a part of its path a request would be about something else. */
static bool is_needed(const struct evaluating *v, const struct argument *argument) {
  return argument->in == IN_PATH || (argument->declared && argument->declared->required) ||
         narrows_deletion(v, argument);
}

static bool refuse_missing(const struct evaluating *v, sv name, const struct expression *missing) {
  return err_set(v->e, ERR_UNRESOLVED, "the parameter '%.*s' is needed but has no value%s%.*s", SV_ARG(name),
                 missing ? ": there is no " : "", SV_ARG(missing ? missing->text : SV("")));
}

/* Whether `content` says how the value is written. A querystring is the text that it is, whatever is said of it. */
static bool has_content(const struct argument *argument) {
  return argument->declared && argument->declared->has_content && argument->in != IN_QUERYSTRING;
}

/* OpenAPI 3.2, Parameter Object: `content` is the media type that the value is written in; the text then stands where a scalar
 * does. Other kinds than these are refused at load. */
static bool write_content(const struct evaluating *v, struct argument *argument) {
  enum media_kind kind = argument->declared->content;
  struct sb text = sb_new(v->arena, LIMIT_URL_BYTES);
  sv view;
  if (kind == MEDIA_TEXT || (kind == MEDIA_FORM && json_is_string(argument->value))) {
    return true;
  }
  if (kind == MEDIA_FORM && !form_data_put(&text, NULL, argument->value, v->e)) {
    return err_in(v->e, "parameter %.*s", SV_ARG(argument->name));
  }
  if (kind == MEDIA_JSON) {
    json_write(&text, argument->value);
  }
  if (!sb_finish(&text, "a parameter's value", &view, v->e)) {
    return false;
  }
  argument->sent = json_new_string(v->arena, view);
  return argument->sent || err_memory(v->e);
}

/* What of lists and objects may be left out. In AWS's query protocols an empty list is something that is sent. */
static bool is_undefined(const struct evaluating *v, const struct argument *argument) {
  enum aws_protocol protocol = v->step->operation->protocol;
  bool is_query = protocol == AWS_QUERY || protocol == AWS_EC2;
  return !has_content(argument) && !is_query && parameter_is_undefined(argument->value);
}

/* No element, or no query at all: servers read a filter without a value as none. */
static bool says_nothing(const struct evaluating *v, const struct argument *argument) {
  sv text = SV("-");
  json_scalar_text(argument->value, &text);
  return argument->in == IN_QUERYSTRING ? sv_trim(text).len == 0 : is_undefined(v, argument);
}

static bool evaluate(const struct evaluating *v, const struct step_parameter *parameter, struct argument *out) {
  const struct expression *missing = NULL;
  json *value = NULL;
  if (!template_eval(parameter->value, v->scope, v->arena, &value, &missing, v->e)) {
    return false;
  }
  *out = (struct argument){.name = parameter->name, .in = parameter->in, .declared = parameter->declared};
  out->style = out->declared && !has_content(out) ? out->declared->style : parameter_style_default(out->in);
  bool needed = is_needed(v, out);
  out->value = json_type(value) == JSON_NULL ? NULL : value;
  if (!out->value) {
    return !needed || refuse_missing(v, out->name, missing);
  }
  if (narrows_deletion(v, out) && says_nothing(v, out)) {
    return refuse_missing(v, out->name, NULL);
  }
  if (!needed && is_undefined(v, out)) {
    out->value = NULL;
  }
  out->sent = out->value;
  return !out->value || !has_content(out) || write_content(v, out);
}

static void add_constants(const struct operation *operation, struct argument_list *out) {
  for (size_t i = 0; i < operation->parameter_count; i++) {
    const struct operation_parameter *parameter = &operation->parameters[i];
    if (parameter->required && parameter->only && !argument_find(out, parameter->name, parameter->in)) {
      out->items[out->count++] = (struct argument){.name = parameter->name,
                                                   .in = parameter->in,
                                                   .declared = parameter,
                                                   .value = parameter->only,
                                                   .sent = parameter->only,
                                                   .style = parameter->style};
    }
  }
}

bool arguments_evaluate(struct arena *arena, const struct step *step, const struct scope *scope,
                        struct argument_list *out, struct err *e) {
  struct evaluating v = {arena, step, scope, e};
  size_t most = step->parameter_count + step->operation->parameter_count;
  *out = (struct argument_list){.items = arena_array(arena, most + 1, sizeof *out->items)};
  if (!out->items) {
    return err_memory(e);
  }
  for (size_t i = 0; i < step->parameter_count; i++) {
    if (!evaluate(&v, &step->parameters[i], &out->items[out->count++])) {
      return false;
    }
  }
  add_constants(step->operation, out);
  return true;
}

const struct argument *argument_find(const struct argument_list *list, sv name, enum parameter_in in) {
  for (size_t i = 0; i < list->count; i++) {
    const struct argument *argument = &list->items[i];
    bool is_it = in == IN_HEADER ? sv_eq_nocase(argument->name, name) : sv_eq(argument->name, name);
    if (argument->in == in && is_it) {
      return argument;
    }
  }
  return NULL;
}
