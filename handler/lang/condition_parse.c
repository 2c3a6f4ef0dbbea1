/* Reads simple conditions (Arazzo 1.1.0, Criterion Object; 1.0.x has the same literals and operators) by recursive descent:
 *
 *   condition  = or
 *   or         = and *( "||" and )
 *   and        = comparison *( "&&" comparison )
 *   comparison = unary [ ( "==" / "!=" / "<" / "<=" / ">" / ">=" ) unary ]
 *   unary      = "!" unary / "(" or ")" / "{" or "}" / literal / expression
 *
 * The specification names the operators, but no precedence; this is the one of C and its many heirs. A comparison of a
 * comparison (a < b < c) needs parentheses. "." and "[]" belong to the expression (expression_parse.c). White space may
 * stand between any two of these.
 *
 * Beyond the specification, because documents write it and it can mean one thing only: text in double quotes; expressions in
 * braces ({$inputs.x}), and conditions in braces ({$statusCode == 401}, as an example of Arazzo 1.0.1 has it); and text that is one expression and nothing else ('{$inputs.x}', '$inputs.x'), which is compared
 * as that expression. Text in which an expression in braces stands among other characters is refused: a comparison with its
 * spelling would silently be false. */
#include "arena.h"
#include "condition_tree.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "syntax_error.h"

struct reader {
  struct arena *arena;
  sv text;
  size_t at;
  unsigned depth;
  struct err *e;
};

struct operator_word {
  sv word;
  enum condition_operator operator;
};

