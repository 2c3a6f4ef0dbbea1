/* Templates: JSON values of a document with runtime expressions in their strings, compiled to a tree of nodes.
 *
 * A string is one of three things:
 * - one expression and nothing else ("$inputs.n"): it takes that value, with its type (Arazzo 1.1.0, Runtime Expressions:
 *   "Runtime expressions preserve the type of the referenced value");
 * - text that holds expressions, in braces ("a {$inputs.n} b", also "{$inputs.n}" alone): the result is text, and each value
 *   is put in as text (put_value cites the rules; 1.0.x has braces but no rules, and is read the same way);
 * - plain text. '{' and '$' that begin no expression are text: JSON and XML bodies are full of them.
 *
 * Documents of 1.0.x often write expressions in text without braces ("Bearer $inputs.token"); with rules.bare_expressions
 * these are put in, too. In documents of 1.1 the specification makes them plain text.
 *
 * What was surely meant as an expression, but does not parse, is refused at load instead of being sent to an API as text:
 * expression_slip.c has the rules. They apply at the start of a string, in braces, and in 1.0.x anywhere.
 *
 * Objects and arrays are evaluated member by member; parts without expressions are kept as one constant. Names of members
 * hold no expressions. Selector Objects (1.1) are the document compiler's to find, before it asks for a template. */
#include "template.h"

#include "arena.h"
#include "errinfo.h"
#include "expression_slip.h"
#include "limits.h"
#include "sb.h"
#include "syntax_error.h"

enum template_kind {
  TEMPLATE_CONSTANT,   /* a value without expressions */
  TEMPLATE_EXPRESSION, /* one expression's value */
  TEMPLATE_TEXT,       /* its parts, literals and expressions, joined */
  TEMPLATE_LITERAL,    /* plain text between expressions */
  TEMPLATE_ARRAY,
  TEMPLATE_OBJECT
};

struct template {
  enum template_kind kind;
  sv name; /* of a member */
  const json *constant;
  const struct expression *expression;
  sv literal;
  struct template *first; /* elements, members or parts */
  struct template *next;
};

/* ---- compiling ---- */

struct compiler {
  struct arena *arena;
  struct template_rules rules;
  const json *node; /* where it is at */
  struct err *e;
};

/* The text of one string, while its parts are found. */
struct text_scan {
  struct compiler *compiler;
  sv text;
  size_t at;
  size_t literal_from; /* plain text from here on is no part yet */
  struct template **end;
};

static struct template *new_node(struct compiler *c, enum template_kind kind) {
  struct template *made = arena_alloc(c->arena, sizeof *made);
  if (!made) {
    err_memory(c->e);
    return NULL;
  }
  made->kind = kind;
  return made;
}

static struct template *new_expression(struct compiler *c, const struct expression *expression) {
  struct template *made = new_node(c, TEMPLATE_EXPRESSION);
  if (made) {
    made->expression = expression;
  }
  return made;
}

static struct template *new_constant(struct compiler *c, const json *value) {
  struct template *made = new_node(c, TEMPLATE_CONSTANT);
  if (made) {
    made->constant = value;
  }
  return made;
}

static bool refuse(struct text_scan *s, sv expression, size_t offset) {
  const struct expression *ignored = NULL;
  struct err *e = s->compiler->e;
  if (!expression_compile(s->compiler->arena, expression, &ignored, e)) {
    return syntax_error_shift(e, s->text, offset);
  }
  return syntax_error(e, s->text, offset, "in text an expression stands in braces: write '{%.*s}'",
                      SV_ARG(sv_slice(expression, 0, 80)));
}

static void append(struct text_scan *s, struct template *part) {
  *s->end = part;
  s->end = &part->next;
}

/* Makes the plain text in front of `at` a part. */
static bool end_literal(struct text_scan *s) {
  if (s->literal_from == s->at) {
    return true;
  }
  struct template *part = new_node(s->compiler, TEMPLATE_LITERAL);
  if (!part) {
    return false;
  }
  part->literal = sv_slice(s->text, s->literal_from, s->at);
  append(s, part);
  return true;
}

