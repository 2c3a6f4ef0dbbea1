/* JSONPath's bounds: nesting, length, work and memory. Each input here is made to be slow, deep or large; each must end in
 * bounded time, with an error that names the bound or with the right answer. */
#include "cases.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "errinfo.h"
#include "jsonpath.h"
#include "limits.h"
#include "sb.h"

/* Processor time for one text; sanitizers and valgrind take a multiple of what it costs without. */
#define SECONDS_MAX 60

struct bench {
  struct arena *arena;
  struct err e;
  clock_t start;
};

static struct bench begin(void) {
  return (struct bench){.arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES), .start = clock()};
}

static void end(struct bench *b) {
  assert_true((clock() - b->start) / CLOCKS_PER_SEC < SECONDS_MAX);
  arena_drop(b->arena);
}

/* `count` times `part`, between `head` and `tail`. */
static sv repeated(struct bench *b, const char *head, const char *part, size_t count, const char *tail) {
  struct sb text = sb_new(b->arena, MIB(32));
  sb_put(&text, sv_from(head));
  for (size_t i = 0; i < count; i++) {
    sb_put(&text, sv_from(part));
  }
  sb_put(&text, sv_from(tail));
  assert_int_equal(text.state, SB_OK);
  return sb_view(&text);
}

static sv joined(struct bench *b, sv head, sv tail) {
  struct sb text = sb_new(b->arena, MIB(32));
  sb_put(&text, head);
  sb_put(&text, tail);
  return sb_view(&text);
}

static json *parse(struct bench *b, sv text) {
  json *value = NULL;
  if (!json_parse(b->arena, text, &value, &b->e)) {
    fail_msg("%s", b->e.text);
  }
  return value;
}

static const struct jsonpath *compile(struct bench *b, sv text) {
  const struct jsonpath *path = NULL;
  if (!jsonpath_compile(b->arena, text, JSONPATH_CONDITION, &path, &b->e)) {
    fail_msg("%u: %s", b->e.column, b->e.text);
  }
  return path;
}

static void expect_refused(sv (*make)(struct bench *), enum err_code code, const char *message) {
  struct bench b = begin();
  const struct jsonpath *path = NULL;
  for (int dialect = JSONPATH_RFC9535; dialect <= JSONPATH_GOESSNER_CONDITION; dialect++) {
    err_clear(&b.e);
    assert_false(jsonpath_compile(b.arena, make(&b), (enum jsonpath_dialect)dialect, &path, &b.e));
    assert_int_equal(b.e.code, code);
    assert_non_null(strstr(b.e.text, message));
  }
  end(&b);
}

/* Evaluates, and expects a verdict. */
static void expect_verdict(struct bench *b, sv path, sv document, enum verdict expected) {
  enum verdict verdict = VERDICT_UNKNOWN;
  const struct jsonpath *compiled = compile(b, path);
  if (!jsonpath_eval(compiled, parse(b, document), NULL, b->arena, &verdict, &b->e)) {
    fail_msg("%s", b->e.text);
  }
  assert_int_equal(verdict, expected);
  end(b);
}

/* Evaluates, and expects ERR_LIMIT and no verdict. */
static void expect_limit(struct bench *b, sv path, sv document, const char *message) {
  enum verdict verdict = VERDICT_HOLDS;
  const struct jsonpath *compiled = compile(b, path);
  assert_false(jsonpath_eval(compiled, parse(b, document), NULL, b->arena, &verdict, &b->e));
  assert_int_equal(b->e.code, ERR_LIMIT);
  assert_non_null(strstr(b->e.text, message));
  assert_int_equal(verdict, VERDICT_UNKNOWN);
  end(b);
}

static sv parentheses(struct bench *b) {
  return repeated(b, "$[?", "(", 60000, "@.a");
}

static sv filters(struct bench *b) {
  return repeated(b, "$", "[?@", 20000, "");
}

static sv calls(struct bench *b) {
  return repeated(b, "$[?", "length(", 9000, "@.a");
}

static sv negations(struct bench *b) {
  return repeated(b, "$[?", "!(", 30000, "@.a");
}

static sv long_text(struct bench *b) {
  return repeated(b, "$", ".a", LIMIT_EXPRESSION_BYTES / 2, "");
}

