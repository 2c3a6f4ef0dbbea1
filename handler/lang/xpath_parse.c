/* Parser of XPath 1.0: the text, and expressions by precedence (XPath 1.0 3.4, 3.5). Steps and paths are
 * xpath_parse_path.c's, what they start from xpath_parse_primary.c's.
 *
 * Where an operator can stand, a name is an operator's, and '*' multiplies; where an operand can stand, they are a name
 * and any name (XPath 1.0 3.7). A recursive descent knows at each place which of the two it is. Types are known at load, since
 * each function and operator has one (XPath 1.0 has no other variables than ours), so that what would be a type error when
 * it is evaluated is refused here.
 *
 * From XPath 2.0 on, `<` compares two texts as texts; in XPath 1.0 as numbers. The same words would give another result
 * without anybody noticing, so a document that names (or defaults to) a later version has to write number(). */
#include "xpath_parse.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "limits.h"
#include "syntax_error.h"
#include "utf8.h"

void *xpath_new(struct xpath_parser *p, size_t size) {
  void *made = arena_alloc(p->arena, size);
  if (!made) {
    err_memory(p->e);
  }
  return made;
}

char xpath_peek(const struct xpath_parser *p, size_t ahead) {
  return p->at + ahead < p->text.len ? p->text.ptr[p->at + ahead] : '\0';
}

bool xpath_wrong(struct xpath_parser *p, size_t at, const char *format, ...) {
  char text[ERR_TEXT_BYTES];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return syntax_error(p->e, p->text, at, "%s", text);
}

bool xpath_expected(struct xpath_parser *p, const char *what) {
  char found[SYNTAX_FOUND_BYTES];
  return xpath_wrong(p, p->at, "expected %s, found %s", what, syntax_found(found, p->text, p->at));
}

bool xpath_blanks(struct xpath_parser *p) {
  /* XPath 1.0 3.7: ExprWhitespace is XML's S. */
  for (char c = xpath_peek(p, 0); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = xpath_peek(p, 0)) {
    p->at++;
  }
  return xpath_peek(p, 0) != '(' || xpath_peek(p, 1) != ':' ||
         xpath_later(p, p->at, "a comment, (: … :),", "2.0", "leave it out");
}

bool xpath_take(struct xpath_parser *p, const char *token) {
  if (!sv_starts(sv_slice(p->text, p->at, p->text.len), sv_from(token))) {
    return false;
  }
  p->at += strlen(token);
  return true;
}

/* One level of nesting; leave it with p->depth--. */
static bool enter(struct xpath_parser *p) {
  if (p->depth == LIMIT_EXPRESSION_DEPTH) {
    return err_set(p->e, ERR_LIMIT, "the XPath expression nests deeper than %d levels (LIMIT_EXPRESSION_DEPTH)",
                   LIMIT_EXPRESSION_DEPTH);
  }
  p->depth++;
  return true;
}

static bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

size_t xpath_name_length(const struct xpath_parser *p, size_t at) {
  /* Namespaces in XML 1.0: NCName. Which letters beyond ASCII a name may have is left to the document that has it. */
  size_t end = at;
  while (end < p->text.len) {
    char c = p->text.ptr[end];
    bool inside = end > at && ((c >= '0' && c <= '9') || c == '-' || c == '.');
    if (!begins_name(c) && !inside) {
      break;
    }
    end++;
  }
  return end - at;
}

bool xpath_quoted(struct xpath_parser *p, sv *out) {
  size_t start = p->at;
  char quote = p->text.ptr[p->at];
  sv rest = sv_slice(p->text, start + 1, p->text.len);
  size_t length = sv_find(rest, quote);
  if (length == rest.len) {
    return xpath_wrong(p, start, "the text that begins here has no closing %c", quote);
  }
  *out = sv_slice(rest, 0, length);
  p->at = start + 1 + length + 1;
  return xpath_peek(p, 0) != quote || xpath_later(p, p->at, "a doubled quote inside of quotes", "2.0",
                                                  "put the text in the other kind of quotes, or join with concat()");
}

/* ---- precedence ---- */

enum level { LEVEL_OR, LEVEL_AND, LEVEL_EQUALITY, LEVEL_RELATIONAL, LEVEL_ADDITIVE, LEVEL_MULTIPLICATIVE, LEVEL_UNARY };

/* The longest first, where one begins with another. */
static const struct {
  const char *token;
  enum level level;
  enum xpath_operator operator;
} operators[] = {
    {"or", LEVEL_OR, OP_EQ},
    {"and", LEVEL_AND, OP_EQ},
    {"!=", LEVEL_EQUALITY, OP_NE},
    {"=", LEVEL_EQUALITY, OP_EQ},
    {"<=", LEVEL_RELATIONAL, OP_LE},
    {">=", LEVEL_RELATIONAL, OP_GE},
    {"<", LEVEL_RELATIONAL, OP_LT},
    {">", LEVEL_RELATIONAL, OP_GT},
    {"+", LEVEL_ADDITIVE, OP_ADD},
    {"-", LEVEL_ADDITIVE, OP_SUB},
    {"*", LEVEL_MULTIPLICATIVE, OP_MUL},
    {"div", LEVEL_MULTIPLICATIVE, OP_DIV},
    {"mod", LEVEL_MULTIPLICATIVE, OP_MOD},
};

