/* Parser of what logical expressions compare: literals, queries, function expressions (RFC 9535 2.3.5.1, 2.4), and what
 * documents hold besides: `.length`, runtime expressions, and string literals with such inside (jsonpath_embedded.c).
 *
 * Functions are known by a table of their types, so that well-typedness (2.4.3) is a look-up. No function of RFC 9535
 * takes a logical value, so an argument is an operand. Literal patterns are compiled here, once. */
#include <stdio.h>
#include <string.h>

#include "errinfo.h"
#include "jsonpath_parse.h"
#include "nearest.h"
#include "regex_match.h"
#include "syntax_error.h"

/* RFC 9535 2.4.1 */
enum declared_type { TYPE_VALUE, TYPE_LOGICAL, TYPE_NODES };

static const struct {
  sv name;
  enum declared_type result;
  size_t parameter_count;
  enum declared_type parameters[FUNCTION_ARGUMENTS_COUNT];
} functions[] = {
    [FUNCTION_LENGTH] = {{"length", 6}, TYPE_VALUE, 1, {TYPE_VALUE}},
    [FUNCTION_COUNT] = {{"count", 5}, TYPE_VALUE, 1, {TYPE_NODES}},
    [FUNCTION_MATCH] = {{"match", 5}, TYPE_LOGICAL, 2, {TYPE_VALUE, TYPE_VALUE}},
    [FUNCTION_SEARCH] = {{"search", 6}, TYPE_LOGICAL, 2, {TYPE_VALUE, TYPE_VALUE}},
    [FUNCTION_VALUE] = {{"value", 5}, TYPE_VALUE, 1, {TYPE_NODES}},
};

#define FUNCTIONS_COUNT (sizeof functions / sizeof *functions)

bool function_is_logical(enum function function) {
  return functions[function].result == TYPE_LOGICAL;
}

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool to_external(struct operand *operand, size_t external) {
  operand->kind = OPERAND_EXTERNAL;
  operand->external = external;
  return true;
}

static bool string_literal(struct parser *p, struct operand *operand) {
  bool found = false;
  size_t external = 0;
  operand->literal.kind = VALUE_TEXT;
  return parser_string(p, &operand->literal.text) &&
         embedded_text(p, operand->start, operand->literal.text, false, &found, &external) &&
         (!found || to_external(operand, external));
}

static bool runtime_expression(struct parser *p, struct operand *operand) {
  size_t external = 0;
  return embedded_expression(p, false, &external) && to_external(operand, external);
}

static bool node_literal(struct parser *p, struct operand *operand, const json *node) {
  operand->literal = (struct value){.kind = VALUE_NODE, .node = node};
  return node || err_memory(p->e);
}

static bool number_literal(struct parser *p, struct operand *operand) {
  operand->literal.kind = VALUE_NODE;
  return parser_number(p, &operand->literal.node);
}

static bool is_nodes(const struct operand *operand) {
  return operand->kind == OPERAND_QUERY;
}

/* RFC 9535 2.4.3: a value is a literal, a singular query, or a function that gives a value. */
static bool is_value(const struct operand *operand) {
  switch (operand->kind) {
  case OPERAND_QUERY:
    return operand->query->is_singular;
  case OPERAND_FUNCTION:
    return !function_is_logical(operand->function);
  case OPERAND_LITERAL:
  case OPERAND_LENGTH:
  case OPERAND_EXTERNAL:
    break;
  }
  return true;
}

static bool check_argument(struct parser *p, enum function function, enum declared_type type,
                           const struct operand *argument) {
  if (type == TYPE_NODES ? is_nodes(argument) : is_value(argument)) {
    return true;
  }
  sv name = functions[function].name;
  if (type == TYPE_NODES) {
    return parser_error(p, argument->start, "%.*s() takes a query, such as @.list", SV_ARG(name));
  }
  return parser_error(p, argument->start,
                      "%.*s() takes one value: a literal, or a query that selects one node at most; "
                      "count(query) and value(query) make a value of many nodes",
                      SV_ARG(name));
}

