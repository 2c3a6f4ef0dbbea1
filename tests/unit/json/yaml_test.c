/* YAML and JSON files as values with places. Cases: yaml_loads.json, yaml_refuses.json. */
#include "yaml_load.h"

#include <stdlib.h>

#include "arena.h"
#include "growth.h"
#include "limits.h"
#include "pointer.h"
#include "sb.h"
#include "text_case.h"

#define ARENA_BYTES MIB(512)
#define TORTURE_BYTES_MAX ((size_t)2048) /* inputs up to this length are loaded with every allocation failing once */

/* The name of the case's file: "file", or one for YAML. */
static sv file_of(const cJSON *data) {
  const char *file = case_text(data, "file");
  return sv_from(file ? file : "document.yaml");
}

static void assert_place(struct source_place place, const cJSON *expected) {
  assert_int_equal(cJSON_GetArraySize(expected), 2);
  assert_int_equal(place.line, cJSON_GetArrayItem(expected, 0)->valueint);
  assert_int_equal(place.column, cJSON_GetArrayItem(expected, 1)->valueint);
}

/* "places" and "names" hold [line, column] by JSON Pointer. */
static void assert_places(const struct source *source, const cJSON *data) {
  const cJSON *places = cJSON_GetObjectItemCaseSensitive(data, "places");
  const cJSON *names = cJSON_GetObjectItemCaseSensitive(data, "names");
  for (const cJSON *i = places ? places->child : NULL; i; i = i->next) {
    const json *node = pointer_get(source->root, sv_from(i->string));
    assert_non_null(node);
    assert_place(source_place(source, node), i);
  }
  for (const cJSON *i = names ? names->child : NULL; i; i = i->next) {
    const json *node = pointer_get(source->root, sv_from(i->string));
    assert_non_null(node);
    assert_place(source_name_place(source, node), i);
  }
}

