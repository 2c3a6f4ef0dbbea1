/* Templates: cases of template_cases.json, then memory, limits, depth and time. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "template.h"

#define CASES "tests/unit/lang/template_cases.json"
#define CPU_SECONDS_MAX 20 /* generous: also under valgrind */

static const char *scope_text;

static json *parse_text(struct arena *arena, const char *text) {
  json *root = NULL;
  struct err e = {0};
  if (!json_parse(arena, sv_copy(arena, sv_from(text)), &root, &e)) {
    fail_msg("%s", e.text);
  }
  return root;
}

static json *parse(struct arena *arena, const cJSON *value) {
  char *text = cJSON_PrintUnformatted(value);
  json *parsed = parse_text(arena, text);
  free(text);
  return parsed;
}

static struct template_rules rules_of(const struct case_state *c) {
  return (struct template_rules){.bare_expressions = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "bare")),
                                 .selectors = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "selectors")),
                                 .form_text = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "form"))};
}

/* The case's template: a value, or JSON text when it says "json". */
static bool compile(const struct case_state *c, struct arena *arena, const struct template **template,
                    const json **culprit, struct err *e) {
  json *source = parse(arena, cJSON_GetObjectItem(c->data, "template"));
  if (cJSON_IsTrue(cJSON_GetObjectItem(c->data, "json"))) {
    *culprit = source;
    return template_compile_json(arena, source, rules_of(c), template, e);
  }
  return template_compile(arena, source, rules_of(c), template, culprit, e);
}

static void check_value(struct arena *arena, const cJSON *wanted, const json *value) {
  struct sb out = sb_new(arena, MIB(1));
  assert_non_null(value);
  json_write(&out, value);
  char *text = cJSON_PrintUnformatted(wanted);
  if (!sv_eq(sb_view(&out), sv_from(text))) {
    fail_msg("wanted %s, got %.*s", text, SV_ARG(sb_view(&out)));
  }
  free(text);
}

static void evaluate(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct template *template = NULL;
  const struct expression *missing = NULL;
  const json *culprit = NULL;
  json *value = NULL;
  struct err e = {0};
  struct scope scope = {.root = parse_text(arena, scope_text),
                        .response_malformed = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "malformed_response"))};
  if (!compile(c, arena, &template, &culprit, &e)) {
    fail_msg("line %u, column %u: %s", e.line, e.column, e.text);
  }
  assert_true(template_eval(template, &scope, arena, &value, &missing, &e));
  if (cJSON_GetObjectItem(c->data, "unresolved")) {
    assert_null(value);
  } else {
    check_value(arena, cJSON_GetObjectItem(c->data, "value"), value);
  }
  const char *wanted_missing = case_text(c->data, "missing");
  assert_int_equal(missing != NULL, wanted_missing != NULL);
  assert_true(!missing || sv_eq(missing->text, sv_from(wanted_missing)));
  arena_drop(arena);
}

static void refuse(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct template *template = NULL;
  const json *culprit = NULL;
  struct err e = {0};
  assert_false(compile(c, arena, &template, &culprit, &e));
  const char *limit = case_text(c->data, "code");
  assert_int_equal(e.code, limit && strcmp(limit, "LIMIT") == 0 ? ERR_LIMIT : limit ? ERR_INVALID : ERR_SYNTAX);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("wanted '%s' in: %s", case_text(c->data, "message"), e.text);
  }
  const cJSON *line = cJSON_GetObjectItem(c->data, "line");
  if (e.column != (unsigned)cJSON_GetObjectItem(c->data, "column")->valueint ||
      e.line != (line ? (unsigned)line->valueint : 0)) {
    fail_msg("at line %u, column %u: %s", e.line, e.column, e.text);
  }
  const char *at = case_text(c->data, "culprit");
  at = at ? at : case_text(c->data, "template");
  assert_true(sv_eq(json_string(culprit), sv_from(at)));
  arena_drop(arena);
}

struct visits {
  size_t count;
  size_t stop_at;
  sv texts[8];
};

static bool visit(void *context, const struct expression *expression) {
  struct visits *visits = context;
  visits->texts[visits->count++] = expression->text;
  return visits->count != visits->stop_at;
}

static const struct template *compile_text(struct arena *arena, const char *text) {
  const struct template *template = NULL;
  const json *culprit = NULL;
  struct err e = {0};
  struct template_rules rules = {.bare_expressions = true};
  if (!template_compile(arena, parse_text(arena, text), rules, &template, &culprit, &e)) {
    fail_msg("%s", e.text);
  }
  return template;
}

