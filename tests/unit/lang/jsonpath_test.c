/* JSONPath: what queries select, what conditions say, what is refused where and how. The cases are the JSON files beside
 * this one. */
#include "cases.h"

#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "jsonpath.h"
#include "limits.h"
#include "sb.h"

#define FOLDER "tests/unit/lang/"

static const char *const verdict_names[] = {
    [VERDICT_FAILS] = "fails", [VERDICT_HOLDS] = "holds", [VERDICT_UNKNOWN] = "unknown"};

static const cJSON *member(const cJSON *data, const char *name) {
  return cJSON_GetObjectItemCaseSensitive(data, name);
}

static json *parse(struct arena *arena, const char *text) {
  json *value = NULL;
  struct err e = {0};
  if (!json_parse(arena, sv_copy(arena, sv_from(text)), &value, &e)) {
    fail_msg("%s: %s", text, e.text);
  }
  return value;
}

static json *to_json(struct arena *arena, const cJSON *value) {
  char *text = cJSON_PrintUnformatted(value);
  json *copy = parse(arena, text);
  cJSON_free(text);
  return copy;
}

static const struct jsonpath *compile(struct arena *arena, const char *text, enum jsonpath_dialect dialect) {
  const struct jsonpath *path = NULL;
  struct err e = {0};
  if (!jsonpath_compile(arena, sv_from(text), dialect, &path, &e)) {
    fail_msg("%s: refused at %u: %s", text, e.column, e.text);
  }
  return path;
}

static const struct {
  const char *name;
  enum jsonpath_dialect dialect;
} dialects[] = {{"rfc9535", JSONPATH_RFC9535},
                {"condition", JSONPATH_CONDITION},
                {"goessner", JSONPATH_GOESSNER},
                {"goessner condition", JSONPATH_GOESSNER_CONDITION}};

/* The case's dialect, or what it is without one. */
static enum jsonpath_dialect dialect_of(const cJSON *data, enum jsonpath_dialect otherwise) {
  const char *name = case_text(data, "dialect");
  size_t i = 0;
  while (name && i < sizeof dialects / sizeof *dialects && strcmp(name, dialects[i].name) != 0) {
    i++;
  }
  assert_true(!name || i < sizeof dialects / sizeof *dialects);
  return name ? dialects[i].dialect : otherwise;
}

static void query_selects(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(16));
  const struct jsonpath *path = compile(arena, case_text(data, "path"), dialect_of(data, JSONPATH_RFC9535));
  struct node_list nodes = {0};
  struct err e = {0};
  const cJSON *values = member(data, "scope");
  struct scope scope = {.root = values ? to_json(arena, values) : NULL};
  json *document = parse(arena, case_text(data, "document"));
  assert_true(values ? jsonpath_select(path, document, &scope, arena, &nodes, &e)
                     : jsonpath_query(path, document, arena, &nodes, &e));
  assert_int_equal(nodes.is_unknown, cJSON_IsTrue(member(data, "unknown")));
  struct sb out = sb_new(arena, KIB(64));
  sb_char(&out, '[');
  for (size_t i = 0; i < nodes.count; i++) {
    sb_put(&out, i ? SV(",") : SV(""));
    json_write(&out, nodes.nodes[i]);
  }
  sb_put(&out, (sv){"]\0", 2});
  assert_string_equal(sb_view(&out).ptr, case_text(data, "result"));
  arena_drop(arena);
}

static void expect_refused(const cJSON *data, const char *dialect_name, enum jsonpath_dialect dialect) {
  struct arena *arena = arena_new(MIB(1));
  const struct jsonpath *path = NULL;
  struct err e = {0};
  assert_false(jsonpath_compile(arena, sv_from(case_text(data, "path")), dialect, &path, &e));
  assert_int_equal(e.code, ERR_SYNTAX);
  if ((int)e.column != member(data, "column")->valueint || !strstr(e.text, case_text(data, "message"))) {
    fail_msg("%s: at %u: %s", dialect_name, e.column, e.text);
  }
  arena_drop(arena);
}

