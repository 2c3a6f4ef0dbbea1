/* Values as parameters of AWS's query protocols. Cases: query_form.json: "writes" (a whole form, or one parameter when the case has
 * a "parameter"), "refuses". */
#include "query_form.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "text_case.h"
#include "wire_case.h"

#define CASES "tests/unit/wire/query_form.json"
#define ARENA_BYTES MIB(256)

static bool write_case(struct arena *arena, const cJSON *data, struct sb *out, struct err *e) {
  const struct wire_schema *schema = wire_case_schema(arena, data);
  const json *value = wire_case_json(arena, data, "value");
  const char *parameter = case_text(data, "parameter");
  enum query_flavour flavour = cJSON_HasObjectItem(data, "ec2") ? QUERY_EC2 : QUERY_AWS;
  sb_put(out, sv_from(case_text(data, "before")));
  return parameter ? query_form_put(out, sv_from(parameter), value, schema, flavour, e)
                   : query_form_write(out, value, schema, flavour, e);
}

static void writes(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb out = sb_new(arena, MIB(1));
  struct err e = {0};
  assert_true(write_case(arena, test->data, &out, &e));
  text_case_assert_text(case_text(test->data, "is"), sb_view(&out));
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb out = sb_new(arena, MIB(1));
  struct err e = {0};
  assert_false(write_case(arena, test->data, &out, &e));
  wire_case_assert_error(test->data, &e);
  arena_drop(arena);
}

static void every_allocation_fails(void **state) {
  (void)state;
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    struct sb out = sb_new(arena, MIB(1));
    struct err e = {0};
    json *value = NULL;
    assert_true(json_parse(arena,
                           SV("{\"a\":[1,{\"b\":\"0123456789012345678901234567890123456789012345678901234567\"},"
                              "\"0123456789012345678901234567890123456789012345678901234567\"],\"c\":true}"),
                           &value, &e));
    arena_fail_after(arena, n);
    assert_true(query_form_write(&out, value, NULL, QUERY_AWS, &e));
    passed = sb_check(&out, "the body", &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 1);
}

static void lookups_are_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb notation = sb_new(arena, MIB(8));
  struct sb out = sb_new(arena, MIB(8));
  struct err e = {0};
  json *value = json_new_object(arena);
  sb_put(&notation, SV("{\"type\":\"object\",\"properties\":{\"\":{}"));
  for (size_t i = 0; i < 5000; i++) {
    sb_format(&notation, ",\"p%zu\":{}", i);
  }
  sb_put(&notation, SV("}}"));
  sb_char(&notation, '\0');
  for (size_t i = 0; i < 5000; i++) {
    assert_true(json_add(arena, value, SV("same"), json_new_boolean(arena, true)));
  }
  assert_false(query_form_write(&out, value, wire_case_notation(arena, sb_view(&notation).ptr), QUERY_EC2, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_true(sv_contains(sv_from(e.text), SV("LIMIT_WIRE_STEPS")));
  arena_drop(arena);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_allocation_fails),
    cmocka_unit_test(lookups_are_bounded),
};

int main(void) {
  int failed = cases_run("query form writes", CASES, "writes", writes);
  failed += cases_run("query form refuses", CASES, "refuses", refuses);
  failed += cmocka_run_group_tests_name("query form", tests, NULL, NULL);
  return failed != 0;
}