static void each_visits_in_order(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  const struct template *template =
      compile_text(arena, "{\"b\": [1, \"$url\", \"x {$inputs.n} $method\"], \"a\": \"$self\"}");
  struct visits all = {0};
  struct visits two = {.stop_at = 2};
  static const sv wanted[] = {{"$url", 4}, {"$inputs.n", 9}, {"$method", 7}, {"$self", 5}};
  assert_true(template_each(template, visit, &all));
  assert_int_equal(all.count, 4);
  for (size_t i = 0; i < 4; i++) {
    assert_true(sv_eq(all.texts[i], wanted[i]));
  }
  assert_false(template_each(template, visit, &two));
  assert_int_equal(two.count, 2);
  arena_drop(arena);
}

/* What is evaluated shares nothing with the template or the scope. */
static void result_is_a_copy(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct scope scope = {.root = parse_text(arena, "{\"inputs\": {\"o\": {\"k\": 1}}}")};
  const struct template *template = compile_text(arena, "[\"$inputs.o\", {\"c\": 1}]");
  struct err e = {0};
  for (int i = 0; i < 2; i++) {
    json *value = NULL;
    assert_true(template_eval(template, &scope, arena, &value, NULL, &e));
    assert_int_equal(json_count(json_at(value, 0)), 1);
    assert_int_equal(json_count(json_at(value, 1)), 1);
    assert_true(json_set(arena, json_at(value, 0), SV("more"), json_new_null(arena)));
    assert_true(json_set(arena, json_at(value, 1), SV("more"), json_new_null(arena)));
  }
  arena_drop(arena);
}

/* A value that is built, not parsed, may be deeper than any parser lets through. */
static void depth_is_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  const struct template *template = NULL;
  const json *culprit = NULL;
  struct err e = {0};
  json *value = json_new_string(arena, SV("$url"));
  for (int i = 0; i < 100000; i++) {
    json *outer = json_new_array(arena);
    assert_true(json_append(outer, value));
    value = outer;
    if (i > 20000) {
      break;
    }
  }
  assert_false(template_compile(arena, value, (struct template_rules){0}, &template, &culprit, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  arena_drop(arena);
}

static void result_is_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  struct sb b = sb_new(arena, MIB(1));
  sb_char(&b, '"');
  for (int i = 0; i < 1000; i++) {
    sb_put(&b, SV("{$inputs.x}"));
  }
  sb_put(&b, SV("\""));
  sb_char(&b, '\0');
  const struct template *template = compile_text(arena, sb_view(&b).ptr);
  struct sb long_text = sb_new(arena, MIB(1));
  for (size_t i = 0; i < KIB(16); i++) {
    sb_char(&long_text, 'x');
  }
  json *inputs = json_new_object(arena);
  json *root = json_new_object(arena);
  assert_true(json_set(arena, inputs, SV("x"), json_new_string(arena, sb_view(&long_text))));
  assert_true(json_set(arena, root, SV("inputs"), inputs));
  struct scope scope = {.root = root};
  struct err e = {0};
  json *value = NULL;
  assert_false(template_eval(template, &scope, arena, &value, NULL, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_null(value);
  arena_drop(arena);
}

static void time_is_linear(void **state) {
  (void)state;
  static const char *const parts[] = {"$",    "{$",    "{$a",        "$a", "{$inputs.a}", "$inputs.a ", "$inputs ",
                                      "{$x ", "}{$5.", " $inputs..", "a"};
  clock_t start = clock();
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    struct arena *arena = arena_new(MIB(256));
    struct sb b = sb_new(arena, MIB(1));
    const struct template *template = NULL;
    const json *culprit = NULL;
    struct err e = {0};
    while (b.len < KIB(256)) {
      sb_put(&b, sv_from(parts[i]));
    }
    bool compiled = template_compile(arena, json_new_string(arena, sb_view(&b)),
                                     (struct template_rules){.bare_expressions = true}, &template, &culprit, &e);
    if (!compiled) {
      fail_msg("row %zu: %s", i, e.text);
    }
    arena_drop(arena);
  }
  assert_true(clock() - start < (clock_t)CPU_SECONDS_MAX * CLOCKS_PER_SEC);
}

static const char torture_text[] =
    "{\"a\": [\"$inputs.o\", \"x {$inputs.n} y $inputs.o\"], \"b\": {\"c\": 1}, \"d\": \"{$inputs.n}\"}";

static void every_allocation_of_compile_fails(void **state) {
  (void)state;
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(1));
    json *source = parse_text(arena, torture_text);
    const struct template *template = NULL;
    const json *culprit = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed =
        template_compile(arena, source, (struct template_rules){.bare_expressions = true}, &template, &culprit, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_true(passed || culprit);
    arena_drop(arena);
  }
  assert_true(n > 15);
}