/* Adds the expression whose text is `length` bytes from `from`; goes on at `next`. */
static bool add_expression(struct text_scan *s, const struct expression *expression, size_t next) {
  struct template *part = end_literal(s) ? new_expression(s->compiler, expression) : NULL;
  if (!part) {
    return false;
  }
  append(s, part);
  s->at = next;
  s->literal_from = next;
  return true;
}

/* At "{$". Arazzo 1.1.0, ABNF: embedded-expression = "{" expression "}". */
static bool scan_braces(struct text_scan *s) {
  struct compiler *c = s->compiler;
  size_t from = s->at + 1;
  sv inside = sv_slice(s->text, from, s->text.len);
  sv candidate = sv_slice(inside, 0, sv_find(sv_slice(inside, 0, LIMIT_EXPRESSION_BYTES), '{'));
  size_t length = sv_find(candidate, '}');
  bool closed = length < candidate.len;
  const struct expression *expression = NULL;
  struct err wrong = {0};
  if (closed && expression_compile(c->arena, sv_slice(inside, 0, length), &expression, &wrong)) {
    return add_expression(s, expression, from + length + 1);
  }
  if (wrong.code == ERR_MEMORY) {
    return err_memory(c->e);
  }
  if (expression_is_slip(inside, EXPRESSION_IN_BRACES)) {
    return closed ? refuse(s, sv_slice(inside, 0, length), from)
                  : syntax_error(c->e, s->text, s->at, "the '}' that ends this expression is missing");
  }
  s->at++;
  return true;
}

/* At a '$' without a brace. */
static bool scan_bare(struct text_scan *s) {
  struct compiler *c = s->compiler;
  sv here = sv_slice(s->text, s->at, s->text.len);
  size_t length = c->rules.bare_expressions ? expression_length(here) : 0;
  const struct expression *expression = NULL;
  if (length) {
    return expression_compile(c->arena, sv_slice(here, 0, length), &expression, c->e)
               ? add_expression(s, expression, s->at + length)
               : syntax_error_shift(c->e, s->text, s->at);
  }
  bool looked_for = c->rules.bare_expressions || s->at == 0;
  if (looked_for && expression_is_slip(here, s->at == 0 ? EXPRESSION_AT_START : EXPRESSION_IN_TEXT)) {
    size_t valid = expression_length(here);
    return refuse(s, valid ? sv_slice(here, 0, valid) : expression_slip_text(here), s->at);
  }
  s->at++;
  return true;
}

static bool scan(struct text_scan *s) {
  while (s->at < s->text.len) {
    char c = s->text.ptr[s->at];
    char next = s->at + 1 < s->text.len ? s->text.ptr[s->at + 1] : '\0';
    if (c == '{' && next == '$') {
      if (!scan_braces(s)) {
        return false;
      }
    } else if (c == '$') {
      if (!scan_bare(s)) {
        return false;
      }
    } else {
      s->at++;
    }
  }
  return true;
}

static struct template *compile_text(struct compiler *c, const json *value) {
  struct template *made = new_node(c, TEMPLATE_TEXT);
  if (!made) {
    return NULL;
  }
  struct text_scan s = {.compiler = c, .text = json_string(value), .end = &made->first};
  if (!scan(&s)) {
    return NULL;
  }
  if (!made->first) {
    return new_constant(c, value);
  }
  return end_literal(&s) ? made : NULL;
}

static struct template *compile_string(struct compiler *c, const json *value) {
  sv text = json_string(value);
  const struct expression *whole = NULL;
  struct err wrong = {0};
  if (sv_find(text, '$') == text.len) {
    return new_constant(c, value);
  }
  if (text.ptr[0] == '$') {
    if (expression_compile(c->arena, text, &whole, &wrong)) {
      return new_expression(c, whole);
    }
    if (wrong.code == ERR_MEMORY) {
      err_memory(c->e);
      return NULL;
    }
  }
  return compile_text(c, value);
}