/* match() and search() with a literal pattern: compiled once. RFC 9535 2.4.6 has a pattern that is not an I-Regexp match
 * nothing; in a literal it is a slip of the author, and is refused. */
static bool compile_pattern(struct parser *p, struct operand *call) {
  const struct operand *pattern = function_is_logical(call->function) ? call->arguments[1] : NULL;
  if (!pattern || pattern->kind != OPERAND_LITERAL || pattern->literal.kind != VALUE_TEXT) {
    return true;
  }
  enum regex_dialect dialect = call->function == FUNCTION_MATCH ? REGEX_I_REGEXP_MATCH : REGEX_I_REGEXP_SEARCH;
  if (regex_compile(p->arena, pattern->literal.text, dialect, &call->regex, p->e)) {
    return true;
  }
  if (p->e->code == ERR_SYNTAX) {
    /* The literal may hold escapes, so its start is the place that is certain. */
    p->e->column = 1;
    syntax_error_shift(p->e, p->text, pattern->start);
  }
  return false;
}

/* RFC 9535 2.4: the arguments, behind "name(". */
static bool parse_arguments(struct parser *p, struct operand *call) {
  size_t count = functions[call->function].parameter_count;
  for (size_t i = 0; i < count; i++) {
    struct operand *argument = NULL;
    parser_skip_blanks(p);
    if (i && !parser_take(p, SV(","))) {
      return parser_expected(p, "',' and the second argument");
    }
    parser_skip_blanks(p);
    if (!parse_operand(p, &argument) ||
        !check_argument(p, call->function, functions[call->function].parameters[i], argument)) {
      return false;
    }
    call->arguments[i] = argument;
  }
  parser_skip_blanks(p);
  return parser_take(p, SV(")")) ||
         parser_expected(p, count == 1 ? "')' behind one argument" : "')' behind two arguments");
}

static bool unknown_word(struct parser *p, size_t start, sv word, bool is_call) {
  sv names[FUNCTIONS_COUNT];
  for (size_t i = 0; i < FUNCTIONS_COUNT; i++) {
    names[i] = functions[i].name;
  }
  if (!is_call) {
    return parser_error(p, start,
                        "'%.*s' is neither a query nor a literal; write %c.%.*s for a member of that name, and "
                        "text in quotes: \"%.*s\"",
                        SV_ARG(word), p->filters ? '@' : '$', SV_ARG(word), SV_ARG(word));
  }
  sv meant = nearest_word(word, names, FUNCTIONS_COUNT);
  return parser_error(p, start,
                      "there is no function %.*s()%s%.*s%s; JSONPath has length, count, match, search and value",
                      SV_ARG(word), meant.len ? " (did you mean " : "", SV_ARG(meant), meant.len ? "?)" : "");
}

/* RFC 9535 2.4: function-expr; no white space between the name and its parenthesis. */
static bool function_call(struct parser *p, struct operand *operand, sv name) {
  for (size_t i = 0; i < FUNCTIONS_COUNT; i++) {
    if (sv_eq(name, functions[i].name)) {
      operand->kind = OPERAND_FUNCTION;
      operand->function = (enum function)i;
      p->at++;
      if (!parser_enter(p) || !parse_arguments(p, operand)) {
        return false;
      }
      parser_leave(p);
      return compile_pattern(p, operand);
    }
  }
  return unknown_word(p, operand->start, name, true);
}

/* true, false, null, or a function's name. */
static bool word(struct parser *p, struct operand *operand) {
  size_t length = 0;
  while (is_word(parser_peek(p, length))) {
    length++;
  }
  sv text = sv_slice(p->text, p->at, p->at + length);
  p->at += length;
  if (parser_peek(p, 0) == '(') {
    return function_call(p, operand, text);
  }
  if (sv_eq(text, SV("null"))) {
    return node_literal(p, operand, json_new_null(p->arena));
  }
  bool is_true = sv_eq(text, SV("true"));
  if (is_true || sv_eq(text, SV("false"))) {
    return node_literal(p, operand, json_new_boolean(p->arena, is_true));
  }
  return unknown_word(p, operand->start, text, false);
}

