/* Parser of runtime expressions in JSONPath (Arazzo 1.1.0, "Runtime Expressions in Conditions"), and of what the comparison
 * forms of 1.0.x documents write without braces.
 *
 * An expression becomes an external: a place in the compiled query whose value is read when it is evaluated. So a query is
 * parsed once, at load, and no value can change what it means. Where a string may hold expressions without braces, a string
 * that is one expression ("$steps.create.outputs.arn") is that expression's text.
 *
 * In queries, where braces are a must, a literal that is an expression without them is refused: it was surely meant as one,
 * and compared as text it would silently never be equal. */
#include "errinfo.h"
#include "jsonpath_parse.h"
#include "syntax_error.h"
#include "template.h"

static bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool new_external(struct parser *p, struct external external, size_t *index) {
  struct external *made = parser_new(p, sizeof *made);
  if (!made) {
    return false;
  }
  *made = external;
  *(p->last_external ? &p->last_external->next : &p->externals) = made;
  p->last_external = made;
  *index = p->external_count++;
  return true;
}

bool embedded_begins(const struct parser *p) {
  char c = parser_peek(p, 0);
  return c == '{' || (c == '$' && is_letter(parser_peek(p, 1)) && parser_takes_comparisons(p));
}

bool embedded_expression(struct parser *p, bool is_selector, size_t *external) {
  const struct expression *expression = NULL;
  size_t start = p->at;
  bool braced = parser_take(p, SV("{"));
  sv rest = sv_slice(p->text, p->at, p->text.len);
  size_t length = braced ? sv_find(rest, '}') : expression_length(rest);
  if (length == 0) {
    return parser_expected(p, "'$.' or '$[' of a query, or a runtime expression such as $inputs.name");
  }
  if (!expression_compile(p->arena, sv_slice(rest, 0, length), &expression, p->e)) {
    return syntax_error_shift(p->e, p->text, p->at);
  }
  p->at += length;
  if (braced && !parser_take(p, SV("}"))) {
    return parser_expected(p, "'}' behind the runtime expression");
  }
  struct external made = {.expression = expression,
                          .is_embedded = braced,
                          .is_literal = braced && !parser_takes_comparisons(p),
                          .is_selector = is_selector};
  return (braced || rewrite_braces(p, start, p->at)) && new_external(p, made, external);
}

static bool found_one(void *context, const struct expression *expression) {
  (void)expression;
  *(bool *)context = true;
  return false;
}

/* The first '$' that begins an expression outside of braces; text.len when there is none. */
static size_t find_bare(sv text) {
  for (size_t at = 0; at < text.len; at++) {
    bool in_braces = at > 0 && text.ptr[at - 1] == '{';
    if (text.ptr[at] == '$' && !in_braces && expression_length(sv_slice(text, at, text.len))) {
      return at;
    }
  }
  return text.len;
}

/* For the query to write instead: a string that is one expression gets braces. */
static bool note_braces(struct parser *p, size_t start, sv text) {
  size_t bare = find_bare(text);
  if (bare == text.len) {
    return true;
  }
  bool is_whole =
      bare == 0 && expression_length(text) == text.len && sv_eq(sv_slice(p->text, start + 1, p->at - 1), text);
  if (!is_whole) {
    p->is_beyond_rfc = true;
    return true;
  }
  return rewrite_braces(p, start + 1, p->at - 1);
}

/* Where braces are a must: a string that is an expression without them. */
static bool check_literal(struct parser *p, size_t start, sv text) {
  bool is_slip = text.len && text.ptr[0] == '$' && sv_find(text, '.') < text.len && expression_length(text) == text.len;
  return !is_slip || parser_error(p, start + 1, "in a JSONPath a runtime expression stands in braces: write {%.*s}",
                                  SV_ARG(sv_slice(text, 0, 80)));
}

bool embedded_text(struct parser *p, size_t start, sv text, bool is_selector, bool *found, size_t *external) {
  const struct template *template = NULL;
  const json *culprit = NULL;
  bool bare = parser_takes_comparisons(p) && !is_selector;
  *found = false;
  if (sv_find(text, '$') == text.len || sv_find(text, '\0') < text.len) {
    return true;
  }
  if (!bare && !sv_contains(text, SV("{$"))) {
    return is_selector || check_literal(p, start, text);
  }
  const json *node = json_new_string(p->arena, text);
  if (!node) {
    return err_memory(p->e);
  }
  if (!template_compile(p->arena, node, (struct template_rules){.bare_expressions = bare}, &template, &culprit, p->e)) {
    /* One more for the quote. */
    return syntax_error_shift(p->e, p->text, start + 1);
  }
  template_each(template, found_one, found);
  struct external made = {.template = template, .is_embedded = true, .is_selector = is_selector};
  return !*found || (note_braces(p, start, text) && new_external(p, made, external));
}