static struct template *compile_value(struct compiler *c, const json *value, unsigned depth);

/* Elements or members; without any expression in them the whole is a constant. */
static struct template *compile_children(struct compiler *c, const json *value, enum template_kind kind,
                                         unsigned depth) {
  struct template *made = new_node(c, kind);
  struct template **end = made ? &made->first : NULL;
  bool constant = true;
  for (const json *child = made ? json_first(value) : NULL; child; child = child->next) {
    struct template *part = compile_value(c, child, depth + 1);
    if (!part) {
      return NULL;
    }
    part->name = kind == TEMPLATE_OBJECT ? json_name(child) : SV("");
    constant = constant && part->kind == TEMPLATE_CONSTANT;
    *end = part;
    end = &part->next;
  }
  return made && constant ? new_constant(c, value) : made;
}

static struct template *compile_value(struct compiler *c, const json *value, unsigned depth) {
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
    return compile_children(c, value, TEMPLATE_OBJECT, depth);
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
  struct compiler c = {.arena = arena, .rules = rules, .node = value, .e = e};
  struct template *made = compile_value(&c, value, 0);
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

/* Arazzo 1.1.0, Runtime Expressions: embedded scalars are converted to their string representation (null is "null", a
 * number keeps its text), a parsed structure MUST be serialized as JSON per RFC 8259, a string is embedded as it is. */
static void put_value(struct sb *out, const json *value) {
  if (json_is_string(value)) {
    sb_put(out, json_string(value));
  } else {
    json_write(out, value);
  }
}

/* A new value, or NULL: without memory with the error set. */
static json *made(struct evaluation *v, json *value) {
  if (!value) {
    err_memory(v->e);
  }
  return value;
}

static json *eval_text(struct evaluation *v, const struct template *template) {
  struct sb out = sb_new(v->arena, LIMIT_REQUEST_BODY_BYTES);
  for (const struct template *part = template->first; part; part = part->next) {
    const json *value = part->kind == TEMPLATE_EXPRESSION ? resolve(v, part->expression) : NULL;
    if (part->kind == TEMPLATE_LITERAL) {
      sb_put(&out, part->literal);
    } else if (value) {
      put_value(&out, value);
    } else {
      return NULL;
    }
  }
  sv text = {"", 0};
  return sb_finish(&out, "the text with its expressions filled in", &text, v->e)
             ? made(v, json_new_string(v->arena, text))
             : NULL;
}

static json *eval_node(struct evaluation *v, const struct template *template);

static json *eval_children(struct evaluation *v, const struct template *template) {
  bool is_object = template->kind == TEMPLATE_OBJECT;
  json *whole = made(v, is_object ? json_new_object(v->arena) : json_new_array(v->arena));
  for (const struct template *part = template->first; whole && part; part = part->next) {
    json *value = eval_node(v, part);
    if (!value && v->e->code != ERR_NONE) {
      return NULL;
    }
    if (value && !(is_object ? json_set(v->arena, whole, part->name, value) : json_append(whole, value))) {
      err_memory(v->e);
      return NULL;
    }
  }
  return whole;
}

/* NULL when it is unresolved, or with the error set. */
static json *eval_node(struct evaluation *v, const struct template *template) {
  const json *value = NULL;
  switch (template->kind) {
  case TEMPLATE_CONSTANT:
    return made(v, json_copy(v->arena, template->constant));
  case TEMPLATE_EXPRESSION:
    value = resolve(v, template->expression);
    return value ? made(v, json_copy(v->arena, value)) : NULL;
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
  if (template->kind == TEMPLATE_EXPRESSION) {
    return visit(context, template->expression);
  }
  for (const struct template *part = template->first; part; part = part->next) {
    if (!template_each(part, visit, context)) {
      return false;
    }
  }
  return true;
}
