/* Templates: JSON values of a document with runtime expressions in their strings, compiled to a tree of nodes.
 *
 * A string is one of three things:
 * - one expression and nothing else ("$inputs.n"): it takes that value, with its type (Arazzo 1.1.0, Runtime Expressions:
 *   "Runtime expressions preserve the type of the referenced value");
 * - text that holds expressions, in braces ("a {$inputs.n} b", also "{$inputs.n}" alone): the result is text, and each value
 *   is put in as text: a string as it is, others as JSON writes them (Runtime Expressions; 1.0.x has braces but no rules, and is
 *   read the same way);
 * - plain text.
 *
 * Documents of 1.0.x often write expressions in text without braces ("Bearer $inputs.token"); with rules.bare_expressions
 * these are put in, too. In documents of 1.1 the specification makes them plain text. template_text.c reads text.
 *
 * Objects and arrays are evaluated member by member; parts without expressions are kept as one constant. Names of members
 * hold no expressions, but for those of JSON text (template_json.c). An object that is a Selector Object (1.1) takes the value
 * that it selects. */
#include "template.h"

#include "arena.h"
#include "errinfo.h"
#include "form_text.h"
#include "limits.h"
#include "sb.h"
#include "template_tree.h"

/* ---- compiling ---- */

static struct template *new_constant(struct template_compiler *c, const json *value) {
  struct template *made = template_new(c, TEMPLATE_CONSTANT);
  if (made) {
    made->constant = value;
  }
  return made;
}

static struct template *new_quoted(struct template_compiler *c, const struct expression *expression) {
  struct template *made = template_new_expression(c, expression);
  if (made && c->in_json_text) {
    made->kind = TEMPLATE_QUOTED;
  }
  return made;
}

static struct template *compile_text(struct template_compiler *c, const json *value) {
  struct template *made = template_compile_text(c, json_string(value));
  if (!made) {
    return NULL;
  }
  if (!made->first) {
    return new_constant(c, value);
  }
  bool is_one = made->first->kind == TEMPLATE_EXPRESSION && !made->first->next;
  return is_one && c->in_json_text ? new_quoted(c, made->first->expression) : made;
}

static struct template *compile_string(struct template_compiler *c, const json *value) {
  sv text = json_string(value);
  const struct expression *whole = NULL;
  struct err wrong = {0};
  if (c->holes && c->holes->node == value) {
    whole = c->holes->expression;
    c->holes = c->holes->next;
    return template_new_expression(c, whole);
  }
  if (sv_find(text, '$') == text.len) {
    return new_constant(c, value);
  }
  if (text.ptr[0] == '$') {
    if (expression_compile(c->arena, text, &whole, &wrong)) {
      return new_quoted(c, whole);
    }
    if (wrong.code == ERR_MEMORY) {
      err_memory(c->e);
      return NULL;
    }
  }
  return compile_text(c, value);
}

/* Of a member of JSON text: its name, when it holds expressions. */
static bool compile_name(struct template_compiler *c, const json *member, struct template *part) {
  sv name = json_name(member);
  part->name = name;
  if (!c->in_json_text || !sv_contains(name, SV("{$"))) {
    return true;
  }
  c->node = member;
  c->at_name = true;
  struct template *text = template_compile_text(c, name);
  part->own_name = text && text->first ? text : NULL;
  c->at_name = text == NULL;
  return text != NULL;
}

/* Elements or members; without any expression in them the whole is a constant. */
static struct template *compile_children(struct template_compiler *c, const json *value, enum template_kind kind,
                                         unsigned depth) {
  struct template *made = template_new(c, kind);
  struct template **end = made ? &made->first : NULL;
  bool constant = true;
  for (const json *child = made ? json_first(value) : NULL; child; child = child->next) {
    struct template *part = template_compile_value(c, child, depth + 1);
    if (!part || (kind == TEMPLATE_OBJECT && !compile_name(c, child, part))) {
      return NULL;
    }
    constant = constant && part->kind == TEMPLATE_CONSTANT && !part->own_name;
    *end = part;
    end = &part->next;
  }
  return made && constant ? new_constant(c, value) : made;
}

static struct template *compile_selector(struct template_compiler *c, const json *value) {
  struct template *made = template_new(c, TEMPLATE_SELECTOR);
  return made && selector_compile(c->arena, value, &made->selector, &c->node, c->e) ? made : NULL;
}

struct template *template_compile_value(struct template_compiler *c, const json *value, unsigned depth) {
  c->node = value;
  if (depth > LIMIT_JSON_DEPTH) {
    err_set(c->e, ERR_LIMIT, "the value is nested deeper than %d levels", LIMIT_JSON_DEPTH);
    return NULL;
  }
  switch (json_type(value)) {
  case JSON_STRING:
    return compile_string(c, value);
  case JSON_ARRAY:
    return compile_children(c, value, TEMPLATE_ARRAY, depth);
  case JSON_OBJECT:
    return c->rules.selectors && selector_is(value) ? compile_selector(c, value)
                                                    : compile_children(c, value, TEMPLATE_OBJECT, depth);
  case JSON_NULL:
  case JSON_BOOLEAN:
  case JSON_NUMBER:
    return new_constant(c, value);
  }
  err_set(c->e, ERR_INTERNAL, "a JSON value has an unknown type");
  return NULL;
}

bool template_compile(struct arena *arena, const json *value, struct template_rules rules, const struct template **out,
                      const json **culprit, struct err *e) {
  struct template_compiler c = {.arena = arena, .rules = rules, .node = value, .e = e};
  struct template *made = template_compile_value(&c, value, 0);
  if (!made) {
    *culprit = c.node;
    return false;
  }
  *out = made;
  return true;
}

/* ---- evaluating ---- */

