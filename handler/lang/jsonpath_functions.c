/* Operands and function expressions (RFC 9535 2.4): length, count, match, search, value.
 *
 * A pattern that comes from data is compiled when it is met; the last one is kept, since it mostly is the same for every
 * node. RFC 9535 2.4.6, 2.4.7: one that is not an I-Regexp matches nothing. */
#include "arena.h"
#include "errinfo.h"
#include "jsonpath_evaluate.h"
#include "regex_match.h"
#include "utf8.h"

#define BYTES_PER_STEP 16

/* Compiling a pattern, against matching it. */
#define COMPILE_STEPS 200

static struct value count_value(size_t count) {
  return (struct value){.kind = VALUE_COUNT, .count = (int64_t)count};
}

static struct value node_value(const json *node) {
  return (struct value){.kind = node ? VALUE_NODE : VALUE_NOTHING, .node = node};
}

/* RFC 9535 2.4.4: code points of a string, elements of an array, members of an object; else Nothing. */
static bool length_of(struct evaluation *ev, const struct value *value, struct value *out) {
  sv text = {"", 0};
  if (value_text(value, &text)) {
    *out = count_value(utf8_count(text));
    return evaluation_spend(ev, 1 + text.len / BYTES_PER_STEP);
  }
  *out = (struct value){.kind = value->kind == VALUE_UNKNOWN ? VALUE_UNKNOWN : VALUE_NOTHING};
  bool has_children =
      value->kind == VALUE_NODE && (json_type(value->node) == JSON_ARRAY || json_type(value->node) == JSON_OBJECT);
  if (!has_children) {
    return true;
  }
  size_t count = json_count(value->node);
  *out = count_value(count);
  return evaluation_spend(ev, 1 + count);
}

/* RFC 9535 2.4.5: how many nodes. */
static bool count_of(struct evaluation *ev, const struct query *query, const json *current, struct value *out) {
  struct selection selection = {0};
  if (!evaluate_query(ev, query, current, &selection)) {
    return false;
  }
  evaluation_pop(ev, &selection);
  *out = selection.is_uncertain ? (struct value){.kind = VALUE_UNKNOWN} : count_value(selection.count);
  return true;
}

/* RFC 9535 2.4.8: the value of the only node; Nothing for none or many. */
static bool value_of(struct evaluation *ev, const struct query *query, const json *current, struct value *out) {
  struct selection selection = {0};
  if (!evaluate_query(ev, query, current, &selection)) {
    return false;
  }
  *out = node_value(selection.count == 1 ? ev->nodes[selection.base] : NULL);
  if (selection.is_uncertain && selection.count < 2) {
    out->kind = VALUE_UNKNOWN;
  }
  evaluation_pop(ev, &selection);
  return true;
}

static bool evaluate_function(struct evaluation *ev, const struct operand *call, const json *current,
                              struct value *out) {
  struct value argument = {0};
  switch (call->function) {
  case FUNCTION_LENGTH:
    return evaluate_operand(ev, call->arguments[0], current, &argument) && length_of(ev, &argument, out);
  case FUNCTION_COUNT:
    return count_of(ev, call->arguments[0]->query, current, out);
  case FUNCTION_VALUE:
    return value_of(ev, call->arguments[0]->query, current, out);
  case FUNCTION_MATCH:
  case FUNCTION_SEARCH:
    break;
  }
  return err_set(ev->e, ERR_INTERNAL, "a JSONPath test stands where a value belongs");
}

/* Comparison form: `.length` behind a singular query. A member of that name wins over what the value measures. */
static bool length_suffix(struct evaluation *ev, const struct query *query, const json *current, struct value *out) {
  const json *node = NULL;
  if (!query->is_singular) {
    return count_of(ev, query, current, out);
  }
  if (!evaluate_singular(ev, query, current, &node)) {
    return false;
  }
  if (node && json_type(node) == JSON_OBJECT) {
    return evaluate_member(ev, node, SV("length"), &node) && (*out = node_value(node), true);
  }
  struct value value = node_value(node);
  return length_of(ev, &value, out);
}

bool evaluate_operand(struct evaluation *ev, const struct operand *operand, const json *current, struct value *out) {
  const json *node = NULL;
  switch (operand->kind) {
  case OPERAND_LITERAL:
    *out = operand->literal;
    return true;
  case OPERAND_QUERY:
    if (!evaluate_singular(ev, operand->query, current, &node)) {
      return false;
    }
    *out = node_value(node);
    return true;
  case OPERAND_FUNCTION:
    return evaluate_function(ev, operand, current, out);
  case OPERAND_LENGTH:
    return length_suffix(ev, operand->query, current, out);
  case OPERAND_EXTERNAL:
    *out = ev->externals[operand->external];
    return true;
  }
  return true;
}

/* Compiles a pattern from data, unless it is the one of the last time. */
static bool pattern_from_data(struct evaluation *ev, sv pattern, enum function function, const struct regex **out) {
  struct pattern_cache *cache = &ev->cache;
  if (!evaluation_spend(ev, 1 + pattern.len / BYTES_PER_STEP)) {
    return false;
  }
  if (cache->is_filled && cache->function == function && sv_eq(cache->pattern, pattern)) {
    *out = cache->regex;
    return true;
  }
  struct err problem = {0};
  enum regex_dialect dialect = function == FUNCTION_MATCH ? REGEX_I_REGEXP_MATCH : REGEX_I_REGEXP_SEARCH;
  *cache = (struct pattern_cache){.pattern = pattern, .function = function, .is_filled = true};
  if (!regex_compile(ev->arena, pattern, dialect, &cache->regex, &problem) && problem.code != ERR_SYNTAX) {
    return err_set(ev->e, problem.code, "%s", problem.text);
  }
  *out = cache->regex;
  return evaluation_spend(ev, COMPILE_STEPS + pattern.len);
}

static bool matches(struct evaluation *ev, const struct regex *regex, sv text, bool *matched) {
  if (!ev->matcher && !regex_matcher_new(ev->arena, &ev->matcher, ev->e)) {
    return false;
  }
  return regex_match_within(regex, text, ev->matcher, &ev->steps, matched, ev->e);
}

bool evaluate_function_test(struct evaluation *ev, const struct operand *call, const json *current, enum verdict *out) {
  struct value subject = {0}, pattern = {0};
  sv subject_text = {"", 0}, pattern_text = {"", 0};
  const struct regex *regex = call->regex;
  bool matched = false;
  if (!evaluate_operand(ev, call->arguments[0], current, &subject) ||
      !evaluate_operand(ev, call->arguments[1], current, &pattern)) {
    return false;
  }
  *out = VERDICT_UNKNOWN;
  bool is_absent = subject.kind == VALUE_NOTHING || pattern.kind == VALUE_NOTHING;
  if (subject.kind == VALUE_UNKNOWN || pattern.kind == VALUE_UNKNOWN || (is_absent && ev->absent_is_unknown)) {
    return true;
  }
  *out = VERDICT_FAILS;
  /* RFC 9535 2.4.6, 2.4.7: what is not a string does not match. */
  if (!value_text(&subject, &subject_text) || !value_text(&pattern, &pattern_text)) {
    return true;
  }
  if (!regex && !pattern_from_data(ev, pattern_text, call->function, &regex)) {
    return false;
  }
  if (regex && !matches(ev, regex, subject_text, &matched)) {
    return false;
  }
  *out = matched ? VERDICT_HOLDS : VERDICT_FAILS;
  return true;
}
