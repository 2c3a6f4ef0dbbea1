/* Parsing, writing, comparing and changing JSON values. Cases: parse.json, refuse.json, numbers.json, equal.json. */
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "growth.h"
#include "limits.h"
#include "sb.h"
#include "text_case.h"

#define ARENA_BYTES MIB(256)
#define TORTURE_BYTES_MAX ((size_t)2048) /* inputs up to this length are parsed with every allocation failing once */

static json *parse(struct arena *arena, sv text) {
  struct err e = {0};
  json *value = NULL;
  if (!json_parse(arena, text, &value, &e)) {
    fail_msg("%u:%u: %s", e.line, e.column, e.text);
  }
  assert_int_equal(e.code, ERR_NONE);
  return value;
}

static sv written(struct arena *arena, const json *value) {
  struct sb out = sb_new(arena, MIB(64));
  json_write(&out, value);
  assert_int_equal(out.state, SB_OK);
  return sb_view(&out);
}

static sv written_pretty(struct arena *arena, const json *value) {
  struct sb out = sb_new(arena, MIB(64));
  json_write_pretty(&out, value);
  assert_int_equal(out.state, SB_OK);
  return sb_view(&out);
}

/* Parses with the n-th allocation failing, for every n: an error each time, until it passes. */
static void fail_each_allocation(sv text) {
  for (long n = 0;; n++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    struct err e = {0};
    json *value = NULL;
    arena_fail_after(arena, n);
    bool ok = json_parse(arena, text, &value, &e);
    assert_int_equal(e.code, ok ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
    if (ok) {
      return;
    }
  }
}

static void parses(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  sv text = text_case_input(arena, test->data);
  json *value = parse(arena, text);
  const char *is = case_text(test->data, "is");
  if (is) {
    text_case_assert_text(is, written(arena, value));
  }
  assert_true(json_equal(value, parse(arena, written(arena, value))));
  assert_true(json_equal(value, parse(arena, written_pretty(arena, value))));
  assert_true(json_equal(value, json_copy(arena, value)));
  if (text.len <= TORTURE_BYTES_MAX) {
    fail_each_allocation(text);
  }
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  json *value = NULL;
  assert_false(json_parse(arena, text_case_input(arena, test->data), &value, &e));
  assert_null(value);
  text_case_assert_error(cJSON_GetObjectItemCaseSensitive(test->data, "error"), &e);
  arena_drop(arena);
}

/* The case's member, which is JSON text, as a value. */
static json *case_value(struct arena *arena, const struct case_state *test, const char *member) {
  assert_non_null(case_text(test->data, member));
  return parse(arena, sv_from(case_text(test->data, member)));
}

static int sign(int order) {
  return (order > 0) - (order < 0);
}

static void orders_numbers(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *a = case_value(arena, test, "a");
  json *b = case_value(arena, test, "b");
  int order = cJSON_GetObjectItemCaseSensitive(test->data, "order")->valueint;
  assert_int_equal(sign(json_number_compare(a, b)), order);
  assert_int_equal(sign(json_number_compare(b, a)), -order);
  assert_int_equal(json_equal(a, b), order == 0);
  arena_drop(arena);
}

static void gives_integers(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  const char *expected = case_text(test->data, "is");
  int64_t integer = 0;
  bool ok = json_to_int(case_value(arena, test, "value"), &integer);
  assert_int_equal(ok, expected != NULL);
  if (expected) {
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)integer);
    assert_string_equal(text, expected);
  }
  arena_drop(arena);
}

static void compares(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *a = case_value(arena, test, "a");
  json *b = case_value(arena, test, "b");
  bool equal = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(test->data, "equal"));
  assert_int_equal(json_equal(a, b), equal);
  assert_int_equal(json_equal(b, a), equal);
  arena_drop(arena);
}

static void absent_is_not_null(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *null = json_new_null(arena);
  assert_false(json_equal(NULL, null));
  assert_false(json_equal(null, NULL));
  assert_true(json_equal(NULL, NULL));
  assert_int_equal(json_type(NULL), JSON_NULL);
  assert_int_equal(json_count(NULL), 0);
  assert_null(json_get(NULL, SV("a")));
  assert_null(json_at(NULL, 0));
  assert_null(json_copy(arena, NULL));
  arena_drop(arena);
}

