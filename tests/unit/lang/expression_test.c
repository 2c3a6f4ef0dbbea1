/* Runtime expressions: cases of expression_cases.json, then memory, limits and time. */
#include "cases.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "errinfo.h"
#include "expression.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/lang/expression_cases.json"
#define CPU_SECONDS_MAX 20 /* generous: also under valgrind */

static const cJSON *shared_scope;

static json *parse(struct arena *arena, const cJSON *value) {
  char *text = cJSON_PrintUnformatted(value);
  json *parsed = NULL;
  struct err e = {0};
  if (!json_parse(arena, sv_copy(arena, sv_from(text)), &parsed, &e)) {
    fail_msg("%s", e.text);
  }
  free(text);
  return parsed;
}

static const struct expression *compile(struct arena *arena, const char *text) {
  const struct expression *expression = NULL;
  struct err e = {0};
  if (!expression_compile(arena, sv_from(text), &expression, &e)) {
    fail_msg("%s: column %u: %s", text, e.column, e.text);
  }
  return expression;
}

static void check_value(struct arena *arena, const cJSON *wanted, const json *value) {
  struct sb out = sb_new(arena, KIB(64));
  json_write(&out, value);
  char *text = cJSON_PrintUnformatted(wanted);
  sv got = sb_view(&out);
  if (!sv_eq(got, sv_from(text))) {
    fail_msg("wanted %s, got %.*s", text, SV_ARG(got));
  }
  free(text);
}

static void evaluate(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const cJSON *own = cJSON_GetObjectItem(c->data, "scope");
  struct scope scope = {.root = parse(arena, own ? own : shared_scope),
                        .response_malformed = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "malformed_response"))};
  const struct expression *expression = compile(arena, case_text(c->data, "expression"));
  const json *value = NULL;
  enum expression_result result = expression_eval(expression, &scope, &value);
  if (cJSON_GetObjectItem(c->data, "absent")) {
    assert_int_equal(result, EXPRESSION_ABSENT);
  } else if (cJSON_GetObjectItem(c->data, "malformed")) {
    assert_int_equal(result, EXPRESSION_MALFORMED);
  } else {
    assert_int_equal(result, EXPRESSION_FOUND);
    check_value(arena, cJSON_GetObjectItem(c->data, "value"), value);
  }
  arena_drop(arena);
}

static void check_segment(const cJSON *wanted, const struct expression_segment *segment) {
  assert_int_equal(segment->is_index, cJSON_IsNumber(wanted));
  if (segment->is_index) {
    assert_int_equal(segment->index, wanted->valueint);
  } else {
    assert_true(sv_eq(segment->name, sv_from(wanted->valuestring)));
  }
}

static void compile_parts(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct expression *x = compile(arena, case_text(c->data, "expression"));
  const cJSON *segments = cJSON_GetObjectItem(c->data, "segments");
  const char *pointer = case_text(c->data, "pointer");
  assert_int_equal(x->segment_count, cJSON_GetArraySize(segments));
  for (size_t i = 0; i < x->segment_count; i++) {
    check_segment(cJSON_GetArrayItem(segments, (int)i), &x->segments[i]);
  }
  assert_int_equal(x->exact_count, cJSON_GetObjectItem(c->data, "exact")->valueint);
  assert_int_equal(x->has_pointer, pointer != NULL);
  assert_true(sv_eq(x->pointer, sv_from(pointer)));
  assert_true(sv_eq(x->text, sv_from(case_text(c->data, "expression"))));
  arena_drop(arena);
}

static void refuse(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  const struct expression *expression = NULL;
  struct err e = {0};
  assert_false(expression_compile(arena, sv_from(case_text(c->data, "expression")), &expression, &e));
  assert_int_equal(e.code, ERR_SYNTAX);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("wanted '%s' in: %s", case_text(c->data, "message"), e.text);
  }
  assert_int_equal(e.column, cJSON_GetObjectItem(c->data, "column")->valueint);
  arena_drop(arena);
}

/* The length, and that what is found compiles as a whole. */
static void length(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  sv text = sv_from(case_text(c->data, "text"));
  size_t got = expression_length(text);
  const struct expression *expression = NULL;
  struct err e = {0};
  assert_int_equal(got, cJSON_GetObjectItem(c->data, "length")->valueint);
  assert_true(got == 0 || expression_compile(arena, sv_slice(text, 0, got), &expression, &e));
  arena_drop(arena);
}

static void exact_numbers(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  json *root = NULL;
  const json *value = NULL;
  assert_true(json_parse(arena, SV("{\"inputs\": {\"n\": 12345678901234567890.10}}"), &root, &e));
  struct scope scope = {.root = root};
  assert_int_equal(expression_eval(compile(arena, "$inputs.n"), &scope, &value), EXPRESSION_FOUND);
  assert_true(sv_eq(json_number_text(value), SV("12345678901234567890.10")));
  arena_drop(arena);
}