static char peek(const struct reader *r, size_t ahead) {
  return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

static sv rest(const struct reader *r) {
  return sv_slice(r->text, r->at, r->text.len);
}

static void skip_blank(struct reader *r) {
  while (peek(r, 0) == ' ' || peek(r, 0) == '\t' || peek(r, 0) == '\n' || peek(r, 0) == '\r') {
    r->at++;
  }
}

static struct condition *expected(struct reader *r, const char *what) {
  char found[SYNTAX_FOUND_BYTES];
  syntax_error(r->e, r->text, r->at, "expected %s, found %s", what, syntax_found(found, r->text, r->at));
  return NULL;
}

static struct condition *out_of_memory(struct reader *r) {
  err_memory(r->e);
  return NULL;
}

static struct condition *new_node(struct reader *r, enum condition_kind kind) {
  struct condition *made = arena_alloc(r->arena, sizeof *made);
  if (!made) {
    err_memory(r->e);
    return NULL;
  }
  made->kind = kind;
  return made;
}

static struct condition *new_literal(struct reader *r, const json *value) {
  if (!value) {
    err_memory(r->e);
    return NULL;
  }
  struct condition *made = new_node(r, CONDITION_LITERAL);
  if (made) {
    made->literal = value;
  }
  return made;
}

/* For "$response.body.items.length": the expression in front of ".length", when there is one. */
static bool find_measured(struct reader *r, const struct expression *expression, const struct expression **out) {
  static const sv length = {"length", 6};
  size_t count = expression->segment_count;
  *out = NULL;
  if (expression->has_pointer || count <= expression->exact_count || expression->segments[count - 1].is_index ||
      !sv_eq(expression->segments[count - 1].name, length) || !sv_ends(expression->text, SV(".length"))) {
    return true;
  }
  struct err none = {0};
  sv text = sv_slice(expression->text, 0, expression->text.len - length.len - 1);
  return expression_compile(r->arena, text, out, &none) || none.code != ERR_MEMORY || err_memory(r->e);
}

/* An expression that is `length` bytes from `from` on. */
static struct condition *new_expression(struct reader *r, size_t from, size_t length) {
  const struct expression *expression = NULL;
  if (!expression_compile(r->arena, sv_slice(r->text, from, from + length), &expression, r->e)) {
    syntax_error_shift(r->e, r->text, from);
    return NULL;
  }
  struct condition *made = new_node(r, CONDITION_EXPRESSION);
  if (!made || !find_measured(r, expression, &made->measured)) {
    return NULL;
  }
  made->expression = expression;
  return made;
}

/* The run up to white space or an operator: what the author meant as an expression, for its error. */
static size_t meant_length(sv text) {
  static const sv ends = {" \t\r\n=!<>&|()'\"", 14};
  size_t at = 1;
  while (at < text.len && sv_find(ends, text.ptr[at]) == ends.len) {
    at++;
  }
  return at;
}

static struct condition *read_expression(struct reader *r) {
  size_t from = r->at;
  size_t length = expression_length(rest(r));
  length = length ? length : meant_length(rest(r));
  r->at += length;
  return new_expression(r, from, length);
}

/* Text that is one expression, in braces or without: its place inside the quotes. */
static bool is_expression_text(sv text, size_t *from, size_t *length) {
  bool braces = text.len > 2 && text.ptr[0] == '{' && text.ptr[text.len - 1] == '}';
  *from = braces ? 1 : 0;
  *length = text.len - 2 * *from;
  sv inside = sv_slice(text, *from, *from + *length);
  return inside.len && inside.ptr[0] == '$' && expression_length(inside) == inside.len;
}

/* The first "{$…}" in `text` that is an expression; text.len when there is none. */
static size_t find_embedded(sv text) {
  for (size_t at = 0; at + 1 < text.len; at++) {
    sv inside = sv_slice(text, at + 1, text.len);
    size_t length = text.ptr[at] == '{' && inside.ptr[0] == '$' ? expression_length(inside) : 0;
    if (length && length < inside.len && inside.ptr[length] == '}') {
      return at;
    }
  }
  return text.len;
}

/* The text between quotes at `from`, whose end is `end`, with doubled quotes made one. */
static struct condition *new_text(struct reader *r, size_t from, size_t end, char quote) {
  sv raw = sv_slice(r->text, from, end);
  struct sb text = sb_new(r->arena, LIMIT_EXPRESSION_BYTES);
  for (size_t i = 0; i < raw.len; i++) {
    sb_char(&text, raw.ptr[i]);
    i += raw.ptr[i] == quote ? 1 : 0;
  }
  sv value = {"", 0};
  if (!sb_finish(&text, "the text", &value, r->e)) {
    return NULL;
  }
  if (sv_find(value, '\0') != value.len) {
    syntax_error(r->e, r->text, from, "the text holds a NUL character (U+0000), which no value can hold");
    return NULL;
  }
  return new_literal(r, json_new_string(r->arena, value));
}

/* Arazzo 1.1.0, Literals: "Strings MUST use single quotes (') around the string. To use a literal single quote, escape the
 * literal single quote using an additional single quote ('')." Double quotes are read the same way. */
static struct condition *read_text(struct reader *r) {
  char quote = peek(r, 0);
  size_t open = r->at;
  size_t end = open + 1;
  while (end < r->text.len && (r->text.ptr[end] != quote || (end + 1 < r->text.len && r->text.ptr[end + 1] == quote))) {
    end += r->text.ptr[end] == quote ? 2 : 1;
  }
  if (end >= r->text.len) {
    syntax_error(r->e, r->text, open, "the text that starts here has no closing %s",
                 quote == '"' ? "double quote" : "single quote");
    return NULL;
  }
  sv raw = sv_slice(r->text, open + 1, end);
  if (quote == '"' && sv_find(raw, '\\') < raw.len) {
    syntax_error(
        r->e, r->text, open + 1 + sv_find(raw, '\\'),
        "a backslash in double quotes is ambiguous; write the text in single quotes, where it stands for itself");
    return NULL;
  }
  size_t from = 0;
  size_t length = 0;
  r->at = end + 1;
  if (is_expression_text(raw, &from, &length)) {
    return new_expression(r, open + 1 + from, length);
  }
  if (find_embedded(raw) < raw.len) {
    syntax_error(
        r->e, r->text, open + 1 + find_embedded(raw),
        "text in a simple condition cannot hold an expression; compare with the expression itself, without quotes");
    return NULL;
  }
  return new_text(r, open + 1, end, quote);
}

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         (unsigned char)c >= 0x80;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/* Arazzo 1.1.0, Literals: any number format of Data Types, which are JSON's. */
static struct condition *read_number(struct reader *r) {
  struct decimal ignored;
  struct number_problem problem = {ERR_NONE, ""};
  size_t length = number_read(rest(r), &ignored, &problem);
  if (length == 0) {
    syntax_error(r->e, r->text, r->at, "%s", problem.text);
    return NULL;
  }
  sv text = sv_slice(rest(r), 0, length);
  r->at += length;
  return is_word(peek(r, 0)) || peek(r, 0) == '.'
             ? expected(r, "an operator behind the number; text goes in single quotes")
             : new_literal(r, json_new_number(r->arena, text));
}

static struct condition *unknown_word(struct reader *r, sv word) {
  bool is_not = sv_eq_nocase(word, SV("not"));
  word = sv_slice(word, 0, 60);
  if (is_not || sv_eq_nocase(word, SV("undefined"))) {
    syntax_error(r->e, r->text, r->at, "'%.*s' is no word of a condition; write %s", SV_ARG(word),
                 is_not ? "!" : "null");
  } else {
    syntax_error(
        r->e, r->text, r->at,
        "'%.*s' is neither a value nor an expression; text goes in single quotes ('%.*s'), expressions begin with $",
        SV_ARG(word), SV_ARG(word));
  }
  return NULL;
}

/* true, false, null. */
static struct condition *read_word(struct reader *r) {
  size_t end = r->at;
  while (end < r->text.len && is_word(r->text.ptr[end])) {
    end++;
  }
  sv word = sv_slice(r->text, r->at, end);
  bool is_true = sv_eq(word, SV("true"));
  if (!is_true && !sv_eq(word, SV("false")) && !sv_eq(word, SV("null"))) {
    return unknown_word(r, word);
  }
  r->at = end;
  return new_literal(r, sv_eq(word, SV("null")) ? json_new_null(r->arena) : json_new_boolean(r->arena, is_true));
}

static struct condition *read_or(struct reader *r);

static struct condition *read_group(struct reader *r, char close) {
  r->at++;
  struct condition *inside = read_or(r);
  if (!inside) {
    return NULL;
  }
  if (peek(r, 0) != close) {
    return expected(r, close == ')' ? "an operator or ')'" : "an operator or '}'");
  }
  r->at++;
  return inside;
}

/* An expression in braces, whose names may hold what ends them elsewhere, or a condition in braces. */
static struct condition *read_braces(struct reader *r) {
  const struct expression *ignored = NULL;
  struct err none = {0};
  size_t from = r->at + 1;
  size_t length = sv_find(sv_slice(r->text, from, r->text.len), '}');
  char first = peek(r, 1);
  if ((first != '$' && first != '{' && first != '(' && first != '!') || from + length == r->text.len) {
    return expected(r, "an expression in braces such as {$inputs.name}");
  }
  if (!expression_compile(r->arena, sv_slice(r->text, from, from + length), &ignored, &none)) {
    return none.code == ERR_MEMORY ? out_of_memory(r) : read_group(r, '}');
  }
  r->at = from + length + 1;
  return new_expression(r, from, length);
}

static struct condition *read_unary(struct reader *r);

static struct condition *read_not(struct reader *r) {
  r->at++;
  struct condition *made = new_node(r, CONDITION_NOT);
  struct condition *inside = made ? read_unary(r) : NULL;
  if (!inside) {
    return NULL;
  }
  made->first = inside;
  return made;
}

static struct condition *read_operand(struct reader *r) {
  char c = peek(r, 0);
  if (c == '!') {
    return read_not(r);
  }
  if (c == '(') {
    return read_group(r, ')');
  }
  if (c == '$') {
    return read_expression(r);
  }
  if (c == '{') {
    return read_braces(r);
  }
  if (c == '\'' || c == '"') {
    return read_text(r);
  }
  if (is_digit(c) || c == '-') {
    return read_number(r);
  }
  return is_word(c) ? read_word(r) : expected(r, "an expression such as $statusCode, or a value");
}

/* An operand and the white space behind it. */
static struct condition *read_unary(struct reader *r) {
  skip_blank(r);
  if (r->depth == LIMIT_EXPRESSION_DEPTH) {
    err_set(r->e, ERR_LIMIT, "the condition nests deeper than %d levels", LIMIT_EXPRESSION_DEPTH);
    return NULL;
  }
  r->depth++;
  struct condition *made = read_operand(r);
  r->depth--;
  skip_blank(r);
  return made;
}

static bool take_operator(struct reader *r, enum condition_operator *out) {
  static const struct operator_word words[] = {
      {{"==", 2}, CONDITION_EQUAL},         {{"!=", 2}, CONDITION_NOT_EQUAL}, {{"<=", 2}, CONDITION_LESS_EQUAL},
      {{">=", 2}, CONDITION_GREATER_EQUAL}, {{"<", 1}, CONDITION_LESS},       {{">", 1}, CONDITION_GREATER},
  };
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    if (sv_starts(rest(r), words[i].word)) {
      r->at += words[i].word.len;
      *out = words[i].operator;
      return true;
    }
  }
  return false;
}

