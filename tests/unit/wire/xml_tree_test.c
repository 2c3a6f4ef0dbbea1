/* XML bodies as trees. Cases: xml_tree.json: "reads" (a tree), "refuses" (why there is none), "addresses" (lenient pointers). */
#include "xml_tree.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "growth.h"
#include "limits.h"
#include "pointer.h"
#include "sb.h"
#include "text_case.h"
#include "wire_case.h"

#define CASES "tests/unit/wire/xml_tree.json"
#define ARENA_BYTES MIB(256)

static json *read_text(struct arena *arena, sv text, const struct wire_schema *schema, struct err *why) {
  struct err e = {0};
  json *tree = NULL;
  assert_true(xml_tree_read(arena, text, schema, &tree, why, &e));
  assert_int_equal(e.code, ERR_NONE);
  assert_int_equal(tree != NULL, why->code == ERR_NONE);
  return tree;
}

static void assert_written(struct arena *arena, const cJSON *data, const json *found) {
  struct sb text = sb_new(arena, MIB(1));
  json_write(&text, found);
  text_case_assert_text(case_text(data, "is"), sb_view(&text));
}

static void reads(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err why = {0};
  json *tree = read_text(arena, text_case_input(arena, test->data), wire_case_schema(arena, test->data), &why);
  assert_string_equal(why.text, "");
  assert_written(arena, test->data, tree);
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err why = {0};
  read_text(arena, text_case_input(arena, test->data), wire_case_schema(arena, test->data), &why);
  wire_case_assert_error(test->data, &why);
  arena_drop(arena);
}

static void addresses(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  sv pointer = text_case_input(arena, test->data);
  assert_true(pointer_check(pointer, &e));
  json *found = pointer_get_xml(wire_case_json(arena, test->data, "tree"), pointer);
  assert_int_equal(found != NULL, cJSON_HasObjectItem(test->data, "is"));
  if (found) {
    assert_written(arena, test->data, found);
  }
  arena_drop(arena);
}

static const char groups[] =
    "{\"type\": \"object\", \"properties\": {\"Groups\": {\"type\": \"array\", \"items\": {\"type\": \"object\", "
    "\"properties\": {\"Size\": {\"type\": \"integer\"}, \"On\": {\"type\": \"boolean\"}}}}, \"Tags\": {\"type\": "
    "\"object\", \"additionalProperties\": {\"type\": \"string\"}}, \"All\": {\"type\": \"array\", \"xml\": {\"name\": "
    "\"all\", \"wrapped\": true}, \"items\": {\"type\": \"string\"}}, \"Id\": {\"xml\": {\"name\": \"id\", "
    "\"attribute\": true}}}}";

static void every_allocation_fails(void **state) {
  (void)state;
  static const char text[] =
      "<R id=\"1\"><GResult>a<Groups><member><Size>1</Size><On>true</On></member></Groups>b"
      "<Tags><entry><key>k</key><value>v</value></entry></Tags><all><x/></all><all/></GResult><z/><z/></R>";
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    struct err why = {0};
    struct err e = {0};
    json *tree = NULL;
    const struct wire_schema *schema = wire_case_notation(arena, groups);
    arena_fail_after(arena, n);
    passed = xml_tree_read(arena, sv_from(text), schema, &tree, &why, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_int_equal(passed, tree != NULL);
    arena_drop(arena);
  }
  assert_true(n > 50);
}

/* ---- bounds ---- */

static void put_times(struct sb *text, const char *part, size_t times) {
  for (size_t i = 0; i < times; i++) {
    sb_put(text, sv_from(part));
  }
}

static void refuses_text(const char *limit, struct arena *arena, struct sb *text, const struct wire_schema *schema) {
  struct err why = {0};
  assert_int_equal(text->state, SB_OK);
  read_text(arena, sb_view(text), schema, &why);
  assert_int_equal(why.code, ERR_LIMIT);
  assert_true(sv_contains(sv_from(why.text), sv_from(limit)));
  arena_drop(arena);
}

static void nesting_is_bounded(void **state) {
  (void)state;
  for (size_t depth = LIMIT_BODY_DEPTH; depth <= LIMIT_BODY_DEPTH + 1; depth++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    struct sb text = sb_new(arena, MIB(1));
    struct err why = {0};
    put_times(&text, "<a>", depth + 1); /* the innermost one is a text */
    put_times(&text, "</a>", depth + 1);
    read_text(arena, sb_view(&text), NULL, &why);
    assert_int_equal(why.code, depth > LIMIT_BODY_DEPTH ? ERR_LIMIT : ERR_NONE);
    arena_drop(arena);
  }
}

/* With what stands in the schema's form the values are more than the document has nodes. */
static void values_are_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb text = sb_new(arena, MIB(8));
  const struct wire_schema *schema = wire_case_notation(
      arena,
      "{\"type\":\"object\",\"properties\":{\"A\":{\"type\":\"array\",\"xml\":{\"name\":\"a\",\"wrapped\":false}}}}");
  sb_put(&text, SV("<r>"));
  put_times(&text, "<a/>", LIMIT_JSON_VALUES / 2 + 10);
  sb_put(&text, SV("</r>"));
  refuses_text("LIMIT_JSON_VALUES", arena, &text, schema);
}

static void different_names_are_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb text = sb_new(arena, MIB(8));
  sb_put(&text, SV("<r>"));
  for (size_t i = 0; i < 7000; i++) {
    sb_format(&text, "<a%zu/>", i);
  }
  sb_put(&text, SV("</r>"));
  refuses_text("LIMIT_WIRE_STEPS", arena, &text, NULL);
}

static void read_list(void *context, size_t count) {
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb text = sb_new(arena, MIB(8));
  struct err why = {0};
  sb_put(&text, SV("<R><GResult><Groups>"));
  put_times(&text, "<member><Size>1</Size></member>", count);
  sb_put(&text, SV("</Groups></GResult></R>"));
  assert_non_null(read_text(arena, sb_view(&text), wire_case_notation(arena, context), &why));
  arena_drop(arena);
}

static void long_lists_take_linear_time(void **state) {
  (void)state;
  char notation[sizeof groups];
  memcpy(notation, groups, sizeof groups);
  growth_assert_even(read_list, notation, 1000);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_allocation_fails),      cmocka_unit_test(nesting_is_bounded),
    cmocka_unit_test(values_are_bounded),          cmocka_unit_test(different_names_are_bounded),
    cmocka_unit_test(long_lists_take_linear_time),
};

int main(void) {
  int failed = cases_run("xml tree reads", CASES, "reads", reads);
  failed += cases_run("xml tree refuses", CASES, "refuses", refuses);
  failed += cases_run("xml pointer addresses", CASES, "addresses", addresses);
  failed += cmocka_run_group_tests_name("xml tree", tests, NULL, NULL);
  return failed != 0;
}
