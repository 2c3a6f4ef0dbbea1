/* Text with expressions in it: finds them, and splits the text into parts.
 *
 * '{' and '$' that begin no expression are text: JSON and XML bodies are full of them. What was surely meant as an expression,
 * but does not parse, is refused at load instead of being sent to an API as text: expression_slip.c has the rules. They apply
 * at the start of a string, in braces, and in 1.0.x anywhere.
 *
 * In form data an expression behind '=' is a value, up to the next '&', and is encoded. In front of '=', or where pairs begin,
 * it may hold names and pairs as they are. */
#include "arena.h"
#include "errinfo.h"
#include "expression_slip.h"
#include "limits.h"
#include "syntax_error.h"
#include "template_tree.h"

/* One text, while its parts are found. */
struct text_scan {
  struct template_compiler *compiler;
  sv text;
  size_t at;
  size_t literal_from; /* plain text from here on is no part yet */
  bool in_form_value;
  struct template **end;
};

struct template *template_new(struct template_compiler *c, enum template_kind kind) {
  struct template *made = arena_alloc(c->arena, sizeof *made);
  if (!made) {
    err_memory(c->e);
    return NULL;
  }
  made->kind = kind;
  return made;
}

struct template *template_new_expression(struct template_compiler *c, const struct expression *expression) {
  struct template *made = template_new(c, TEMPLATE_EXPRESSION);
  if (made) {
    made->expression = expression;
  }
  return made;
}

static bool refuse(struct template_compiler *c, sv text, sv expression, size_t offset) {
  const struct expression *ignored = NULL;
  if (!expression_compile(c->arena, expression, &ignored, c->e)) {
    return syntax_error_shift(c->e, text, offset);
  }
  return syntax_error(c->e, text, offset, "in text an expression stands in braces: write '{%.*s}'",
                      SV_ARG(sv_slice(expression, 0, 80)));
}

/* Arazzo 1.1.0, ABNF: embedded-expression = "{" expression "}". */
bool template_read_braces(struct template_compiler *c, sv text, size_t at, const struct expression **expression,
                          size_t *end) {
  sv inside = sv_slice(text, at + 1, text.len);
  sv candidate = sv_slice(inside, 0, sv_find(sv_slice(inside, 0, LIMIT_EXPRESSION_BYTES), '{'));
  size_t length = sv_find(candidate, '}');
  bool closed = length < candidate.len;
  struct err wrong = {0};
  if (closed && expression_compile(c->arena, sv_slice(inside, 0, length), expression, &wrong)) {
    *end = at + length + 2;
    return true;
  }
  if (wrong.code == ERR_MEMORY) {
    return err_memory(c->e);
  }
  if (!expression_is_slip(inside, EXPRESSION_IN_BRACES)) {
    return true;
  }
  return closed ? refuse(c, text, sv_slice(inside, 0, length), at + 1)
                : syntax_error(c->e, text, at, "the '}' that ends this expression is missing");
}

bool template_read_bare(struct template_compiler *c, sv text, size_t at, const struct expression **expression,
                        size_t *end) {
  sv here = sv_slice(text, at, text.len);
  size_t length = c->rules.bare_expressions ? expression_length(here) : 0;
  if (length) {
    *end = at + length;
    return expression_compile(c->arena, sv_slice(here, 0, length), expression, c->e) ||
           syntax_error_shift(c->e, text, at);
  }
  bool looked_for = c->rules.bare_expressions || at == 0;
  if (looked_for && expression_is_slip(here, at == 0 ? EXPRESSION_AT_START : EXPRESSION_IN_TEXT)) {
    size_t valid = expression_length(here);
    return refuse(c, text, valid ? sv_slice(here, 0, valid) : expression_slip_text(here), at);
  }
  return true;
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
  struct template *part = template_new(s->compiler, TEMPLATE_LITERAL);
  if (!part) {
    return false;
  }
  part->literal = sv_slice(s->text, s->literal_from, s->at);
  append(s, part);
  return true;
}

/* Adds the expression at `at`; the text goes on at `end`. */
static bool add_expression(struct text_scan *s, const struct expression *expression, size_t end) {
  struct template *part = end_literal(s) ? template_new_expression(s->compiler, expression) : NULL;
  if (!part) {
    return false;
  }
  part->is_form_value = s->compiler->rules.form_text && s->in_form_value;
  append(s, part);
  s->at = end;
  s->literal_from = end;
  return true;
}

static void skip_plain(struct text_scan *s) {
  char c = s->text.ptr[s->at++];
  s->in_form_value = c == '=' || (s->in_form_value && c != '&');
}

/* Takes what is at `at`: an expression, or a character of plain text. */
static bool scan_next(struct text_scan *s) {
  const struct expression *expression = NULL;
  size_t end = 0;
  char c = s->text.ptr[s->at];
  bool braces = c == '{' && s->at + 1 < s->text.len && s->text.ptr[s->at + 1] == '$';
  if (braces && !template_read_braces(s->compiler, s->text, s->at, &expression, &end)) {
    return false;
  }
  if (c == '$' && !template_read_bare(s->compiler, s->text, s->at, &expression, &end)) {
    return false;
  }
  if (expression) {
    return add_expression(s, expression, end);
  }
  skip_plain(s);
  return true;
}

struct template *template_compile_text(struct template_compiler *c, sv text) {
  struct template *made = template_new(c, TEMPLATE_TEXT);
  if (!made) {
    return NULL;
  }
  struct text_scan s = {.compiler = c, .text = text, .end = &made->first};
  while (s.at < s.text.len) {
    if (!scan_next(&s)) {
      return NULL;
    }
  }
  return !made->first || end_literal(&s) ? made : NULL;
}