static struct condition *read_comparison(struct reader *r) {
  struct condition *left = read_unary(r);
  enum condition_operator operator= CONDITION_EQUAL;
  if (!left || !take_operator(r, &operator)) {
    return left;
  }
  if (peek(r, 0) == '=') {
    syntax_error(r->e, r->text, r->at,
                 "there is no such operator; write %s", operator== CONDITION_NOT_EQUAL ? "!=" : "==");
    return NULL;
  }
  struct condition *made = new_node(r, CONDITION_COMPARE);
  struct condition *right = made ? read_unary(r) : NULL;
  if (!right) {
    return NULL;
  }
  size_t behind = r->at;
  enum condition_operator again = CONDITION_EQUAL;
  if (take_operator(r, &again)) {
    syntax_error(r->e, r->text, behind, "a comparison cannot be compared again; use && between two comparisons");
    return NULL;
  }
  made->operator= operator;
  made->first = left;
  left->next = right;
  return made;
}

/* One or more parts with the operator between them. The chain is a list, so that a long one is not deep. */
static struct condition *read_chain(struct reader *r, sv operator, enum condition_kind kind,
                                    struct condition *(*read_part)(struct reader *r)) {
  struct condition *first = read_part(r);
  if (!first || !sv_starts(rest(r), operator)) {
    return first;
  }
  struct condition *made = new_node(r, kind);
  if (!made) {
    return NULL;
  }
  made->first = first;
  for (struct condition *last = first; sv_starts(rest(r), operator); last = last->next) {
    r->at += operator.len;
    last->next = read_part(r);
    if (!last->next) {
      return NULL;
    }
  }
  return made;
}

