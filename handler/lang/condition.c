/* Evaluates simple conditions (Arazzo 1.1.0, Criterion Object, "Simple Conditions"). condition_parse.c reads them.
 *
 * Three values. "$response.body" of a malformed response can't be said, and neither can what is decided by it: such an
 * operand makes a comparison UNKNOWN; a false part decides &&, a true part decides ||, else an unknown part makes them
 * unknown; ! keeps it (Kleene's logic). So nothing that can't be evaluated ever counts as false.
 *
 * Absent is not unknown: a well-formed response may lack a member. For ==, != and as a condition an absent value is null, but
 * two absent values are not equal: nothing was compared. `!=` is always the opposite of `==`, also here, as in RFC 9535
 * 2.3.5.2.2 and so as in conditions of type jsonpath. It is the safer reading, too: documents write != for "not done yet, ask
 * again", and a poll that gets no status must poll, not fall through to the next step.
 *
 * How values compare, where 1.0.x says "loose comparisons" and 1.1.0 gives three rules:
 * - text with text: without case (casefold.h); < orders by folded code point, unless both are numbers;
 * - a number with text that is a number (RFC 8259): as numbers, exactly, also for == ($statusCode == '200');
 * - a boolean with the text "true" or "false": as booleans, since XML bodies and headers know only text;
 * - null with null (1.1.0: "Comparing null with any other value evaluates to false" is about ==, since its own example takes
 *   `$response.body.data != null` for "body contains data"); arrays and objects by RFC 9535, where text inside is compared with case;
 * - everything else is unequal, and neither less nor greater.
 *
 * As a condition of its own, a value fails when it is false, null or absent (the specification's words), and, as in the
 * specification's rules for XPath, when it is zero or empty text; also when it is the text "false". Others hold.
 *
 * ".length" of an array or of text is its length (elements, code points), as in published jsonpath conditions. */
#include "condition.h"

#include "casefold.h"
#include "condition_tree.h"
#include "utf8.h"

enum operand_kind { OPERAND_VALUE, OPERAND_ABSENT, OPERAND_UNKNOWN, OPERAND_VERDICT, OPERAND_COUNT };

/* What one side of a comparison is: a value of the document, the verdict of a part in parentheses, or a length. */
struct operand {
  enum operand_kind kind;
  const json *value;
  bool holds;
  char digits[24];
  size_t digits_length;
};

/* The comparable kinds of values. */
enum comparable { AS_NULL, AS_BOOLEAN, AS_NUMBER, AS_TEXT, AS_TREE };

static enum verdict verdict_of(bool holds) {
  return holds ? VERDICT_HOLDS : VERDICT_FAILS;
}

static enum verdict opposite(enum verdict verdict) {
  switch (verdict) {
  case VERDICT_FAILS:
    return VERDICT_HOLDS;
  case VERDICT_HOLDS:
    return VERDICT_FAILS;
  case VERDICT_UNKNOWN:
    break;
  }
  return VERDICT_UNKNOWN;
}

/* ---- operands ---- */

static struct operand count_operand(size_t count) {
  struct operand made = {.kind = OPERAND_COUNT};
  char *end = made.digits + sizeof made.digits;
  char *at = end;
  do {
    *--at = (char)('0' + count % 10);
    count /= 10;
  } while (count);
  made.digits_length = (size_t)(end - at);
  for (size_t i = 0; i < made.digits_length; i++) {
    made.digits[i] = at[i];
  }
  return made;
}

static struct operand length_operand(const struct expression *measured, const struct scope *scope) {
  const json *value = NULL;
  if (measured && expression_eval(measured, scope, &value) == EXPRESSION_FOUND) {
    if (json_type(value) == JSON_ARRAY) {
      return count_operand(json_count(value));
    }
    if (json_type(value) == JSON_STRING) {
      return count_operand(utf8_count(json_string(value)));
    }
  }
  return (struct operand){.kind = OPERAND_ABSENT};
}

static struct operand expression_operand(const struct condition *c, const struct scope *scope) {
  const json *value = NULL;
  switch (expression_eval(c->expression, scope, &value)) {
  case EXPRESSION_FOUND:
    return (struct operand){.kind = OPERAND_VALUE, .value = value};
  case EXPRESSION_ABSENT:
    return length_operand(c->measured, scope);
  case EXPRESSION_MALFORMED:
    break;
  }
  /* Where what is absent is unknown, a length is still known: no member of that name was meant. */
  struct operand length = length_operand(c->measured, scope);
  return length.kind == OPERAND_COUNT ? length : (struct operand){.kind = OPERAND_UNKNOWN};
}

