/* Parser of logical expressions (RFC 9535 2.3.5.1): or, and, not, parentheses, comparisons, tests.
 *
 * A chain of || or && is one node with a list, so that its length costs no stack. In conditions of 1.0.x documents two
 * more operators are read, as published documents write them: `contains VALUE` and `empty true|false`. */
#include "errinfo.h"
#include "jsonpath_parse.h"

static struct logical *new_logical(struct parser *p, enum logical_kind kind) {
  struct logical *logical = parser_new(p, sizeof *logical);
  if (logical) {
    logical->kind = kind;
  }
  return logical;
}

/* The operator at the current place, its length in `*length`; length 0 when there is none. */
static enum comparison comparison_at(const struct parser *p, size_t *length) {
  static const struct {
    sv text;
    enum comparison comparison;
  } operators[] = {{{"==", 2}, COMPARE_EQ}, {{"!=", 2}, COMPARE_NE}, {{"<=", 2}, COMPARE_LE},
                   {{">=", 2}, COMPARE_GE}, {{"<", 1}, COMPARE_LT},  {{">", 1}, COMPARE_GT}};
  sv rest = sv_slice(p->text, p->at, p->text.len);
  bool is_foreign = sv_starts(rest, SV("===")) || sv_starts(rest, SV("!==")) || sv_starts(rest, SV("<>"));
  for (size_t i = 0; !is_foreign && i < sizeof operators / sizeof *operators; i++) {
    if (sv_starts(rest, operators[i].text)) {
      *length = operators[i].text.len;
      return operators[i].comparison;
    }
  }
  *length = 0;
  return COMPARE_EQ;
}

static bool negate(struct parser *p, struct logical *inner, struct logical **out) {
  struct logical *logical = new_logical(p, LOGICAL_NOT);
  if (logical) {
    logical->first = inner;
    *out = logical;
  }
  return logical != NULL;
}

/* RFC 9535 2.3.5.1: paren-expr = [logical-not-op S] "(" S logical-expr S ")". */
static bool parenthesised(struct parser *p, struct logical **out) {
  if (!parser_enter(p)) {
    return false;
  }
  p->at++;
  parser_skip_blanks(p);
  if (!parse_logical(p, out)) {
    return false;
  }
  parser_skip_blanks(p);
  parser_leave(p);
  return parser_take(p, SV(")")) || parser_expected(p, "&&, || or ')'");
}

static bool refuse_test(struct parser *p, const struct operand *operand) {
  switch (operand->kind) {
  case OPERAND_FUNCTION:
    /* RFC 9535 2.4.3: a function that gives a value is no test. */
    return parser_error(p, operand->start, "this function gives a value: compare it, as in length(@.list) > 0");
  case OPERAND_EXTERNAL:
    return parser_error(p, operand->start,
                        "a runtime expression alone is no test: compare it, as in {$inputs.x} == true");
  case OPERAND_LITERAL:
  case OPERAND_QUERY:
  case OPERAND_LENGTH:
    break;
  }
  return parser_error(p, operand->start, "a literal alone is no test: compare it with something");
}

/* RFC 9535 2.3.5.1: test-expr: a query that selects something, or a function that says yes or no. */
static bool to_test(struct parser *p, const struct operand *operand, struct logical **out) {
  bool is_call = operand->kind == OPERAND_FUNCTION && function_is_logical(operand->function);
  if (operand->kind != OPERAND_QUERY && !is_call) {
    return refuse_test(p, operand);
  }
  struct logical *logical = new_logical(p, is_call ? LOGICAL_CALL : LOGICAL_EXISTS);
  if (logical) {
    logical->left = operand;
    *out = logical;
  }
  return logical != NULL;
}

static bool is_null(const struct operand *operand) {
  const struct value *literal = &operand->literal;
  return operand->kind == OPERAND_LITERAL && literal->kind == VALUE_NODE && json_type(literal->node) == JSON_NULL;
}

/* Comparison form: `$.next == null` also holds when there is no such member. In a filter it may be a query's own. */
static bool note_null(struct parser *p, const struct operand *left, enum comparison comparison,
                      const struct operand *right) {
  const struct operand *other = is_null(right) ? left : is_null(left) ? right : NULL;
  bool is_test = comparison == COMPARE_EQ || comparison == COMPARE_NE;
  bool is_noted = other && other->kind == OPERAND_QUERY && is_test && p->filters == 0;
  return !is_noted || rewrite_null(p, other->query, left->start, p->at, comparison == COMPARE_EQ);
}

