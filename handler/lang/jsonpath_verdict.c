/* Evaluation of logical expressions (RFC 9535 2.3.5.2).
 *
 * Three values: what depends on a malformed response is unknown, and stays so unless the rest decides: false && unknown is
 * false, true || unknown is true.
 *
 * `contains` and `empty` mean what the documents that use them want of them. Behind a query that can select many nodes
 * they speak of the list of nodes: one of them equals the value; there is none. Behind a singular query they speak of its
 * value: a string has the text in it, an array has an equal element; nothing there, null, "", [] and {} are empty. */
#include "jsonpath_evaluate.h"

static enum verdict verdict_from(bool holds) {
  return holds ? VERDICT_HOLDS : VERDICT_FAILS;
}

static enum verdict inverse(enum verdict verdict) {
  switch (verdict) {
  case VERDICT_HOLDS:
    return VERDICT_FAILS;
  case VERDICT_FAILS:
    return VERDICT_HOLDS;
  case VERDICT_UNKNOWN:
    break;
  }
  return VERDICT_UNKNOWN;
}

/* || and &&: `deciding` ends it; an unknown part makes the whole unknown when nothing decides. */
static bool evaluate_chain(struct evaluation *ev, const struct logical *logical, const json *current,
                           enum verdict deciding, enum verdict *out) {
  *out = inverse(deciding);
  for (const struct logical *part = logical->first; part; part = part->next) {
    enum verdict verdict = VERDICT_FAILS;
    if (!evaluation_spend(ev, 1) || !evaluate_logical(ev, part, current, &verdict)) {
      return false;
    }
    if (verdict == deciding) {
      *out = deciding;
      return true;
    }
    *out = verdict == VERDICT_UNKNOWN ? VERDICT_UNKNOWN : *out;
  }
  return true;
}

static bool evaluate_comparison(struct evaluation *ev, const struct logical *logical, const json *current,
                                enum verdict *out) {
  struct value left = {0}, right = {0};
  return evaluate_operand(ev, logical->left, current, &left) && evaluate_operand(ev, logical->right, current, &right) &&
         values_compare(ev, logical->comparison, &left, &right, out);
}

/* RFC 9535 2.3.5.2.1: a query holds when it selects a node. */
bool evaluate_existence(struct evaluation *ev, const struct query *query, const json *current, enum verdict *out) {
  const json *node = NULL;
  struct selection selection = {0};
  if (query->is_singular) {
    bool ok = evaluate_singular(ev, query, current, &node);
    *out = verdict_from(node != NULL);
    return ok;
  }
  if (!evaluate_query(ev, query, current, &selection)) {
    return false;
  }
  evaluation_pop(ev, &selection);
  *out = selection.count == 0 && selection.is_uncertain ? VERDICT_UNKNOWN : verdict_from(selection.count > 0);
  return true;
}

static bool is_nothing_in(const json *node) {
  switch (json_type(node)) {
  case JSON_NULL:
    return true;
  case JSON_STRING:
    return json_string(node).len == 0;
  case JSON_ARRAY:
  case JSON_OBJECT:
    return json_first(node) == NULL;
  case JSON_BOOLEAN:
  case JSON_NUMBER:
    break;
  }
  return false;
}

static bool evaluate_empty(struct evaluation *ev, const struct query *query, const json *current, enum verdict *out) {
  const json *node = NULL;
  if (!query->is_singular) {
    bool ok = evaluate_existence(ev, query, current, out);
    *out = inverse(*out);
    return ok;
  }
  bool ok = evaluate_singular(ev, query, current, &node);
  *out = verdict_from(!node || is_nothing_in(node));
  return ok;
}

/* Whether one of a row of nodes equals the value: HOLDS, FAILS, or UNKNOWN where the value is. */
static bool node_is(struct evaluation *ev, const json *node, const struct value *value, enum verdict *out) {
  struct value candidate = {.kind = VALUE_NODE, .node = node};
  return values_compare(ev, COMPARE_EQ, &candidate, value, out);
}

static bool list_contains(struct evaluation *ev, const struct query *query, const struct value *value,
                          const json *current, enum verdict *out) {
  struct selection selection = {0};
  if (!evaluate_query(ev, query, current, &selection)) {
    return false;
  }
  *out = VERDICT_FAILS;
  for (size_t i = 0; i < selection.count && *out == VERDICT_FAILS; i++) {
    if (!node_is(ev, ev->nodes[selection.base + i], value, out)) {
      return false;
    }
  }
  evaluation_pop(ev, &selection);
  *out = *out == VERDICT_FAILS && selection.is_uncertain ? VERDICT_UNKNOWN : *out;
  return true;
}

static bool node_contains(struct evaluation *ev, const json *node, const struct value *value, enum verdict *out) {
  sv part = {"", 0};
  *out = VERDICT_FAILS;
  if (json_is_string(node)) {
    *out = value->kind == VALUE_UNKNOWN
               ? VERDICT_UNKNOWN
               : verdict_from(value_text(value, &part) && sv_contains(json_string(node), part));
    return evaluation_spend(ev, 1 + json_string(node).len);
  }
  if (json_type(node) == JSON_ARRAY) {
    for (const json *i = json_first(node); i && *out == VERDICT_FAILS; i = i->next) {
      if (!node_is(ev, i, value, out)) {
        return false;
      }
    }
  }
  return true;
}

static bool evaluate_contains(struct evaluation *ev, const struct logical *logical, const json *current,
                              enum verdict *out) {
  const json *node = NULL;
  struct value value = {0};
  const struct query *query = logical->left->query;
  if (!evaluate_operand(ev, logical->right, current, &value)) {
    return false;
  }
  if (!query->is_singular) {
    return list_contains(ev, query, &value, current, out);
  }
  *out = VERDICT_FAILS;
  return evaluate_singular(ev, query, current, &node) && (!node || node_contains(ev, node, &value, out));
}

bool evaluate_logical(struct evaluation *ev, const struct logical *logical, const json *current, enum verdict *out) {
  switch (logical->kind) {
  case LOGICAL_OR:
    return evaluate_chain(ev, logical, current, VERDICT_HOLDS, out);
  case LOGICAL_AND:
    return evaluate_chain(ev, logical, current, VERDICT_FAILS, out);
  case LOGICAL_NOT: {
    bool ok = evaluate_logical(ev, logical->first, current, out);
    *out = inverse(*out);
    return ok;
  }
  case LOGICAL_COMPARE:
    return evaluate_comparison(ev, logical, current, out);
  case LOGICAL_EXISTS:
    return evaluate_existence(ev, logical->left->query, current, out);
  case LOGICAL_CALL:
    return evaluate_function_test(ev, logical->left, current, out);
  case LOGICAL_CONTAINS:
    return evaluate_contains(ev, logical, current, out);
  case LOGICAL_EMPTY:
    return evaluate_empty(ev, logical->left->query, current, out);
  }
  return true;
}