#define OPERATORS_COUNT (sizeof operators / sizeof *operators)

/* Takes an operator of this level, if one stands here. */
static bool take_operator(struct xpath_parser *p, enum level level, enum xpath_operator *out) {
  size_t name = xpath_name_length(p, p->at);
  for (size_t i = 0; i < OPERATORS_COUNT; i++) {
    if (operators[i].level == level && (name == 0 || name == strlen(operators[i].token)) &&
        xpath_take(p, operators[i].token)) {
      *out = operators[i].operator;
      return true;
    }
  }
  return false;
}

static bool parse_level(struct xpath_parser *p, enum level level, struct expr **out);

static bool parse_union(struct xpath_parser *p, struct expr **out);

/* XPath 1.0 3.5: UnaryExpr; `- -x` is number(x). */
static bool parse_unary(struct xpath_parser *p, struct expr **out) {
  size_t start = p->at;
  size_t signs = 0;
  while (xpath_take(p, "-")) {
    signs++;
    if (!xpath_blanks(p)) {
      return false;
    }
  }
  if (signs == 0) {
    return parse_union(p, out);
  }
  struct expr *negation = xpath_new(p, sizeof *negation);
  if (!negation) {
    return false;
  }
  *negation = (struct expr){.kind = EXPR_NEGATE, .type = XPATH_NUMBER, .start = start, .is_odd = signs % 2 == 1};
  *out = negation;
  return parse_union(p, &negation->first);
}

static enum expr_kind kind_of(enum level level) {
  return level == LEVEL_OR ? EXPR_OR : level == LEVEL_AND ? EXPR_AND : EXPR_FOLD;
}

static struct expr *chain_of(struct xpath_parser *p, enum expr_kind kind, enum xpath_type type, struct expr *first) {
  struct expr *chain = xpath_new(p, sizeof *chain);
  if (chain) {
    *chain = (struct expr){.kind = kind, .type = type, .start = first->start, .first = first};
  }
  return chain;
}

static bool is_text(enum xpath_type type) {
  return type == XPATH_STRING || type == XPATH_NODES;
}

/* XPath 2.0 3.5.2: untyped values and texts compare as texts; XPath 1.0 3.4: as numbers. */
static bool check_relational(struct xpath_parser *p, size_t at, enum xpath_type left, enum xpath_type right) {
  if (p->path->version == XPATH_10 || !is_text(left) || !is_text(right)) {
    return true;
  }
  return xpath_later(p, at, "to compare two texts in order", "2.0",
                     "write number(…) around one side to compare numbers, as in number(price) > number(limit)");
}

/* The operands behind the first; each holds the operator in front of it. */
static bool parse_chain(struct xpath_parser *p, enum level level, struct expr *chain) {
  struct expr *last = chain->first;
  enum xpath_type left = last->type;
  enum xpath_operator operator= OP_EQ;
  for (size_t at = p->at; take_operator(p, level, &operator); at = p->at) {
    struct expr *operand = NULL;
    if (!xpath_blanks(p) || !parse_level(p, level + 1, &operand)) {
      return false;
    }
    if (level == LEVEL_RELATIONAL && !check_relational(p, at, left, operand->type)) {
      return false;
    }
    operand->operator= operator;
    last->next = operand;
    last = operand;
    left = chain->type;
    if (!xpath_blanks(p) || !xpath_later_operator(p)) {
      return false;
    }
  }
  return true;
}

static bool parse_level(struct xpath_parser *p, enum level level, struct expr **out) {
  if (level == LEVEL_UNARY) {
    return parse_unary(p, out);
  }
  struct expr *first = NULL;
  if (!parse_level(p, level + 1, &first) || !xpath_blanks(p) || !xpath_later_operator(p)) {
    return false;
  }
  size_t at = p->at;
  enum xpath_operator operator= OP_EQ;
  if (!take_operator(p, level, &operator)) {
    *out = first;
    return true;
  }
  p->at = at;
  *out = chain_of(p, kind_of(level), level < LEVEL_ADDITIVE ? XPATH_BOOLEAN : XPATH_NUMBER, first);
  return *out && parse_chain(p, level, *out);
}

/* XPath 1.0 3.3: UnionExpr. */
static bool parse_union(struct xpath_parser *p, struct expr **out) {
  struct expr *last = NULL;
  if (!xpath_path(p, &last) || !xpath_blanks(p)) {
    return false;
  }
  *out = last;
  while (xpath_peek(p, 0) == '|' && xpath_peek(p, 1) != '|') {
    p->at++;
    if (*out == last) {
      *out = chain_of(p, EXPR_UNION, XPATH_NODES, last);
    }
    if (!*out || !xpath_blanks(p) || !xpath_path(p, &last->next) || !xpath_blanks(p)) {
      return false;
    }
    last = last->next;
  }
  for (struct expr *part = *out == last ? NULL : (*out)->first; part; part = part->next) {
    if (part->type != XPATH_NODES) {
      return xpath_wrong(p, part->start, "'|' joins paths; this is no path");
    }
  }
  return true;
}

bool xpath_parse(struct xpath_parser *p, struct expr **out) {
  if (!enter(p) || !xpath_blanks(p) || !parse_level(p, LEVEL_OR, out)) {
    return false;
  }
  p->depth--;
  return xpath_blanks(p);
}