static void types_have_names(void **state) {
  (void)state;
  static const char *const names[] = {"null", "boolean", "boolean", "number", "string", "array", "object"};
  struct arena *arena = arena_new(ARENA_BYTES);
  json *value = parse(arena, SV("[null,true,false,1,\"\",[],{}]"));
  size_t at = 0;
  for (const json *i = json_first(value); i; i = i->next) {
    assert_string_equal(json_type_name(i), names[at++]);
  }
  assert_int_equal(at, json_count(value));
  arena_drop(arena);
}

static void lookup_is_exact(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *value = parse(arena, SV("{\"name\":1,\"Name\":2,\"\":3,\"list\":[4,5]}"));
  text_case_assert_text("1", json_number_text(json_get(value, SV("name"))));
  text_case_assert_text("2", json_number_text(json_get(value, SV("Name"))));
  text_case_assert_text("3", json_number_text(json_get(value, SV(""))));
  text_case_assert_text("5", json_number_text(json_at(json_get(value, SV("list")), 1)));
  assert_null(json_get(value, SV("nam")));
  assert_null(json_get(value, SV("name\0")));
  assert_null(json_get(json_get(value, SV("list")), SV("name")));
  assert_null(json_at(json_get(value, SV("list")), 2));
  assert_null(json_at(value, 0));
  text_case_assert_text("", json_string(json_get(value, SV("name"))));
  arena_drop(arena);
}

static void values_are_made(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *list = json_new_array(arena);
  assert_true(json_append(list, json_new_null(arena)));
  assert_true(json_append(list, json_new_boolean(arena, true)));
  assert_true(json_append(list, json_new_boolean(arena, false)));
  assert_true(json_append(list, json_new_integer(arena, INT64_MIN)));
  assert_true(json_append(list, json_new_integer(arena, INT64_MAX)));
  assert_true(json_append(list, json_new_number(arena, SV("1.50e+400"))));
  assert_true(json_append(list, json_new_string(arena, SV("a\n\"b"))));
  assert_true(json_append(list, json_new_object(arena)));
  text_case_assert_text("[null,true,false,-9223372036854775808,9223372036854775807,1.50e+400,\"a\\n\\\"b\",{}]",
                        written(arena, list));
  assert_false(json_append(list, NULL));
  assert_false(json_append(json_new_object(arena), json_new_null(arena)));
  assert_false(json_append(list, json_new_number(arena, SV("01"))));
  assert_null(json_new_number(arena, SV("")));
  assert_null(json_new_number(arena, SV("1 ")));
  assert_null(json_new_string(arena, SV("a\0b")));
  arena_drop(arena);
}

static void reals_are_short_and_exact(void **state) {
  (void)state;
  static const struct {
    double value;
    const char *text;
  } cases[] = {{0.1, "0.1"},
               {0.1 + 0.2, "0.30000000000000004"},
               {100, "100"},
               {-2.5, "-2.5"},
               {1e22, "1e+22"},
               {5e-324, "4.94065645841247e-324"},
               {1.0 / 3, "0.3333333333333333"}};
  struct arena *arena = arena_new(ARENA_BYTES);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    text_case_assert_text(cases[i].text, json_number_text(json_new_real(arena, cases[i].value)));
  }
  assert_null(json_new_real(arena, (double)INFINITY));
  assert_null(json_new_real(arena, (double)NAN));
  arena_drop(arena);
}

static void members_are_set_in_place(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *object = parse(arena, SV("{\"a\":1,\"b\":2,\"c\":3}"));
  assert_true(json_set(arena, object, SV("a"), json_new_integer(arena, 10)));
  assert_true(json_set(arena, object, SV("c"), json_new_integer(arena, 30)));
  assert_true(json_set(arena, object, SV("d"), json_new_integer(arena, 40)));
  assert_true(json_set(arena, object, SV("b"), json_new_integer(arena, 20)));
  text_case_assert_text("{\"a\":10,\"b\":20,\"c\":30,\"d\":40}", written(arena, object));
  json *same = json_get(object, SV("b"));
  assert_true(json_set(arena, object, SV("b"), same));
  text_case_assert_text("{\"a\":10,\"b\":20,\"c\":30,\"d\":40}", written(arena, object));
  json *single = parse(arena, SV("{\"a\":1}"));
  assert_true(json_set(arena, single, SV("a"), json_new_null(arena)));
  assert_true(json_set(arena, single, SV("b"), json_new_null(arena)));
  text_case_assert_text("{\"a\":null,\"b\":null}", written(arena, single));
  assert_false(json_set(arena, object, SV("x"), NULL));
  assert_false(json_set(arena, NULL, SV("x"), json_new_null(arena)));
  assert_false(json_set(arena, json_new_array(arena), SV("x"), json_new_null(arena)));
  assert_false(json_set(arena, object, SV("x\0y"), json_new_null(arena)));
  assert_int_equal(json_count(object), 4);
  arena_drop(arena);
}