/* Both sides of a comparison; the left one was taken, and its operator has `length` bytes. */
static bool to_comparison(struct parser *p, struct operand *left, enum comparison comparison, size_t length,
                          struct logical **out) {
  size_t start = p->at;
  struct operand *right = NULL;
  struct logical *logical = new_logical(p, LOGICAL_COMPARE);
  p->at += length;
  parser_skip_blanks(p);
  if (!logical || !parse_operand(p, &right)) {
    return false;
  }
  sv other = sv_slice(p->text, start, p->at);
  if (!operand_to_comparable(p, left, other) || !operand_to_comparable(p, right, (sv){"", 0})) {
    return false;
  }
  if (!note_null(p, left, comparison, right)) {
    return false;
  }
  logical->comparison = comparison;
  logical->left = left;
  logical->right = right;
  *out = logical;
  return true;
}

/* Comparison form: `$.FaceDetails[0] empty false`: whether something is there. */
static bool to_empty(struct parser *p, const struct operand *left, struct logical **out) {
  parser_skip_blanks(p);
  bool is_true = parser_take(p, SV("true"));
  if (!is_true && !parser_take(p, SV("false"))) {
    return parser_expected(p, "true or false after 'empty'");
  }
  struct logical *logical = new_logical(p, LOGICAL_EMPTY);
  if (!logical) {
    return false;
  }
  logical->left = left;
  *out = logical;
  return is_true || negate(p, logical, out);
}

/* Comparison form: `$.list contains "x"`. */
static bool to_contains(struct parser *p, const struct operand *left, struct logical **out) {
  struct operand *right = NULL;
  struct logical *logical = new_logical(p, LOGICAL_CONTAINS);
  parser_skip_blanks(p);
  if (!logical || !parse_operand(p, &right) || !operand_to_comparable(p, right, (sv){"", 0})) {
    return false;
  }
  logical->left = left;
  logical->right = right;
  *out = logical;
  return true;
}

/* Takes a word that ends at white space. */
static bool take_word(struct parser *p, sv word) {
  size_t start = p->at;
  if (!parser_takes_comparisons(p) || !parser_take(p, word)) {
    return false;
  }
  char next = parser_peek(p, 0);
  bool is_word = next == ' ' || next == '\t' || next == '\n' || next == '\r';
  p->at = is_word ? p->at : start;
  return is_word;
}

/* An operand, and what makes a test or a comparison of it. */
static bool test_or_comparison(struct parser *p, bool negated, struct logical **out) {
  struct operand *left = NULL;
  size_t start = p->at;
  if (!parse_operand(p, &left)) {
    return false;
  }
  size_t end = p->at;
  size_t length = 0;
  parser_skip_blanks(p);
  enum comparison comparison = comparison_at(p, &length);
  bool is_query = left->kind == OPERAND_QUERY;
  bool is_contains = is_query && length == 0 && take_word(p, SV("contains"));
  bool is_empty = is_query && length == 0 && !is_contains && take_word(p, SV("empty"));
  bool is_test = length == 0 && !is_contains && !is_empty;
  if (negated && !is_test) {
    return parser_error(p, start, "'!' stands before a test; put the comparison in parentheses: !(…)");
  }
  if (is_test) {
    p->at = end;
    return to_test(p, left, out);
  }
  if (length) {
    return to_comparison(p, left, comparison, length, out);
  }
  p->is_beyond_rfc = true;
  return is_contains ? to_contains(p, left, out) : to_empty(p, left, out);
}

/* RFC 9535 2.3.5.1: basic-expr = paren-expr / comparison-expr / test-expr. */
static bool parse_basic(struct parser *p, struct logical **out) {
  bool negated = parser_take(p, SV("!"));
  if (negated) {
    parser_skip_blanks(p);
  }
  if (!(parser_peek(p, 0) == '(' ? parenthesised(p, out) : test_or_comparison(p, negated, out))) {
    return false;
  }
  return !negated || negate(p, *out, out);
}

/* RFC 9535 2.3.5.1: operands separated by one operator; one operand stands for itself. */
static bool parse_chain(struct parser *p, sv operator, enum logical_kind kind,
                        bool (*parse_item)(struct parser *, struct logical **), struct logical **out) {
  if (!parse_item(p, out)) {
    return false;
  }
  struct logical *chain = NULL;
  struct logical *last = *out;
  for (;;) {
    size_t end = p->at;
    parser_skip_blanks(p);
    if (!parser_take(p, operator)) {
      p->at = end;
      return true;
    }
    parser_skip_blanks(p);
    if (!chain) {
      chain = new_logical(p, kind);
      if (!chain) {
        return false;
      }
      chain->first = *out;
      *out = chain;
    }
    if (!parse_item(p, &last->next)) {
      return false;
    }
    last = last->next;
  }
}

static bool parse_and(struct parser *p, struct logical **out) {
  return parse_chain(p, SV("&&"), LOGICAL_AND, parse_basic, out);
}

bool parse_logical(struct parser *p, struct logical **out) {
  return parse_chain(p, SV("||"), LOGICAL_OR, parse_and, out);
}