static void text_is_refused(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  const char *name = case_text(data, "dialect");
  expect_refused(data, name ? name : "rfc9535", dialect_of(data, JSONPATH_RFC9535));
}

static void expect_verdict(const struct jsonpath *path, const json *subject, const struct scope *scope,
                           struct arena *arena, enum verdict expected) {
  enum verdict verdict = VERDICT_UNKNOWN;
  struct err e = {0};
  if (!jsonpath_eval(path, subject, scope, arena, &verdict, &e)) {
    fail_msg("error: %s", e.text);
  }
  if (verdict != expected) {
    struct sb out = sb_new(arena, KIB(64));
    json_write(&out, subject);
    fail_msg("%s, not %s, on %.*s", verdict_names[verdict], verdict_names[expected], SV_ARG(sb_view(&out)));
  }
}

/* The subjects of one verdict, as JSON or, where cJSON would round numbers, as text. The number of them. */
static int expect_all(const cJSON *data, const struct jsonpath *path, const struct scope *scope, struct arena *arena,
                      enum verdict expected) {
  char text_name[16];
  int count = 0;
  snprintf(text_name, sizeof text_name, "%s_text", verdict_names[expected]);
  const cJSON *subjects = member(data, verdict_names[expected]);
  const cJSON *texts = member(data, text_name);
  for (const cJSON *i = subjects ? subjects->child : NULL; i; i = i->next, count++) {
    expect_verdict(path, to_json(arena, i), scope, arena, expected);
  }
  for (const cJSON *i = texts ? texts->child : NULL; i; i = i->next, count++) {
    expect_verdict(path, parse(arena, i->valuestring), scope, arena, expected);
  }
  return count;
}

static void condition_says(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(16));
  const struct jsonpath *path = compile(arena, case_text(data, "condition"), dialect_of(data, JSONPATH_CONDITION));
  const cJSON *values = member(data, "scope");
  const cJSON *comparison = member(data, "comparison");
  bool malformed = cJSON_IsTrue(member(data, "malformed"));
  struct scope scope = {.root = values ? to_json(arena, values) : NULL,
                        .response_malformed = malformed,
                        .absent_is_unknown = cJSON_IsTrue(member(data, "absent_is_unknown"))};
  int holds = expect_all(data, path, &scope, arena, VERDICT_HOLDS);
  int fails = expect_all(data, path, &scope, arena, VERDICT_FAILS);
  int unknown = expect_all(data, path, &scope, arena, VERDICT_UNKNOWN);
  assert_true(unknown > 0 || (holds > 0 && fails > 0 && !malformed));
  if (comparison) {
    assert_int_equal(jsonpath_is_comparison(path), cJSON_IsTrue(comparison));
  }
  arena_drop(arena);
}

static bool collect(void *context, const struct expression *expression) {
  struct sb *out = context;
  sb_put(out, expression->text);
  sb_char(out, ' ');
  return !sv_eq(expression->text, SV("$inputs.stop"));
}

static void each_visits_expressions_in_order(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct sb out = sb_new(arena, KIB(1));
  const char *text =
      "$.a[?@ == '$inputs.a'] && $.b == {$inputs.b} || $.c == 'x-{$inputs.c}-{$inputs.d}' || $.d == $inputs.e";
  assert_true(jsonpath_each(compile(arena, text, JSONPATH_CONDITION), collect, &out));
  assert_true(sv_eq(sb_view(&out), SV("$inputs.a $inputs.b $inputs.c $inputs.d $inputs.e ")));
  out = sb_new(arena, KIB(1));
  text = "$.a == $inputs.a || $.a == $inputs.stop || $.a == $inputs.c";
  assert_false(jsonpath_each(compile(arena, text, JSONPATH_CONDITION), collect, &out));
  assert_true(sv_eq(sb_view(&out), SV("$inputs.a $inputs.stop ")));
  out = sb_new(arena, KIB(1));
  text = "$.a[{$inputs.i}]['x{$inputs.n}y'][?match(@.p, '{$inputs.p}') && @.q > {$inputs.q}]";
  assert_true(jsonpath_each(compile(arena, text, JSONPATH_RFC9535), collect, &out));
  assert_true(sv_eq(sb_view(&out), SV("$inputs.i $inputs.n $inputs.p $inputs.q ")));
  arena_drop(arena);
}