static sv long_number(struct bench *b) {
  return repeated(b, "$[?@ == 1", "0", LIMIT_JSON_NUMBER_BYTES, "]");
}

static sv long_pattern_group(struct bench *b) {
  return joined(b, repeated(b, "$[?match(@, '", "(", 70, ""), repeated(b, "a", ")", 70, "')]"));
}

static void nesting_is_bounded_when_parsing(void **state) {
  (void)state;
  expect_refused(parentheses, ERR_LIMIT, "64 levels");
  expect_refused(filters, ERR_LIMIT, "64 levels");
  expect_refused(calls, ERR_LIMIT, "64 levels");
  expect_refused(negations, ERR_LIMIT, "64 levels");
  expect_refused(long_pattern_group, ERR_LIMIT, "64 groups");
}

static void size_is_bounded_when_parsing(void **state) {
  (void)state;
  expect_refused(long_text, ERR_LIMIT, "65536");
  expect_refused(long_number, ERR_LIMIT, "too long");
}

static sv nested(struct bench *b, const char *open, const char *middle, const char *close, size_t count) {
  return joined(b, repeated(b, "", open, count, middle), repeated(b, "", close, count, ""));
}

static void allowed_nesting_is_evaluated(void **state) {
  (void)state;
  const size_t depth = LIMIT_EXPRESSION_DEPTH;
  struct bench b = begin();
  expect_verdict(&b, nested(&b, "(", "$.a", ")", depth), SV("{\"a\": 1}"), VERDICT_HOLDS);
  for (size_t extra = 0; extra < 2; extra++) {
    b = begin();
    sv path = joined(&b, SV("$[?@"), joined(&b, nested(&b, "[?@", "", "]", depth - 1), SV("]")));
    expect_verdict(&b, path, nested(&b, "[", "", "]", depth + extra), extra ? VERDICT_HOLDS : VERDICT_FAILS);
  }
}

static void long_chains_cost_no_stack(void **state) {
  (void)state;
  struct bench b = begin();
  expect_verdict(&b, repeated(&b, "$.a", "||$.a", 13000, ""), SV("{}"), VERDICT_FAILS);
  b = begin();
  expect_verdict(&b, repeated(&b, "$.a==1", "&&$.a==1", 8000, ""), SV("{\"a\": 1}"), VERDICT_HOLDS);
  b = begin();
  expect_verdict(&b, repeated(&b, "$[0", ",0", 32000, "]"), SV("[1]"), VERDICT_HOLDS);
  b = begin();
  expect_verdict(&b, repeated(&b, "$", ".a", 32000, ""), SV("{\"a\": {\"a\": 1}}"), VERDICT_FAILS);
  b = begin();
  expect_verdict(&b, repeated(&b, "1==1", "&&$.length==1", 4000, ""), SV("[1]"), VERDICT_HOLDS);
}

static void deep_documents_are_walked(void **state) {
  (void)state;
  struct bench b = begin();
  sv document = nested(&b, "[", "7", "]", LIMIT_JSON_DEPTH);
  expect_verdict(&b, SV("count($..*) == 128 && value($..[?@ == 7]) == 7"), document, VERDICT_HOLDS);
}

static void many_descendants_end_in_an_error(void **state) {
  (void)state;
  struct bench b = begin();
  sv document = nested(&b, "[1,2,", "3", "]", 100);
  expect_limit(&b, SV("$..*..*..*..*"), document, "1000000 nodes");
  b = begin();
  expect_limit(&b, SV("$..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]..[*,*,*,*]"),
               nested(&b, "[", "[1,2],[3,4]", "]", 8), "1000000 nodes");
}

static void nested_filters_end_in_an_error(void **state) {
  (void)state;
  struct bench b = begin();
  sv path = joined(&b, repeated(&b, "$", "[?$", 30, "[?@ == 9]"), repeated(&b, "", "]", 30, ""));
  expect_limit(&b, path, SV("[1,2,3,4]"), "nodes");
  b = begin();
  expect_limit(&b, SV("$[?count($..*) < 0]"), repeated(&b, "[1", ",[1]", 3000, "]"), "nodes");
}

