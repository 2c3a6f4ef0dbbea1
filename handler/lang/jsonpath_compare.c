/* Comparisons (RFC 9535 2.3.5.2.2).
 *
 * Two values are equal when both are Nothing, or both are JSON values that are equal; only two numbers or two strings are
 * in an order. Numbers compare exactly, however long; strings by code points, which for UTF-8 is the order of bytes. What
 * can't be known makes the comparison unknown.
 *
 * Arrays and objects are compared here and not by json_equal, since a filter can compare large ones for every node: each
 * step is counted. Members are first looked for in the same order, which is linear for equal objects as services write
 * them. */
#include <stdio.h>

#include "errinfo.h"
#include "jsonpath_evaluate.h"
#include "limits.h"

#define BYTES_PER_STEP 64
#define INTEGER_TEXT_BYTES 24

/* An exact comparison of short numbers, against following a link. */
#define NUMBER_STEPS 8

static bool nodes_equal(struct evaluation *ev, const json *a, const json *b, bool *equal);

bool value_text(const struct value *value, sv *out) {
  if (value->kind == VALUE_TEXT) {
    *out = value->text;
    return true;
  }
  *out = value->kind == VALUE_NODE ? json_string(value->node) : (sv){"", 0};
  return value->kind == VALUE_NODE && json_is_string(value->node);
}

static bool is_number(const struct value *value) {
  return value->kind == VALUE_COUNT || (value->kind == VALUE_NODE && json_type(value->node) == JSON_NUMBER);
}

/* Both texts are looked at as far as the shorter one goes. */
static bool spend_on_texts(struct evaluation *ev, sv a, sv b) {
  return evaluation_spend(ev, 1 + (a.len < b.len ? a.len : b.len) / BYTES_PER_STEP);
}

static bool arrays_equal(struct evaluation *ev, const json *a, const json *b, bool *equal) {
  const json *x = json_first(a);
  const json *y = json_first(b);
  for (; x && y; x = x->next, y = y->next) {
    if (!nodes_equal(ev, x, y, equal)) {
      return false;
    }
    if (!*equal) {
      return true;
    }
  }
  *equal = !x && !y;
  return true;
}

/* The member of `object` that has the name; `guess` is where it most likely is. */
static bool counterpart(struct evaluation *ev, const json *object, const json *guess, sv name, const json **out) {
  *out = guess;
  return guess && sv_eq(json_name(guess), name) ? true : evaluate_member(ev, object, name, out);
}

/* Members' names are unique, so that as many members, each with its equal, are the same set. */
static bool objects_equal(struct evaluation *ev, const json *a, const json *b, bool *equal) {
  const json *guess = json_first(b);
  size_t count = json_count(a);
  *equal = count == json_count(b);
  if (!evaluation_spend(ev, count)) {
    return false;
  }
  for (const json *member = json_first(a); member && *equal; member = member->next) {
    const json *other = NULL;
    if (!counterpart(ev, b, guess, json_name(member), &other)) {
      return false;
    }
    *equal = other != NULL;
    if (other && !nodes_equal(ev, member, other, equal)) {
      return false;
    }
    guess = guess ? guess->next : NULL;
  }
  return true;
}

static bool strings_equal(struct evaluation *ev, sv a, sv b, bool *equal) {
  *equal = sv_eq(a, b);
  return spend_on_texts(ev, a, b);
}

static bool nodes_equal(struct evaluation *ev, const json *a, const json *b, bool *equal) {
  enum json_type type = json_type(a);
  *equal = type == json_type(b);
  if (!evaluation_spend(ev, 1)) {
    return false;
  }
  if (!*equal || a == b) {
    return true;
  }
  switch (type) {
  case JSON_NULL:
    return true;
  case JSON_BOOLEAN:
    *equal = json_is_true(a) == json_is_true(b);
    return true;
  case JSON_NUMBER:
    *equal = json_number_compare(a, b) == 0;
    return evaluation_spend(ev, NUMBER_STEPS);
  case JSON_STRING:
    return strings_equal(ev, json_string(a), json_string(b), equal);
  case JSON_ARRAY:
    return arrays_equal(ev, a, b, equal);
  case JSON_OBJECT:
    return objects_equal(ev, a, b, equal);
  }
  return true;
}