static struct operand operand_of(const struct condition *c, const struct scope *scope) {
  if (c->kind == CONDITION_EXPRESSION) {
    return expression_operand(c, scope);
  }
  if (c->kind == CONDITION_LITERAL) {
    return (struct operand){.kind = OPERAND_VALUE, .value = c->literal};
  }
  enum verdict verdict = condition_eval(c, scope);
  return (struct operand){.kind = verdict == VERDICT_UNKNOWN ? OPERAND_UNKNOWN : OPERAND_VERDICT,
                          .holds = verdict == VERDICT_HOLDS};
}

static enum comparable comparable_of(const struct operand *o) {
  if (o->kind != OPERAND_VALUE) {
    return o->kind == OPERAND_VERDICT ? AS_BOOLEAN : o->kind == OPERAND_COUNT ? AS_NUMBER : AS_NULL;
  }
  switch (json_type(o->value)) {
  case JSON_NULL:
    return AS_NULL;
  case JSON_BOOLEAN:
    return AS_BOOLEAN;
  case JSON_NUMBER:
    return AS_NUMBER;
  case JSON_STRING:
    return AS_TEXT;
  case JSON_ARRAY:
  case JSON_OBJECT:
    break;
  }
  return AS_TREE;
}

static sv text_of(const struct operand *o) {
  if (o->kind == OPERAND_COUNT) {
    return (sv){o->digits, o->digits_length};
  }
  return json_is_string(o->value) ? json_string(o->value) : json_number_text(o->value);
}

/* A number, or text that is one as a whole. */
static bool to_number(const struct operand *o, struct decimal *out) {
  enum comparable type = comparable_of(o);
  struct number_problem ignored;
  sv text = type == AS_NUMBER || type == AS_TEXT ? text_of(o) : SV("");
  return text.len && number_read(text, out, &ignored) == text.len;
}

/* A boolean, or text that is one. */
static bool to_boolean(const struct operand *o, bool *out) {
  if (comparable_of(o) == AS_BOOLEAN) {
    *out = o->kind == OPERAND_VERDICT ? o->holds : json_is_true(o->value);
    return true;
  }
  sv text = comparable_of(o) == AS_TEXT ? text_of(o) : SV("");
  *out = sv_eq_nocase(text, SV("true"));
  return *out || sv_eq_nocase(text, SV("false"));
}

/* ---- comparisons ---- */

static bool equal_numbers(const struct operand *a, const struct operand *b) {
  struct decimal left;
  struct decimal right;
  return to_number(a, &left) && to_number(b, &right) && number_compare(&left, &right) == 0;
}

static bool equal_booleans(const struct operand *a, const struct operand *b) {
  bool left = false;
  bool right = false;
  return to_boolean(a, &left) && to_boolean(b, &right) && left == right;
}

static bool equal(const struct operand *a, const struct operand *b) {
  enum comparable left = comparable_of(a);
  enum comparable right = comparable_of(b);
  if (a->kind == OPERAND_ABSENT && b->kind == OPERAND_ABSENT) {
    return false;
  }
  /* Arazzo 1.1.0, Simple Conditions: "null only equals itself". */
  if (left == AS_NULL || right == AS_NULL) {
    return left == right;
  }
  if (left == AS_TEXT && right == AS_TEXT) {
    /* Arazzo 1.1.0, Operators: "String comparisons MUST be case insensitive." */
    return casefold_compare(text_of(a), text_of(b)) == 0;
  }
  if (left == AS_NUMBER || right == AS_NUMBER) {
    return equal_numbers(a, b);
  }
  if (left == AS_BOOLEAN || right == AS_BOOLEAN) {
    return equal_booleans(a, b);
  }
  return left == AS_TREE && right == AS_TREE && json_equal(a->value, b->value);
}