static void fail_each_allocation(sv name, sv text) {
  for (long n = 0;; n++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    struct err e = {0};
    struct source *source = NULL;
    arena_fail_after(arena, n);
    bool ok = yaml_parse(arena, name, text, &source, &e);
    assert_int_equal(e.code, ok ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
    if (ok) {
      return;
    }
  }
}

static void loads(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  struct source *source = NULL;
  sv text = text_case_input(arena, test->data);
  if (!yaml_parse(arena, file_of(test->data), text, &source, &e)) {
    fail_msg("%s:%u:%u: %s", e.file, e.line, e.column, e.text);
  }
  assert_int_equal(e.code, ERR_NONE);
  struct sb out = sb_new(arena, MIB(16));
  json_write(&out, source->root);
  if (case_text(test->data, "is")) {
    text_case_assert_text(case_text(test->data, "is"), sb_view(&out));
  }
  assert_places(source, test->data);
  if (text.len <= TORTURE_BYTES_MAX) {
    fail_each_allocation(file_of(test->data), text);
  }
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *test = *state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  struct source *source = NULL;
  sv file = file_of(test->data);
  assert_false(yaml_parse(arena, file, text_case_input(arena, test->data), &source, &e));
  assert_null(source);
  text_case_assert_error(cJSON_GetObjectItemCaseSensitive(test->data, "error"), &e);
  text_case_assert_text(e.file, file);
  arena_drop(arena);
}

static struct source *load(struct arena *arena, sv text) {
  struct err e = {0};
  struct source *source = NULL;
  if (!yaml_parse(arena, SV("document.yaml"), text, &source, &e)) {
    fail_msg("%u:%u: %s", e.line, e.column, e.text);
  }
  return source;
}

static void errors_get_the_place(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  struct source *source = load(arena, SV("a:\n  b: 1\n"));
  const json *node = pointer_get(source->root, SV("/a/b"));
  assert_false(source_error(source, node, &e, ERR_INVALID, "%s must be %d", "b", 2));
  assert_int_equal(e.code, ERR_INVALID);
  assert_string_equal(e.file, "document.yaml");
  assert_string_equal(e.text, "b must be 2");
  assert_int_equal(e.line, 2);
  assert_int_equal(e.column, 6);
  arena_drop(arena);
}

static void foreign_nodes_have_no_place(void **state) {
  (void)state;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct source *source = load(arena, SV("[1]"));
  struct source *other = load(arena, SV("- 1"));
  assert_int_equal(source_place(source, other->root).line, 0);
  assert_int_equal(source_name_place(source, other->root).column, 0);
  assert_int_equal(source_place(source, NULL).line, 0);
  assert_int_equal(source_place(source, json_copy(arena, source->root)).line, 0);
  arena_drop(arena);
}

/* A text: `part` many times between `before` and `after`. */
struct repetition {
  const char *before;
  const char *part;
  const char *after;
};

/* Loads the text, or refuses it at a place. */
static void use_many_tokens(void *context, size_t count) {
  const struct repetition *repetition = context;
  struct arena *arena = arena_new(ARENA_BYTES);
  struct err e = {0};
  struct source *source = NULL;
  struct sb text = sb_new(arena, MIB(8));
  sb_put(&text, sv_from(repetition->before));
  for (size_t i = 0; i < count; i++) {
    sb_put(&text, sv_from(repetition->part));
  }
  sb_put(&text, sv_from(repetition->after));
  bool ok = yaml_parse(arena, SV("document.yaml"), sb_view(&text), &source, &e);
  assert_int_equal(ok, e.code == ERR_NONE);
  assert_true(ok || e.line > 0);
  arena_drop(arena);
}

static void many_tokens_are_quick(void **state) {
  static struct repetition repetitions[] = {
      {"", "- a\n", ""},
      {"[", "a, ", "b]"},
      {"[\n", "a: b,\n", "]"},
      {"", "- ", ""},
      {"", "[", ""},
      {"", "{a", ""},
      {"", "? ", ""},
      {"", "a: ", ""},
      {"", "a\n", ""},
      {"a: |\n", "\n", " x\n"},
      {"a: >\n", " x\n", ""},
      {"a: \"", " \n", "\""},
      {"", "%TAG ! x\n", ""},
      {"", "\r%TAG !a! x", ""},
      {"", "# x\n", "a: 1"},
      {"", " ", "a: 1"},
      {"", "- &a x\n", ""},
      {"- &a x\n", "- *a\n", ""},
      {"", "\"", ""},
      {"", "'", ""},
      {"", "!<", ""},
      {"", "!a", ""},
      {"", "&a ", ""},
      {"{", "\"\":[],", "\"a\":0}"},
      {"[", "\"\\ud83d\\ude00\",", "0]"},
      {"a: {b: c, ", ":", "}"},
      {"", "\t", "a: 1"},
      {"", "--- ", ""},
  };
  (void)state;
  for (size_t i = 0; i < sizeof repetitions / sizeof repetitions[0]; i++) {
    growth_assert_even(use_many_tokens, &repetitions[i], 2500);
  }
}

static void use_many_names(void *context, size_t count) {
  struct arena *arena = arena_new(ARENA_BYTES);
  struct sb text = sb_new(arena, MIB(8));
  (void)context;
  for (size_t i = 0; i < count; i++) {
    sb_format(&text, "member%zu: %zu\n", i, i);
  }
  struct source *source = load(arena, sb_view(&text));
  assert_int_equal(json_count(source->root), count);
  for (const json *member = json_first(source->root); member; member = member->next) {
    assert_int_equal(source_name_place(source, member).column, 1);
  }
  arena_drop(arena);
}

static void many_names_are_quick(void **state) {
  (void)state;
  growth_assert_even(use_many_names, NULL, 5000);
}

static void published_descriptions_load(void **state) {
  static const char *const paths[] = {
      "descriptions/openapi/amazon-ec2-image-builder-openapi.yaml",
      "descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml"};
  (void)state;
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
    struct arena *arena = arena_new(ARENA_BYTES);
    size_t length = 0;
    char *text = cases_read_file(paths[i], &length);
    assert_non_null(text);
    struct source *source = load(arena, (sv){text, length});
    assert_true(json_is_string(pointer_get(source->root, SV("/info/title"))));
    free(text);
    arena_drop(arena);
  }
}

/* A description as large as the largest that are published has more values than a message may have. */
static void json_files_may_be_as_large_as_yaml(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(256));
  struct sb text = sb_new(arena, MIB(2));
  sb_put(&text, SV("[0"));
  for (int i = 0; i < LIMIT_JSON_VALUES; i++) {
    sb_put(&text, SV(",0"));
  }
  sb_char(&text, ']');
  struct err e = {0};
  json *value = NULL;
  assert_int_equal(json_count(load(arena, sb_view(&text))->root), LIMIT_JSON_VALUES + 1);
  assert_false(json_parse(arena, sb_view(&text), &value, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  arena_drop(arena);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(errors_get_the_place),        cmocka_unit_test(foreign_nodes_have_no_place),
    cmocka_unit_test(many_tokens_are_quick),       cmocka_unit_test(many_names_are_quick),
    cmocka_unit_test(published_descriptions_load), cmocka_unit_test(json_files_may_be_as_large_as_yaml),
};

int main(void) {
  int failed = cases_run("yaml loads", "tests/unit/json/yaml_loads.json", NULL, loads);
  failed += cases_run("yaml refuses", "tests/unit/json/yaml_refuses.json", NULL, refuses);
  failed += cmocka_run_group_tests_name("yaml", tests, NULL, NULL);
  return failed != 0;
}