/* In a query, where a runtime expression without braces would be read as '$' and something behind it. */
static bool refuse_bare_expression(struct parser *p) {
  sv rest = sv_slice(p->text, p->at, p->text.len);
  size_t length = is_word(parser_peek(p, 1)) ? expression_length(rest) : 0;
  return length == 0 || parser_error(p, p->at, "in a JSONPath a runtime expression stands in braces: write {%.*s}",
                                     SV_ARG(sv_slice(rest, 0, length)));
}

bool parse_operand(struct parser *p, struct operand **out) {
  struct operand *operand = parser_new(p, sizeof *operand);
  if (!operand) {
    return false;
  }
  char c = parser_peek(p, 0);
  *operand = (struct operand){.kind = OPERAND_LITERAL, .start = p->at};
  *out = operand;
  if (embedded_begins(p)) {
    return runtime_expression(p, operand);
  }
  if (c == '$' || c == '@') {
    operand->kind = OPERAND_QUERY;
    return refuse_bare_expression(p) && parse_query(p, &operand->query);
  }
  if (c == '\'' || c == '"') {
    return string_literal(p, operand);
  }
  if (c == '-' || (c >= '0' && c <= '9')) {
    return number_literal(p, operand);
  }
  return is_word(c) ? word(p, operand)
                    : parser_expected(p, "a query ($… or @…), a literal, a function or a parenthesis");
}

/* Comparison form and draft: takes a last segment `.length` off the query, where it can mean a number: behind a singular query (the
 * length of its value) and behind a filter, slice or wildcard (how many nodes were selected). */
static bool take_length(struct parser *p, struct operand *operand) {
  struct query *query = operand->query;
  struct segment *before = NULL;
  struct segment *last = query->segments;
  bool is_singular = true;
  for (; last && last->next; last = last->next) {
    is_singular = is_singular && last->is_single;
    before = last;
  }
  if (!last || !last->is_single || last->selectors->kind != SELECTOR_NAME ||
      !sv_eq(last->selectors->name, SV("length")) || (!is_singular && before && before->is_single)) {
    return true;
  }
  size_t end = query->end;
  query->end = before ? before->end : query->start + 1;
  query->is_singular = is_singular;
  *(before ? &before->next : &query->segments) = NULL;
  operand->kind = OPERAND_LENGTH;
  return rewrite_length(p, query, end);
}

/* RFC 9535 2.3.5.1: only singular queries are compared. */
static bool refuse_many(struct parser *p, const struct query *query, sv other) {
  sv instead = rewrite_many(p, query, other);
  p->has_replacement = instead.len > 0;
  if (p->e->code != ERR_NONE) {
    return false;
  }
  if (instead.len) {
    return parser_error(p, query->start,
                        "this query can select many nodes, and only one can be compared; write %.*s, which "
                        "holds when one of them compares so",
                        SV_ARG(instead));
  }
  return parser_error(p, query->start,
                      "this query can select many nodes, and only one can be compared; write the "
                      "comparison into a filter: $.list[?@.name == \"x\"]");
}

bool operand_to_comparable(struct parser *p, struct operand *operand, sv other) {
  if (operand->kind == OPERAND_QUERY && (parser_takes_comparisons(p) || parser_is_draft(p)) &&
      !take_length(p, operand)) {
    return false;
  }
  if (is_value(operand)) {
    return true;
  }
  if (operand->kind == OPERAND_FUNCTION) {
    return parser_error(p, operand->start, "match() and search() are tests themselves; their result is not compared");
  }
  return refuse_many(p, operand->query, other);
}