static void members_are_removed(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *object = parse(arena, SV("{\"a\":1,\"b\":2,\"c\":3}"));
  json_remove(object, SV("b"));
  text_case_assert_text("{\"a\":1,\"c\":3}", written(arena, object));
  json_remove(object, SV("c"));
  json_remove(object, SV("x"));
  assert_true(json_set(arena, object, SV("d"), json_new_integer(arena, 4)));
  text_case_assert_text("{\"a\":1,\"d\":4}", written(arena, object));
  json_remove(object, SV("a"));
  json_remove(object, SV("d"));
  text_case_assert_text("{}", written(arena, object));
  json_remove(NULL, SV("a"));
  arena_drop(arena);
}

static void nodes_are_overwritten_in_place(void **state) {
  (void)state;
  static const struct {
    const char *what;
    const char *with;
    const char *is;
  } rows[] = {{"a", "{\"x\":[1]}", "{\"a\":{\"x\":[1]},\"b\":[1.0,\"x\"],\"c\":{}}"},
              {"b", "null", "{\"a\":true,\"b\":null,\"c\":{}}"},
              {"c", "12345678901234567890", "{\"a\":true,\"b\":[1.0,\"x\"],\"c\":12345678901234567890}"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    json *object = parse(arena, SV("{\"a\":true,\"b\":[1.0,\"x\"],\"c\":{}}"));
    json_overwrite(json_get(object, sv_from(rows[i].what)), parse(arena, sv_from(rows[i].with)));
    text_case_assert_text(rows[i].is, written(arena, object));
    assert_true(json_set(arena, object, SV("d"), json_new_null(arena))); /* the list of members is whole */
    assert_int_equal(json_count(object), 4);
    json_overwrite(object, parse(arena, sv_from(rows[i].with)));
    text_case_assert_text(rows[i].with, written(arena, object));
    arena_drop(arena);
  }
}

static void copies_are_separate(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *object = parse(arena, SV("{\"a\":{\"b\":[1.0,\"x\"]}}"));
  json *copy = json_copy(arena, json_get(object, SV("a")));
  text_case_assert_text("", json_name(copy));
  assert_true(json_set(arena, object, SV("c"), copy));
  json_remove(json_get(object, SV("a")), SV("b"));
  text_case_assert_text("{\"a\":{},\"c\":{\"b\":[1.0,\"x\"]}}", written(arena, object));
  arena_drop(arena);
}

static void elements_have_no_name(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *object = parse(arena, SV("{\"a\":1}"));
  json *list = json_new_array(arena);
  json *member = json_get(object, SV("a"));
  json_remove(object, SV("a"));
  assert_true(json_append(list, member));
  text_case_assert_text("", json_name(json_at(list, 0)));
  arena_drop(arena);
}

static void pretty_text_is_indented(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  json *value = parse(arena, SV("{\"a\":[1,{}],\"b\":[]}"));
  text_case_assert_text("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}", written_pretty(arena, value));
  arena_drop(arena);
}

/* Building and copying with every allocation failing once: false or NULL each time, never a crash. */
static void building_survives_exhaustion(void **state) {
  (void)state;
  bool ok = false;
  for (long n = 0; !ok; n++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    arena_fail_after(arena, n);
    json *object = json_new_object(arena);
    json *list = json_new_array(arena);
    ok = json_append(list, json_new_real(arena, 0.5)) && json_set(arena, object, SV("list"), list) &&
         json_set(arena, object, SV("name"), json_new_string(arena, SV("value"))) && json_copy(arena, object) != NULL;
    arena_drop(arena);
  }
}

/* {"member0":0,"member1":1,…}, or from the last to the first; `last` is appended within the object. */
static sv large_object(struct arena *arena, int count, bool backwards, sv last) {
  struct sb text = sb_new(arena, MIB(64));
  for (int i = 0; i < count; i++) {
    int number = backwards ? count - 1 - i : i;
    sb_format(&text, "%c\"member%d\":%d", i ? ',' : '{', number, number);
  }
  sb_put(&text, last);
  sb_char(&text, '}');
  assert_int_equal(text.state, SB_OK);
  return sb_view(&text);
}

/* Parses, and compares in the same, in another and in another order with another value. */
static void use_many_members(void *context, size_t count) {
  struct arena *arena = arena_new(ARENA_BYTES);
  (void)context;
  sv forward = large_object(arena, (int)count, false, SV(""));
  json *a = parse(arena, forward);
  json *b = parse(arena, large_object(arena, (int)count, true, SV("")));
  assert_true(json_equal(a, b));
  assert_true(json_equal(a, parse(arena, forward)));
  assert_true(json_set(arena, b, SV("member0"), json_new_null(arena)));
  assert_false(json_equal(a, b));
  arena_drop(arena);
}

static void many_members_are_quick(void **state) {
  (void)state;
  growth_assert_even(use_many_members, NULL, 6000);
}

static void duplicate_among_many_is_found(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  json *value = NULL;
  sv text = large_object(arena, 100000, false, SV(",\n\"x\":0, \"member7\":1"));
  assert_false(json_parse(arena, text, &value, &e));
  assert_int_equal(e.code, ERR_INVALID);
  assert_int_equal(e.line, 2);
  assert_int_equal(e.column, 8);
  assert_non_null(strstr(e.text, "\"member7\" occurs twice in this object; it is first at line 1"));
  arena_drop(arena);
}

/* Refuses an array whose first element is the context's text, many times. */
static void use_many_tokens(void *context, size_t count) {
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  struct sb text = sb_new(arena, MIB(8));
  json *value = NULL;
  sb_char(&text, '[');
  for (size_t i = 0; i < count; i++) {
    sb_put(&text, *(const sv *)context);
  }
  assert_false(json_parse(arena, sb_view(&text), &value, &e));
  assert_true(e.code == ERR_SYNTAX || e.code == ERR_LIMIT);
  arena_drop(arena);
}

static void many_tokens_are_quick(void **state) {
  static const char *const texts[] = {"[", "{\"a\":", "\"\\u00e9", "\xC3\xA9", "-", "1e", " ", "\r", "[],", "0,"};
  (void)state;
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    sv text = sv_from(texts[i]);
    growth_assert_even(use_many_tokens, &text, 10000);
  }
}