/* A count as a number node on the stack: a node for each would fill the arena. json.h: valuestring is a number's text. */
static const json *as_number(const struct value *value, json *node, char text[INTEGER_TEXT_BYTES]) {
  if (value->kind == VALUE_NODE) {
    return value->node;
  }
  snprintf(text, INTEGER_TEXT_BYTES, "%lld", (long long)value->count);
  *node = (json){.type = cJSON_Number, .valuestring = text, .valuedouble = (double)value->count};
  return node;
}

static int compare_numbers(const struct value *left, const struct value *right) {
  json left_node, right_node;
  char left_text[INTEGER_TEXT_BYTES], right_text[INTEGER_TEXT_BYTES];
  if (left->kind == VALUE_COUNT && right->kind == VALUE_COUNT) {
    return left->count < right->count ? -1 : left->count > right->count;
  }
  return json_number_compare(as_number(left, &left_node, left_text), as_number(right, &right_node, right_text));
}

/* How two values relate. Neither is unknown. */
struct relation {
  bool is_equal;
  bool is_less;
  bool is_greater;
};

/* What published conditions mean by null: they write `$.next != null` for "there is a next one". */
static bool is_nothing_or_null(const struct value *value) {
  return value->kind == VALUE_NOTHING || (value->kind == VALUE_NODE && json_type(value->node) == JSON_NULL);
}

static bool relate(struct evaluation *ev, const struct value *left, const struct value *right, struct relation *out) {
  sv left_text = {"", 0}, right_text = {"", 0};
  int order = 0;
  if (is_number(left) && is_number(right)) {
    order = compare_numbers(left, right);
  } else if (value_text(left, &left_text) && value_text(right, &right_text)) {
    order = sv_compare(left_text, right_text);
  } else if (left->kind == VALUE_NODE && right->kind == VALUE_NODE) {
    return nodes_equal(ev, left->node, right->node, &out->is_equal);
  } else {
    /* RFC 9535 2.3.5.2.2: Nothing equals Nothing; different types are never equal. */
    out->is_equal = (left->kind == VALUE_NOTHING && right->kind == VALUE_NOTHING) ||
                    (ev->absent_is_null && is_nothing_or_null(left) && is_nothing_or_null(right));
    return true;
  }
  *out = (struct relation){.is_equal = order == 0, .is_less = order<0, .is_greater = order> 0};
  return spend_on_texts(ev, left_text, right_text);
}

/* RFC 9535 2.3.5.2.2: <= is < or ==, so null <= null, and Nothing <= Nothing. */
static bool satisfies(enum comparison comparison, const struct relation *relation) {
  switch (comparison) {
  case COMPARE_EQ:
    return relation->is_equal;
  case COMPARE_NE:
    return !relation->is_equal;
  case COMPARE_LT:
    return relation->is_less;
  case COMPARE_LE:
    return relation->is_less || relation->is_equal;
  case COMPARE_GT:
    return relation->is_greater;
  case COMPARE_GE:
    return relation->is_greater || relation->is_equal;
  }
  return false;
}

static bool is_tree(const struct value *value) {
  enum json_type type = value->kind == VALUE_NODE ? json_type(value->node) : JSON_NULL;
  return type == JSON_ARRAY || type == JSON_OBJECT;
}

/* A list or object beside a text, number or boolean: it may hold what was looked for, under attributes or in a list of one. */
static bool differ_in_shape(const struct value *a, const struct value *b) {
  return is_tree(a) != is_tree(b) && !is_nothing_or_null(a) && !is_nothing_or_null(b);
}

bool values_compare(struct evaluation *ev, enum comparison comparison, const struct value *left,
                    const struct value *right, enum verdict *out) {
  struct relation relation = {0};
  bool is_vague = left->kind == VALUE_NOTHING || right->kind == VALUE_NOTHING || differ_in_shape(left, right);
  if (left->kind == VALUE_UNKNOWN || right->kind == VALUE_UNKNOWN || (is_vague && ev->absent_is_unknown)) {
    *out = VERDICT_UNKNOWN;
    return true;
  }
  if (!relate(ev, left, right, &relation)) {
    return false;
  }
  *out = satisfies(comparison, &relation) ? VERDICT_HOLDS : VERDICT_FAILS;
  return true;
}
