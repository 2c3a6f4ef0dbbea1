/* Values as XML documents. Cases: xml_write.json: "writes" (what comes behind the declaration), "refuses". */
#include "xml_write.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "text_case.h"
#include "wire_case.h"
#include "xml.h"

#define CASES "tests/unit/wire/xml_write.json"
#define ARENA_BYTES MIB(256)
#define DECLARATION SV("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")

static bool write_case(struct arena *arena, const cJSON *data, sv *out, struct err *e) {
  struct sb text = sb_new(arena, MIB(1));
  enum xml_lists lists = cJSON_HasObjectItem(data, "aws") ? XML_LISTS_AWS : XML_LISTS_OPENAPI;
  return xml_write(&text, wire_case_json(arena, data, "value"), wire_case_schema(arena, data),
                   sv_from(case_text(data, "root")), lists, e) &&
         sb_finish(&text, "the body", out, e);
}

static void writes(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct xml_document document;
  struct err e = {0};
  sv text = SV("");
  if (!write_case(arena, test->data, &text, &e)) {
    fail_msg("%s: %s", e.where, e.text);
  }
  assert_true(sv_starts(text, DECLARATION));
  text_case_assert_text(case_text(test->data, "is"), sv_slice(text, DECLARATION.len, text.len));
  assert_int_equal(xml_read(arena, text, false, &document, &e), XML_READ);
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  sv text = SV("");
  assert_false(write_case(arena, test->data, &text, &e));
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
    const struct wire_schema *schema =
        wire_case_notation(arena, "{\"xml\":{\"name\":\"r\",\"namespace\":\"u\"},\"type\":\"object\",\"properties\":{"
                                  "\"a\":{\"xml\":{\"attribute\":true,\"prefix\":\"p\",\"namespace\":\"v\"}}}}");
    assert_true(json_parse(arena, SV("{\"a\":1,\"b\":[{\"c\":\"x\"},2],\"@xmlns:q\":\"w\"}"), &value, &e));
    arena_fail_after(arena, n);
    passed = xml_write(&out, value, schema, SV(""), XML_LISTS_OPENAPI, &e) && sb_check(&out, "the body", &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 6);
}

/* Many members, each of which is looked for among many properties. */
static void lookups_are_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb notation = sb_new(arena, MIB(8));
  struct sb text = sb_new(arena, MIB(8));
  struct sb out = sb_new(arena, MIB(8));
  struct err e = {0};
  json *value = NULL;
  sb_put(&notation, SV("{\"type\":\"object\",\"properties\":{\"\":{}"));
  sb_put(&text, SV("{\"\":1"));
  for (size_t i = 0; i < 5000; i++) {
    sb_format(&notation, ",\"p%zu\":{}", i);
    sb_format(&text, ",\"m%zu\":{}", i);
  }
  sb_put(&notation, SV("}}"));
  sb_char(&notation, '\0');
  sb_char(&text, '}');
  const struct wire_schema *schema = wire_case_notation(arena, sb_view(&notation).ptr);
  assert_true(json_parse(arena, sb_view(&text), &value, &e));
  assert_false(xml_write(&out, value, schema, SV("r"), XML_LISTS_OPENAPI, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_true(sv_contains(sv_from(e.text), SV("LIMIT_WIRE_STEPS")));
  arena_drop(arena);
}

static void attributes_are_bounded(void **state) {
  (void)state;
  for (size_t count = LIMIT_XML_ATTRIBUTES; count <= LIMIT_XML_ATTRIBUTES + 1; count++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    struct sb out = sb_new(arena, MIB(8));
    struct err e = {0};
    json *value = json_new_object(arena);
    for (size_t i = 0; i < count; i++) {
      struct sb name = sb_new(arena, 16);
      sb_format(&name, "@a%zu", i);
      assert_true(json_add(arena, value, sb_view(&name), json_new_boolean(arena, true)));
    }
    assert_int_equal(xml_write(&out, value, NULL, SV("r"), XML_LISTS_OPENAPI, &e), count <= LIMIT_XML_ATTRIBUTES);
    assert_int_equal(e.code, count > LIMIT_XML_ATTRIBUTES ? ERR_LIMIT : ERR_NONE);
    arena_drop(arena);
  }
}

static void a_full_builder_is_seen(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb out = sb_new(arena, 50);
  struct err e = {0};
  json *value = json_new_string(arena, SV("0123456789"));
  assert_true(xml_write(&out, value, NULL, SV("r"), XML_LISTS_OPENAPI, &e));
  assert_false(sb_check(&out, "the body", &e));
  assert_int_equal(e.code, ERR_LIMIT);
  arena_drop(arena);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_allocation_fails),
    cmocka_unit_test(lookups_are_bounded),
    cmocka_unit_test(attributes_are_bounded),
    cmocka_unit_test(a_full_builder_is_seen),
};

int main(void) {
  int failed = cases_run("xml writes", CASES, "writes", writes);
  failed += cases_run("xml write refuses", CASES, "refuses", refuses);
  failed += cmocka_run_group_tests_name("xml write", tests, NULL, NULL);
  return failed != 0;
}