static void every_allocation_of_eval_fails(void **state) {
  (void)state;
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(1));
    struct scope scope = {.root = parse_text(arena, "{\"inputs\": {\"n\": 1, \"o\": {\"k\": [1, \"two\"]}}}")};
    const struct template *template = compile_text(arena, torture_text);
    struct err e = {0};
    json *value = NULL;
    arena_fail_after(arena, n);
    passed = template_eval(template, &scope, arena, &value, NULL, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_int_equal(value != NULL, passed);
    arena_drop(arena);
  }
  assert_true(n > 15);
}

/* JSON text with expressions: compiled and evaluated, with each allocation failing once. */
static void every_allocation_of_json_text_fails(void **state) {
  (void)state;
  sv text = SV("{\"{$inputs.n}\": [{$inputs.o}, \"{$inputs.o}\", \"{$inputs.n}\", \"x {$inputs.n}\"], "
               "\"s\": {\"context\": \"$inputs.o\", \"selector\": \"$..*\", \"type\": \"jsonpath\"}}");
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(1));
    struct scope scope = {.root = parse_text(arena, "{\"inputs\": {\"n\": 1, \"o\": {\"k\": [1, \"two\"]}}}")};
    json *source = json_new_string(arena, text);
    const struct template *template = NULL;
    struct err e = {0};
    json *value = NULL;
    arena_fail_after(arena, n);
    passed = template_compile_json(arena, source, (struct template_rules){.selectors = true}, &template, &e) &&
             template_eval(template, &scope, arena, &value, NULL, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_int_equal(value != NULL, passed);
    arena_drop(arena);
  }
  assert_true(n > 60);
}

static void json_text_is_read_in_linear_time(void **state) {
  (void)state;
  static const char *const parts[] = {"{$inputs.a},", "\"{$inputs.a}\",", "\"\\\"\",", "\n", "[",
                                      "{\"\":",       "{$inputs.a"};
  clock_t start = clock();
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    struct arena *arena = arena_new(MIB(256));
    struct sb b = sb_new(arena, MIB(1));
    const struct template *template = NULL;
    struct err e = {0};
    sb_char(&b, '[');
    while (b.len < KIB(256)) {
      sb_put(&b, sv_from(parts[i]));
    }
    sb_put(&b, SV("1]"));
    bool compiled =
        template_compile_json(arena, json_new_string(arena, sb_view(&b)), (struct template_rules){0}, &template, &e);
    assert_int_equal(compiled, e.code == ERR_NONE);
    assert_int_equal(compiled, i < 4);
    arena_drop(arena);
  }
  assert_true(clock() - start < (clock_t)CPU_SECONDS_MAX * CLOCKS_PER_SEC);
}

static void each_visits_names_quotes_and_selectors(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct visits all = {0};
  struct err e = {0};
  const struct template *template = NULL;
  static const sv wanted[] = {{"$method", 7}, {"$url", 4}, {"$inputs.n", 9}, {"$response.body", 14}};
  json *text = json_new_string(arena, SV("{\"{$method}\": \"{$url}\", \"a\": {$inputs.n}, \"b\": {\"context\": "
                                         "\"$response.body\", \"selector\": \"/a\", \"type\": \"jsonpointer\"}}"));
  assert_true(template_compile_json(arena, text, (struct template_rules){.selectors = true}, &template, &e));
  assert_true(template_each(template, visit, &all));
  assert_int_equal(all.count, 4);
  for (size_t i = 0; i < 4; i++) {
    assert_true(sv_eq(all.texts[i], wanted[i]));
  }
  for (size_t i = 1; i <= 4; i++) {
    struct visits some = {.stop_at = i};
    assert_false(template_each(template, visit, &some));
    assert_int_equal(some.count, i);
  }
  arena_drop(arena);
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = cJSON_Parse(text);
  if (!root) {
    return 1;
  }
  /* The scope's own text, from its brace on: printed by cJSON its numbers would be rounded. */
  scope_text = strchr(strstr(text, "\"scope\""), '{');
  *strstr(text, "\"evaluate\"") = '\0';
  *strrchr(text, ',') = '\0';
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_visits_in_order),
      cmocka_unit_test(result_is_a_copy),
      cmocka_unit_test(depth_is_bounded),
      cmocka_unit_test(result_is_bounded),
      cmocka_unit_test(time_is_linear),
      cmocka_unit_test(every_allocation_of_compile_fails),
      cmocka_unit_test(every_allocation_of_eval_fails),
      cmocka_unit_test(every_allocation_of_json_text_fails),
      cmocka_unit_test(json_text_is_read_in_linear_time),
      cmocka_unit_test(each_visits_names_quotes_and_selectors),
  };
  int failed = cases_run_array("template: evaluate", cJSON_GetObjectItem(root, "evaluate"), evaluate) +
               cases_run_array("template: refuse", cJSON_GetObjectItem(root, "refuse"), refuse) +
               cmocka_run_group_tests_name("template", tests, NULL, NULL);
  cJSON_Delete(root);
  free(text);
  return failed;
}