static struct condition *read_and(struct reader *r) {
  return read_chain(r, SV("&&"), CONDITION_AND, read_comparison);
}

static struct condition *read_or(struct reader *r) {
  return read_chain(r, SV("||"), CONDITION_OR, read_and);
}

/* What stands where only an operator or the end can. */
static struct condition *misplaced(struct reader *r) {
  static const struct {
    sv word;
    const char *text;
  } hints[] = {
      {{"and ", 4}, "write && instead of 'and'"},
      {{"AND ", 4}, "write && instead of 'AND'"},
      {{"or ", 3}, "write || instead of 'or'"},
      {{"OR ", 3}, "write || instead of 'OR'"},
      {{"=", 1}, "write == to compare"},
      {{"&", 1}, "write && instead of '&'"},
      {{"|", 1}, "write || instead of '|'"},
      {{")", 1}, "there is a ')' without a '('"},
      {{"[", 1}, "an index cannot stand here; indexes are written in the pointer (#/a/0) or behind a name (.a[0])"},
      {{".", 1}, "a name cannot be taken from this value"},
      {{"contains", 8}, "simple conditions have no 'contains'; use type: regex with the value as its context"},
      {{"matches", 7}, "simple conditions have no 'matches'; use type: regex with the value as its context"},
  };
  for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
    if (sv_starts(rest(r), hints[i].word)) {
      syntax_error(r->e, r->text, r->at, "%s", hints[i].text);
      return NULL;
    }
  }
  return expected(r, "an operator or the end of the condition");
}

bool condition_compile(struct arena *arena, sv text, const struct condition **out, struct err *e) {
  struct reader r = {.arena = arena, .text = text, .e = e};
  if (text.len > LIMIT_EXPRESSION_BYTES) {
    return err_set(e, ERR_LIMIT, "the condition is longer than %zu bytes", LIMIT_EXPRESSION_BYTES);
  }
  if (sv_trim(text).len == 0) {
    return syntax_error(e, text, 0, "the condition is empty; write one such as $statusCode == 200");
  }
  struct condition *made = read_or(&r);
  if (made && r.at < text.len) {
    made = misplaced(&r);
  }
  *out = made;
  return made != NULL;
}