static void bytes_that_are_not_text(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  const struct expression *expression = NULL;
  static const sv texts[] = {
      {"$inputs\0.x", 10}, {"$inputs.x\0", 10}, {"$request.query.a\0b", 18}, {"\0", 1}, {"$\xff", 2}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    struct err e = {0};
    assert_false(expression_compile(arena, texts[i], &expression, &e));
    assert_int_equal(e.code, ERR_SYNTAX);
  }
  arena_drop(arena);
}

/* `head`, then `part` as often as it fits into `size` bytes. */
static sv repeated(struct arena *arena, const char *head, const char *part, size_t size) {
  struct sb b = sb_new(arena, size + 1);
  sb_put(&b, sv_from(head));
  while (b.len + strlen(part) <= size) {
    sb_put(&b, sv_from(part));
  }
  return sb_view(&b);
}

static void limits(void **state) {
  (void)state;
  static const struct {
    const char *head;
    const char *part;
    size_t size;
    enum err_code code;
    const char *message;
  } rows[] = {
      {"$inputs.", "x", LIMIT_EXPRESSION_BYTES + 1, ERR_LIMIT, "longer than 65536 bytes"},
      {"$inputs", ".x", 2 * LIMIT_EXPRESSION_SEGMENTS + 9, ERR_LIMIT, "more than 128 names"},
      {"$inputs", "[0]", 60000, ERR_LIMIT, "more than 128 names"},
      {"$response.body#", "/a", 60000, ERR_LIMIT, "too many tokens"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(1));
    const struct expression *expression = NULL;
    struct err e = {0};
    assert_false(expression_compile(arena, repeated(arena, rows[i].head, rows[i].part, rows[i].size), &expression, &e));
    assert_int_equal(e.code, rows[i].code);
    assert_non_null(strstr(e.text, rows[i].message));
    arena_drop(arena);
  }
}

/* A part of an expression that is too long would be another expression. */
static void too_long_in_text_is_none(void **state) {
  (void)state;
  static const char *const parts[] = {"[0]", ".x", "['x']", ".x['y']"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    struct arena *arena = arena_new(MIB(1));
    sv text = repeated(arena, "$inputs.a", parts[i], 7 * LIMIT_EXPRESSION_SEGMENTS);
    assert_int_equal(expression_length(text), 0);
    arena_drop(arena);
  }
}

static void time_is_linear(void **state) {
  (void)state;
  static const char *const parts[] = {"$",         "$a",        "$inputs",           "$inputs.",
                                      "$inputs.a", "$steps.a.", "$response.body#/~", "$request.query.a-"};
  clock_t start = clock();
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    struct arena *arena = arena_new(MIB(8));
    sv text = repeated(arena, "", parts[i], MIB(1) / 4);
    for (size_t at = 0; at < text.len; at++) {
      if (text.ptr[at] == '$') {
        size_t found = expression_length(sv_slice(text, at, text.len));
        at += found ? found - 1 : 0;
      }
    }
    arena_drop(arena);
  }
  assert_true(clock() - start < (clock_t)CPU_SECONDS_MAX * CLOCKS_PER_SEC);
}

static void every_allocation_fails(void **state) {
  (void)state;
  static const char *const texts[] = {"$statusCode", "$steps.build.outputs.a.b[0]#/x", "$request.query.\\u0061"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    long n = 0;
    for (bool passed = false; !passed; n++) {
      struct arena *arena = arena_new(MIB(1));
      const struct expression *expression = NULL;
      struct err e = {0};
      arena_fail_after(arena, n);
      passed = expression_compile(arena, sv_from(texts[i]), &expression, &e);
      assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
      arena_drop(arena);
    }
    assert_true(n > 1);
  }
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = cJSON_Parse(text);
  free(text);
  if (!root) {
    return 1;
  }
  shared_scope = cJSON_GetObjectItem(root, "scope");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exact_numbers),  cmocka_unit_test(bytes_that_are_not_text),
      cmocka_unit_test(limits),         cmocka_unit_test(too_long_in_text_is_none),
      cmocka_unit_test(time_is_linear), cmocka_unit_test(every_allocation_fails),
  };
  int failed = cases_run_array("expression: evaluate", cJSON_GetObjectItem(root, "evaluate"), evaluate) +
               cases_run_array("expression: compile", cJSON_GetObjectItem(root, "compile"), compile_parts) +
               cases_run_array("expression: refuse", cJSON_GetObjectItem(root, "refuse"), refuse) +
               cases_run_array("expression: length", cJSON_GetObjectItem(root, "length"), length) +
               cmocka_run_group_tests_name("expression", tests, NULL, NULL);
  cJSON_Delete(root);
  return failed;
}