static void large_comparisons_end_in_an_error(void **state) {
  (void)state;
  struct bench b = begin();
  sv list = repeated(&b, "[1", ",1", 20000, "]");
  sv document = joined(&b, joined(&b, SV("{\"a\": "), list), joined(&b, SV(", \"b\": "), list));
  document = joined(&b, document, repeated(&b, ", \"l\": [1", ",1", 20000, "]}"));
  expect_limit(&b, SV("$.l[?$.a != $.b]"), document, "steps");
}

static sv wide_object(struct bench *b, size_t count, size_t first) {
  struct sb text = sb_new(b->arena, MIB(8));
  for (size_t i = 0; i < count; i++) {
    sb_format(&text, "%s\"member-%zu\": %zu", i ? ", " : "{", (i + first) % count, count);
  }
  sb_char(&text, '}');
  return sb_view(&text);
}

static void objects_in_another_order_end_in_an_error(void **state) {
  (void)state;
  struct bench b = begin();
  sv document = joined(&b, joined(&b, SV("{\"a\": "), wide_object(&b, 20000, 0)), SV(", \"b\": "));
  document = joined(&b, joined(&b, document, wide_object(&b, 20000, 10000)), SV("}"));
  expect_limit(&b, SV("$.a == $.b || $.b == $.a"), document, "steps");
}

static void links_are_counted(void **state) {
  (void)state;
  struct bench b = begin();
  expect_limit(&b, repeated(&b, "$['zz'", ",'zz'", 10000, "]"), wide_object(&b, 20000, 0), "steps");
  b = begin();
  expect_limit(&b, repeated(&b, "$.l[19999", ",-19999", 8000, ", 20001] && $.none"),
               repeated(&b, "{\"l\": [1", ",1", 19999, "]}"), "steps");
  b = begin();
  expect_limit(&b, repeated(&b, "$.l[1:1", ",1:1", 10000, "]"), repeated(&b, "{\"l\": [1", ",1", 19999, "]}"), "steps");
}

static void long_texts_are_counted(void **state) {
  (void)state;
  struct bench b = begin();
  sv text = repeated(&b, "\"", "x", 1000000, "\"");
  sv document = joined(&b, joined(&b, SV("{\"t\": "), text), repeated(&b, ", \"l\": [1", ",1", 20000, "]}"));
  expect_limit(&b, SV("$.l[?length($.t) == 1]"), document, "steps");
}

static void catastrophic_patterns_end_in_an_error(void **state) {
  (void)state;
  struct bench b = begin();
  sv document = repeated(&b, "[\"", "a", 60, "\"]");
  expect_limit(&b, SV("$[?match(@, '((a|a)*)*[bc]')]"), document, "too much work");
  b = begin();
  expect_limit(&b, SV("$[?search(@, $[1])]"), repeated(&b, "[\"", "a", 60, "\", \"(a*)*[bc]\"]"), "too much work");
}

/* Each match keeps within PCRE2's limit; all of them together do not. */
static void many_slow_matches_end_in_an_error(void **state) {
  (void)state;
  struct bench b = begin();
  sv document = repeated(&b, "[1", ",\"aaaaaaaaaaaaaaaab\"", 20000, "]");
  expect_limit(&b, SV("$[?match(@, '(a|a)*c|b')]"), document, "too much work");
}

static void many_quick_matches_are_fine(void **state) {
  (void)state;
  struct bench b = begin();
  sv document = repeated(&b, "[1", ",\"status: running\"", 100000, "]");
  expect_verdict(&b, SV("count($[?match(@, '[a-z]+: r.*')]) == 100000"), document, VERDICT_HOLDS);
}

static void a_large_response_is_fine(void **state) {
  (void)state;
  struct bench b = begin();
  sv document = repeated(&b, "{\"items\": [{\"id\": 0}",
                         ",{\"id\": 1, \"name\": \"x\", \"tags\": [], \"state\": \"on\"}", 40000, "]}");
  expect_verdict(&b, SV("$.items[?@.state == 'off' || @.tags.length > 0].length == 0"), document, VERDICT_HOLDS);
}