/* The budget of an invocation's arena, not the machine, is what a large body meets. */
static void budget_ends_large_texts(void **state) {
  (void)state;
  struct arena *texts = arena_new(ARENA_BYTES);
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  json *value = NULL;
  assert_false(json_parse(arena, large_object(texts, 100000, false, SV("")), &value, &e));
  assert_int_equal(e.code, ERR_MEMORY);
  arena_drop(arena);
  arena_drop(texts);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(absent_is_not_null),        cmocka_unit_test(types_have_names),
    cmocka_unit_test(lookup_is_exact),           cmocka_unit_test(values_are_made),
    cmocka_unit_test(reals_are_short_and_exact), cmocka_unit_test(members_are_set_in_place),
    cmocka_unit_test(members_are_removed),       cmocka_unit_test(nodes_are_overwritten_in_place),
    cmocka_unit_test(copies_are_separate),       cmocka_unit_test(elements_have_no_name),
    cmocka_unit_test(pretty_text_is_indented),   cmocka_unit_test(building_survives_exhaustion),
    cmocka_unit_test(many_members_are_quick),    cmocka_unit_test(duplicate_among_many_is_found),
    cmocka_unit_test(many_tokens_are_quick),     cmocka_unit_test(budget_ends_large_texts),
};

int main(void) {
  int failed = cases_run("json parses", "tests/unit/json/parse.json", NULL, parses);
  failed += cases_run("json refuses", "tests/unit/json/refuse.json", NULL, refuses);
  failed += cases_run("json orders numbers", "tests/unit/json/numbers.json", "orders", orders_numbers);
  failed += cases_run("json gives integers", "tests/unit/json/numbers.json", "integers", gives_integers);
  failed += cases_run("json compares", "tests/unit/json/equal.json", NULL, compares);
  failed += cmocka_run_group_tests_name("json values", tests, NULL, NULL);
  return failed != 0;
}
