/* Selector Objects: a context and a place in it.
 *
 * In a payload a Selector Object stands among plain data, and nothing marks it: what has its three members, with a runtime
 * expression, a text and the name of a language as their values, is one. An object with other members besides, or whose context
 * is no expression, is data.
 *
 * A context without value and a selector that selects nothing are the same to the caller: no value. For messages the second has
 * an expression of its own, which tells both. Whether the context is structured data is not checked beforehand: in data that is
 * not, a selector finds nothing. */
#include "selector.h"

#include "arena.h"
#include "errinfo.h"
#include "expression_parse.h"
#include "expression_slip.h"
#include "locator.h"
#include "sb.h"

struct selector_object {
  const struct expression *context;
  struct expression
      nothing; /* the context's, with the selector in its text: what is missing when nothing is selected */
  struct locator locator;
};

/* An expression, or text that was meant as one and is refused when it is compiled. */
static bool is_expression(const json *context) {
  struct expression_parse parse;
  struct err ignored = {0};
  sv text = json_string(context);
  return sv_starts(text, SV("$")) &&
         (expression_parse(&parse, text, EXPRESSION_WHOLE, &ignored) || expression_is_slip(text, EXPRESSION_AT_START));
}

bool selector_is(const json *value) {
  for (const json *member = json_first(value); member; member = member->next) {
    sv name = json_name(member);
    if (!sv_eq(name, SV("context")) && !sv_eq(name, SV("selector")) && !sv_eq(name, SV("type")) &&
        !sv_starts(name, SV("x-"))) {
      return false;
    }
  }
  return json_type(value) == JSON_OBJECT && json_is_string(json_get(value, SV("selector"))) &&
         locator_type_is_named(json_get(value, SV("type"))) && is_expression(json_get(value, SV("context")));
}

/* "$response.body with the jsonpath '$.a'". */
static bool describe_nothing(struct arena *arena, struct selector_object *made, struct err *e) {
  sv context = sv_slice(made->context->text, 0, 200);
  sv selector = sv_slice(made->locator.text, 0, 200);
  struct sb text = sb_new(arena, context.len + selector.len + 64);
  sb_format(&text, "%.*s with the %s '%.*s'", SV_ARG(context), locator_kind_name(made->locator.type.kind),
            SV_ARG(selector));
  made->nothing = *made->context;
  return sb_finish(&text, "a selector", &made->nothing.text, e);
}

bool selector_compile(struct arena *arena, const json *value, const struct selector_object **out, const json **culprit,
                      struct err *e) {
  struct selector_object *made = arena_alloc(arena, sizeof *made);
  const json *context = json_get(value, SV("context"));
  const json *selector = json_get(value, SV("selector"));
  struct locator_type type;
  *culprit = context;
  if (!made) {
    return err_memory(e);
  }
  if (!expression_compile(arena, json_string(context), &made->context, e) ||
      !locator_type_read(json_get(value, SV("type")), &type, culprit, e)) {
    return false;
  }
  *culprit = selector;
  *out = made;
  return locator_compile(arena, json_string(selector), type, &made->locator, e) && describe_nothing(arena, made, e);
}

/* The first expression of the selector's text that has no value. */
struct search {
  const struct scope *scope;
  const struct expression *found;
};

static bool has_value(void *context, const struct expression *expression) {
  struct search *search = context;
  const json *value = NULL;
  bool has_one = expression_eval(expression, search->scope, &value) == EXPRESSION_FOUND;
  search->found = has_one ? NULL : expression;
  return has_one;
}

static const struct expression *what_is_missing(const struct selector_object *selector, const struct scope *scope) {
  struct search search = {.scope = scope};
  locator_each(&selector->locator, has_value, &search);
  return search.found ? search.found : &selector->nothing;
}

bool selector_eval(const struct selector_object *selector, const struct scope *scope, struct arena *arena, json **value,
                   const struct expression **missing, struct err *e) {
  const json *subject = NULL;
  bool reads_text = selector->locator.type.kind == LOCATOR_XPATH;
  enum expression_result result = reads_text ? expression_eval(selector->context, scope, &subject)
                                             : expression_eval_data(selector->context, scope, &subject);
  *value = NULL;
  if (result != EXPRESSION_FOUND) {
    *missing = selector->context;
    return true;
  }
  if (!locator_select(&selector->locator, subject, scope, arena, value, e)) {
    return false;
  }
  if (!*value && scope->stand_in) {
    *value = json_copy(arena, scope->stand_in->get(scope->stand_in->context, selector->context));
  }
  if (!*value) {
    *missing = what_is_missing(selector, scope);
  }
  return true;
}

bool selector_each(const struct selector_object *selector,
                   bool (*visit)(void *context, const struct expression *expression), void *context) {
  return visit(context, selector->context) && locator_each(&selector->locator, visit, context);
}