/* Fails the n-th allocation of compiling, then of evaluating, until both pass. */
static void fail_each_allocation(sv text, enum jsonpath_dialect dialect) {
  struct bench b = begin();
  json *document =
      parse(&b, SV("{\"a\": [{\"b\": 1, \"c\": \"xyz\", \"p\": \"x[a-z]+\", \"o\": [1]}, 2, [3]], \"s\": \"v1\"}"));
  struct scope scope = {.root =
                            parse(&b, SV("{\"inputs\": {\"x\": \"v\", \"i\": \"0\", \"n\": \"o\", \"c\": \"xyz\"}}"))};
  bool passed = false;
  for (long n = 0; !passed; n++) {
    struct arena *arena = arena_new(MIB(8));
    const struct jsonpath *path = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = jsonpath_compile(arena, text, dialect, &path, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_fail_after(arena, -1);
    bool evaluated = !passed;
    for (long m = 0; !evaluated; m++) {
      enum verdict verdict = VERDICT_FAILS;
      err_clear(&e);
      arena_fail_after(arena, m);
      evaluated = jsonpath_eval(path, document, &scope, arena, &verdict, &e);
      assert_int_equal(e.code, evaluated ? ERR_NONE : ERR_MEMORY);
      assert_int_equal(verdict, evaluated ? VERDICT_HOLDS : VERDICT_UNKNOWN);
      arena_fail_after(arena, -1);
    }
    arena_drop(arena);
  }
  end(&b);
}

/* A refusal, too, needs memory for what it suggests. */
static void fail_each_allocation_of_refusal(sv text) {
  enum err_code code = ERR_MEMORY;
  for (long n = 0; code == ERR_MEMORY; n++) {
    struct arena *arena = arena_new(MIB(8));
    const struct jsonpath *path = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    assert_false(jsonpath_compile(arena, text, JSONPATH_RFC9535, &path, &e));
    code = e.code;
    arena_drop(arena);
  }
  assert_int_equal(code, ERR_SYNTAX);
}

static void every_failing_allocation_is_an_error(void **state) {
  (void)state;
  fail_each_allocation(SV("$.a[?@.b == 1 && match(@.c, 'x.*') && search(@.c, @.p)]['b', \"\\u0062\"]"),
                       JSONPATH_RFC9535);
  fail_each_allocation(SV("$..[?length(@.c) > 2 || count(@[*]) == -1.5e3]"), JSONPATH_RFC9535);
  fail_each_allocation(SV("!($.a.length == 0) && $.s == '{$inputs.x}1' && ($.a[*].c contains 'xyz' || $.x empty true)"
                          " && value($..b) != {$inputs.x} && true != null"),
                       JSONPATH_CONDITION);
  fail_each_allocation(
      SV("$.a[{$inputs.i}]['{$inputs.n}', 'x{$inputs.n}'][?@.z || {$inputs.i} == 0 || '{$inputs.x}' == 'v']"),
      JSONPATH_RFC9535);
  fail_each_allocation(SV("$.'a'[(@.length-3)][?(@ == '{$inputs.c}')]"), JSONPATH_GOESSNER);
  fail_each_allocation_of_refusal(SV("$.a.length == 0 && $.b == \"x\""));
  fail_each_allocation_of_refusal(SV("$.a[*].b == \"x\""));
  fail_each_allocation_of_refusal(SV("$.a == $inputs.x"));
  fail_each_allocation_of_refusal(SV("$.a != null || $.b == '$inputs.x'"));
  fail_each_allocation_of_refusal(SV("$.a[?@ == $inputs.x]"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nesting_is_bounded_when_parsing),
      cmocka_unit_test(size_is_bounded_when_parsing),
      cmocka_unit_test(allowed_nesting_is_evaluated),
      cmocka_unit_test(long_chains_cost_no_stack),
      cmocka_unit_test(deep_documents_are_walked),
      cmocka_unit_test(many_descendants_end_in_an_error),
      cmocka_unit_test(nested_filters_end_in_an_error),
      cmocka_unit_test(large_comparisons_end_in_an_error),
      cmocka_unit_test(objects_in_another_order_end_in_an_error),
      cmocka_unit_test(links_are_counted),
      cmocka_unit_test(long_texts_are_counted),
      cmocka_unit_test(catastrophic_patterns_end_in_an_error),
      cmocka_unit_test(many_slow_matches_end_in_an_error),
      cmocka_unit_test(many_quick_matches_are_fine),
      cmocka_unit_test(a_large_response_is_fine),
      cmocka_unit_test(every_failing_allocation_is_an_error),
  };
  return cmocka_run_group_tests_name("jsonpath bounds", tests, NULL, NULL);
}