static void no_subject_or_scope_is_unknown(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  enum verdict verdict = VERDICT_HOLDS;
  struct err e = {0};
  const struct jsonpath *query = compile(arena, "$.a", JSONPATH_CONDITION);
  assert_true(jsonpath_eval(query, NULL, NULL, arena, &verdict, &e));
  assert_int_equal(verdict, VERDICT_UNKNOWN);
  const struct jsonpath *comparison = compile(arena, "$.a == $inputs.x", JSONPATH_CONDITION);
  assert_true(jsonpath_eval(comparison, parse(arena, "{}"), NULL, arena, &verdict, &e));
  assert_int_equal(verdict, VERDICT_UNKNOWN);
  arena_drop(arena);
}

static void comparison_selects_no_nodes(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct node_list nodes = {0};
  struct err e = {0};
  const struct jsonpath *path = compile(arena, "$.a == 1", JSONPATH_CONDITION);
  assert_false(jsonpath_query(path, parse(arena, "{}"), arena, &nodes, &e));
  assert_int_equal(e.code, ERR_INVALID);
  assert_non_null(strstr(e.text, "comparison"));
  err_clear(&e);
  path = compile(arena, "$[{$inputs.i}]", JSONPATH_RFC9535);
  assert_false(jsonpath_query(path, parse(arena, "[]"), arena, &nodes, &e));
  assert_int_equal(e.code, ERR_INVALID);
  assert_non_null(strstr(e.text, "runtime expressions"));
  arena_drop(arena);
}

/* Case files are C strings; these hold bytes that such can't. */
static void expect_bytes_refused(sv text, unsigned column) {
  struct arena *arena = arena_new(MIB(1));
  const struct jsonpath *path = NULL;
  for (int dialect = JSONPATH_RFC9535; dialect <= JSONPATH_GOESSNER_CONDITION; dialect++) {
    struct err e = {0};
    assert_false(jsonpath_compile(arena, text, (enum jsonpath_dialect)dialect, &path, &e));
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_int_equal(e.column, column);
  }
  arena_drop(arena);
}

static void bytes_that_are_no_text_are_refused(void **state) {
  (void)state;
  expect_bytes_refused(SV("$[\"\0\"]"), 4);
  expect_bytes_refused(SV("$\0"), 2);
  expect_bytes_refused(SV("$.a\0"), 4);
  expect_bytes_refused(SV("$.\xff"), 3);
  expect_bytes_refused(SV("$[\"\xc3\"]"), 4);
  expect_bytes_refused(SV("$.\xed\xa0\x80"), 3);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_visits_expressions_in_order),
      cmocka_unit_test(no_subject_or_scope_is_unknown),
      cmocka_unit_test(comparison_selects_no_nodes),
      cmocka_unit_test(bytes_that_are_no_text_are_refused),
  };
  int failed = cases_run("jsonpath queries", FOLDER "jsonpath_query_cases.json", NULL, query_selects);
  failed += cases_run("jsonpath errors", FOLDER "jsonpath_error_cases.json", NULL, text_is_refused);
  failed += cases_run("jsonpath conditions", FOLDER "jsonpath_condition_cases.json", NULL, condition_says);
  return failed + cmocka_run_group_tests_name("jsonpath", tests, NULL, NULL);
}