/* Sets the order of two values; false when they have none. */
static bool ordered(const struct operand *a, const struct operand *b, int *order) {
  struct decimal left;
  struct decimal right;
  /* Arazzo 1.1.0, Simple Conditions: "Numeric strings SHOULD be coerced to numbers when compared with numeric operators." */
  if (to_number(a, &left) && to_number(b, &right)) {
    *order = number_compare(&left, &right);
    return true;
  }
  if (comparable_of(a) == AS_TEXT && comparable_of(b) == AS_TEXT) {
    *order = casefold_compare(text_of(a), text_of(b));
    return true;
  }
  return false;
}

static bool compare(enum condition_operator operator, const struct operand * a, const struct operand *b) {
  int order = 0;
  switch (operator) {
  case CONDITION_EQUAL:
    return equal(a, b);
  case CONDITION_NOT_EQUAL:
    return !equal(a, b);
  case CONDITION_LESS:
    return ordered(a, b, &order) && order < 0;
  case CONDITION_LESS_EQUAL:
    return ordered(a, b, &order) && order <= 0;
  case CONDITION_GREATER:
    return ordered(a, b, &order) && order > 0;
  case CONDITION_GREATER_EQUAL:
    return ordered(a, b, &order) && order >= 0;
  }
  return false;
}

/* A list or object beside a text, number or boolean: it may hold what was looked for, under attributes or in a list of one. */
static bool differ_in_shape(const struct operand *a, const struct operand *b) {
  enum comparable left = comparable_of(a);
  enum comparable right = comparable_of(b);
  return (left == AS_TREE) != (right == AS_TREE) && left != AS_NULL && right != AS_NULL;
}

static enum verdict eval_comparison(const struct condition *c, const struct scope *scope) {
  struct operand left = operand_of(c->first, scope);
  struct operand right = operand_of(c->first->next, scope);
  if (left.kind == OPERAND_UNKNOWN || right.kind == OPERAND_UNKNOWN) {
    return VERDICT_UNKNOWN;
  }
  if (scope->absent_is_unknown && differ_in_shape(&left, &right)) {
    return VERDICT_UNKNOWN;
  }
  return verdict_of(compare(c->operator, & left, &right));
}

/* ---- conditions ---- */

/* Arazzo 1.1.0, Simple Conditions: false and null fail. For the others see the top of this file. */
static enum verdict truth(const struct operand *o) {
  static const struct operand zero = {.kind = OPERAND_COUNT, .digits = "0", .digits_length = 1};
  bool boolean = true;
  if (o->kind == OPERAND_UNKNOWN) {
    return VERDICT_UNKNOWN;
  }
  switch (comparable_of(o)) {
  case AS_NULL:
    return VERDICT_FAILS;
  case AS_BOOLEAN:
  case AS_TEXT:
    return verdict_of(to_boolean(o, &boolean) ? boolean : text_of(o).len > 0);
  case AS_NUMBER:
    return verdict_of(!equal_numbers(o, &zero));
  case AS_TREE:
    break;
  }
  return VERDICT_HOLDS;
}

/* && and ||: the first part that decides does; else an unknown part leaves it unknown. */
static enum verdict eval_chain(const struct condition *c, const struct scope *scope, enum verdict deciding) {
  enum verdict result = opposite(deciding);
  for (const struct condition *part = c->first; part; part = part->next) {
    enum verdict verdict = condition_eval(part, scope);
    if (verdict == deciding) {
      return deciding;
    }
    result = verdict == VERDICT_UNKNOWN ? VERDICT_UNKNOWN : result;
  }
  return result;
}

enum verdict condition_eval(const struct condition *condition, const struct scope *scope) {
  struct operand operand;
  switch (condition->kind) {
  case CONDITION_OR:
    return eval_chain(condition, scope, VERDICT_HOLDS);
  case CONDITION_AND:
    return eval_chain(condition, scope, VERDICT_FAILS);
  case CONDITION_NOT:
    return opposite(condition_eval(condition->first, scope));
  case CONDITION_COMPARE:
    return eval_comparison(condition, scope);
  case CONDITION_EXPRESSION:
  case CONDITION_LITERAL:
    operand = operand_of(condition, scope);
    return truth(&operand);
  }
  return VERDICT_UNKNOWN;
}

bool condition_each(const struct condition *condition,
                    bool (*visit)(void *context, const struct expression *expression), void *context) {
  if (condition->kind == CONDITION_EXPRESSION) {
    return visit(context, condition->expression);
  }
  for (const struct condition *part = condition->first; part; part = part->next) {
    if (!condition_each(part, visit, context)) {
      return false;
    }
  }
  return true;
}
