/* JSON Pointer, RFC 6901. Cases: pointer.json; those without a "document" use the one of RFC 6901 section 5. */
#include "pointer.h"

#include "arena.h"
#include "limits.h"
#include "sb.h"
#include "text_case.h"

#define ARENA_BYTES MIB(16)

static const char rfc_document[] =
    "{\"foo\":[\"bar\",\"baz\"],\"\":0,\"a/b\":1,\"c%d\":2,\"e^f\":3,\"g|h\":4,\"i\\\\j\":5,"
    "\"k\\\"l\":6,\" \":7,\"m~n\":8}";

static json *document_of(struct arena *arena, const cJSON *data) {
  const char *text = case_text(data, "document");
  struct err e = {0};
  json *document = NULL;
  assert_true(json_parse(arena, sv_from(text ? text : rfc_document), &document, &e));
  return document;
}

static void check_address(const struct case_state *test, json *(*get)(const json *root, sv pointer)) {
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  sv pointer = text_case_input(arena, test->data);
  const char *expected = case_text(test->data, "is");
  assert_true(pointer_check(pointer, &e));
  json *found = get(document_of(arena, test->data), pointer);
  assert_int_equal(found != NULL, expected != NULL);
  if (expected) {
    struct sb out = sb_new(arena, KIB(64));
    json_write(&out, found);
    text_case_assert_text(expected, sb_view(&out));
  }
  arena_drop(arena);
}

static void addresses(void **state) {
  check_address(*state, pointer_get);
}

static void addresses_in_xml(void **state) {
  check_address(*state, pointer_get_xml);
}

static void refuses(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  assert_false(pointer_check(text_case_input(arena, test->data), &e));
  text_case_assert_error(cJSON_GetObjectItemCaseSensitive(test->data, "error"), &e);
  arena_drop(arena);
}

static json *json_of(struct arena *arena, const char *text) {
  struct err e = {0};
  json *value = NULL;
  assert_true(json_parse(arena, sv_from(text), &value, &e));
  return value;
}

static void sets(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  struct sb out = sb_new(arena, KIB(64));
  json *document = json_of(arena, case_text(test->data, "document"));
  json *value = json_of(arena, case_text(test->data, "value"));
  sv pointer = text_case_input(arena, test->data);
  const char *message = case_text(test->data, "message");
  assert_true(pointer_check(pointer, &e));
  assert_int_equal(pointer_set(arena, document, pointer, value, &e), message == NULL);
  if (message) {
    assert_int_equal(e.code, ERR_INVALID);
    assert_string_equal(e.text, message);
  } else {
    json_write(&out, document);
    text_case_assert_text(case_text(test->data, "is"), sb_view(&out));
    assert_true(json_equal(pointer_get(document, pointer), json_of(arena, case_text(test->data, "value"))) ||
                sv_contains(pointer, SV("-")));
  }
  arena_drop(arena);
}

static void every_allocation_of_set_fails(void **state) {
  (void)state;
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    struct err e = {0};
    json *document = json_of(arena, "{}");
    json *value = json_of(arena, "[1]");
    arena_fail_after(arena, n);
    passed = pointer_set(arena, document, SV("/a/0/b/-/~1"), value, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 8);
}

/* A token that is written can be read: each name of an object is found by its own pointer. */
static void tokens_are_escaped(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  json *document = NULL;
  assert_true(json_parse(arena, SV("{\"\":0,\"~\":1,\"/\":2,\"~1\":3,\"~0\":4,\"~01\":5,\"a/b~c\":6}"), &document, &e));
  for (json *member = json_first(document); member; member = member->next) {
    struct sb pointer = sb_new(arena, KIB(1));
    sb_char(&pointer, '/');
    pointer_put_token(&pointer, json_name(member));
    assert_true(pointer_check(sb_view(&pointer), &e));
    assert_ptr_equal(pointer_get(document, sb_view(&pointer)), member);
  }
  arena_drop(arena);
}

static void absent_root_has_nothing(void **state) {
  (void)state;
  assert_null(pointer_get(NULL, SV("")));
  assert_null(pointer_get(NULL, SV("/a")));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(tokens_are_escaped),
    cmocka_unit_test(absent_root_has_nothing),
    cmocka_unit_test(every_allocation_of_set_fails),
};

int main(void) {
  int failed = cases_run("pointer addresses", "tests/unit/json/pointer.json", "addresses", addresses);
  failed += cases_run("pointer in XML", "tests/unit/json/pointer.json", "in XML", addresses_in_xml);
  failed += cases_run("pointer sets", "tests/unit/json/pointer.json", "sets", sets);
  failed += cases_run("pointer refuses", "tests/unit/json/pointer.json", "refuses", refuses);
  failed += cmocka_run_group_tests_name("pointer", tests, NULL, NULL);
  return failed != 0;
}
