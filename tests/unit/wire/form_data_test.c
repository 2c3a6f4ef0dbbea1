/* Form data: an object and what a description says of it in, pairs out. Cases: form_data.json. */
#include "form_data.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "media_case.h"
#include "sb.h"

#define CASES "tests/unit/wire/form_data.json"

static void puts_pairs(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(4));
  struct sb out = sb_new(arena, KIB(16));
  struct err e = {0};
  if (!form_data_put(&out, media_case(arena, c->data), media_case_value(arena, c->data), &e)) {
    fail_msg("%s", e.text);
  }
  if (!sv_eq(sb_view(&out), sv_from(case_text(c->data, "text")))) {
    fail_msg("got %.*s", SV_ARG(sb_view(&out)));
  }
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(4));
  struct sb out = sb_new(arena, KIB(16));
  struct err e = {0};
  assert_false(form_data_put(&out, media_case(arena, c->data), media_case_value(arena, c->data), &e));
  assert_int_equal(e.code, ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("%s", e.text);
  }
  arena_drop(arena);
}

static json *nested(struct arena *arena, size_t depth) {
  json *value = json_new_integer(arena, 1);
  for (size_t i = 0; i < depth; i++) {
    json *outer = json_new_object(arena);
    assert_true(json_set(arena, outer, SV("a"), value));
    value = outer;
  }
  return value;
}

static void depth_is_bounded(void **state) {
  (void)state;
  for (size_t more = 0; more < 2; more++) {
    struct arena *arena = arena_new(MIB(4));
    struct sb out = sb_new(arena, KIB(16));
    struct err e = {0};
    bool good = form_data_put(&out, NULL, nested(arena, LIMIT_JSON_DEPTH + 1 + more), &e);
    assert_int_equal(good, more == 0);
    assert_int_equal(e.code, more == 0 ? ERR_NONE : ERR_LIMIT);
    arena_drop(arena);
  }
}

static void every_allocation_fails(void **state) {
  (void)state;
  bool passed = false;
  for (long n = 0; !passed; n++) {
    struct arena *arena = arena_new(MIB(4));
    struct err e = {0};
    json *value = NULL;
    assert_true(json_parse(arena, SV("{\"a\": [1, {\"b\": 2}], \"c d\": \"e\"}"), &value, &e));
    struct sb out = sb_new(arena, KIB(16));
    arena_fail_after(arena, n);
    passed = form_data_put(&out, NULL, value, &e) && sb_check(&out, "form data", &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(depth_is_bounded),
      cmocka_unit_test(every_allocation_fails),
  };
  return cases_run("form data: put", CASES, "put", puts_pairs) +
         cases_run("form data: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("form data", tests, NULL, NULL);
}