struct evaluation {
  const struct scope *scope;
  struct arena *arena;
  const struct expression *missing;
  struct err *e;
};

static const json *resolve(struct evaluation *v, const struct expression *expression) {
  const json *value = NULL;
  if (expression_eval(expression, v->scope, &value) == EXPRESSION_FOUND) {
    return value;
  }
  v->missing = v->missing ? v->missing : expression;
  return NULL;
}

/* A new value, or NULL: without memory with the error set. */
static json *made(struct evaluation *v, json *value) {
  if (!value) {
    err_memory(v->e);
  }
  return value;
}

static bool finish(struct evaluation *v, const struct sb *out, sv *text) {
  return sb_finish(out, "the text with its expressions filled in", text, v->e);
}

/* The value as text, encoded as form data. */
static bool put_form_value(struct evaluation *v, struct sb *out, const json *value) {
  struct sb plain = sb_new(v->arena, LIMIT_REQUEST_BODY_BYTES);
  sv text;
  json_put_text(&plain, value);
  if (!finish(v, &plain, &text)) {
    return false;
  }
  form_put(out, text);
  return true;
}

static bool put_part(struct evaluation *v, struct sb *out, const struct template *part) {
  if (part->kind == TEMPLATE_LITERAL) {
    sb_put(out, part->literal);
    return true;
  }
  const json *value = resolve(v, part->expression);
  if (value && part->is_form_value) {
    return put_form_value(v, out, value);
  }
  if (value) {
    json_put_text(out, value);
  }
  return value != NULL;
}

/* Joins the parts. False when one has no value, or with the error set. */
static bool join(struct evaluation *v, const struct template *template, sv *text) {
  struct sb out = sb_new(v->arena, LIMIT_REQUEST_BODY_BYTES);
  for (const struct template *part = template->first; part; part = part->next) {
    if (!put_part(v, &out, part)) {
      return false;
    }
  }
  return finish(v, &out, text);
}

static json *eval_text(struct evaluation *v, const struct template *template) {
  sv text = {"", 0};
  return join(v, template, &text) ? made(v, json_new_string(v->arena, text)) : NULL;
}

static json *eval_expression(struct evaluation *v, const struct expression *expression) {
  const json *value = resolve(v, expression);
  return value ? made(v, json_copy(v->arena, value)) : NULL;
}

static json *eval_quoted(struct evaluation *v, const struct expression *expression) {
  const json *value = resolve(v, expression);
  if (!value || json_type(value) == JSON_ARRAY || json_type(value) == JSON_OBJECT) {
    return value ? made(v, json_copy(v->arena, value)) : NULL;
  }
  struct sb out = sb_new(v->arena, LIMIT_REQUEST_BODY_BYTES);
  sv text = {"", 0};
  json_put_text(&out, value);
  return finish(v, &out, &text) ? made(v, json_new_string(v->arena, text)) : NULL;
}

static json *eval_selector(struct evaluation *v, const struct selector_object *selector) {
  const struct expression *missing = NULL;
  json *value = NULL;
  if (!selector_eval(selector, v->scope, v->arena, &value, &missing, v->e)) {
    return NULL;
  }
  v->missing = v->missing || value ? v->missing : missing;
  return value;
}

static json *eval_node(struct evaluation *v, const struct template *template);

static json *eval_children(struct evaluation *v, const struct template *template) {
  bool is_object = template->kind == TEMPLATE_OBJECT;
  json *whole = made(v, is_object ? json_new_object(v->arena) : json_new_array(v->arena));
  for (const struct template *part = template->first; whole && part; part = part->next) {
    sv name = part->name;
    json *value = !part->own_name || join(v, part->own_name, &name) ? eval_node(v, part) : NULL;
    if (!value && v->e->code != ERR_NONE) {
      return NULL;
    }
    if (value && !(is_object ? json_set(v->arena, whole, name, value) : json_append(whole, value))) {
      err_memory(v->e);
      return NULL;
    }
  }
  return whole;
}

/* NULL when it is unresolved, or with the error set. */
static json *eval_node(struct evaluation *v, const struct template *template) {
  switch (template->kind) {
  case TEMPLATE_CONSTANT:
    return made(v, json_copy(v->arena, template->constant));
  case TEMPLATE_EXPRESSION:
    return eval_expression(v, template->expression);
  case TEMPLATE_QUOTED:
    return eval_quoted(v, template->expression);
  case TEMPLATE_SELECTOR:
    return eval_selector(v, template->selector);
  case TEMPLATE_TEXT:
    return eval_text(v, template);
  case TEMPLATE_LITERAL:
    return made(v, json_new_string(v->arena, template->literal));
  case TEMPLATE_ARRAY:
  case TEMPLATE_OBJECT:
    return eval_children(v, template);
  }
  return NULL;
}

bool template_eval(const struct template *template, const struct scope *scope, struct arena *arena, json **value,
                   const struct expression **missing, struct err *e) {
  struct evaluation v = {.scope = scope, .arena = arena, .e = e};
  *value = eval_node(&v, template);
  if (missing) {
    *missing = v.missing;
  }
  return e->code == ERR_NONE;
}

bool template_each(const struct template *template, bool (*visit)(void *context, const struct expression *expression),
                   void *context) {
  if (template->kind == TEMPLATE_EXPRESSION || template->kind == TEMPLATE_QUOTED) {
    return visit(context, template->expression);
  }
  if (template->kind == TEMPLATE_SELECTOR) {
    return selector_each(template->selector, visit, context);
  }
  for (const struct template *part = template->first; part; part = part->next) {
    if ((part->own_name && !template_each(part->own_name, visit, context)) || !template_each(part, visit, context)) {
      return false;
    }
  }
  return true;
}
