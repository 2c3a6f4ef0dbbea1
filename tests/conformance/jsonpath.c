/* JSONPath against the compliance suite of RFC 9535: each case is a selector that must be refused, or a selector with a
 * document and what it selects, in order; where the order is free, `results` lists every permitted answer. Then: every
 * `type: jsonpath` condition of the published Arazzo documents compiles. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "jsonpath.h"
#include "limits.h"

#define SUITE_COUNT 703
#define CONDITIONS_COUNT 281

static json *to_json(struct arena *arena, const cJSON *value) {
  char *text = cJSON_PrintUnformatted(value);
  json *copy = NULL;
  struct err e = {0};
  if (!text || !json_parse(arena, sv_copy(arena, sv_from(text)), &copy, &e)) {
    fail_msg("the case's document: %s", e.text);
  }
  cJSON_free(text);
  return copy;
}

static bool same_nodes(const struct node_list *nodes, const json *expected) {
  if (nodes->count != json_count(expected)) {
    return false;
  }
  const json *value = json_first(expected);
  for (size_t i = 0; i < nodes->count; i++, value = value->next) {
    if (!json_equal(nodes->nodes[i], value)) {
      return false;
    }
  }
  return true;
}

static bool is_permitted(struct arena *arena, const struct node_list *nodes, const cJSON *data) {
  const cJSON *result = cJSON_GetObjectItemCaseSensitive(data, "result");
  if (result) {
    return same_nodes(nodes, to_json(arena, result));
  }
  const cJSON *results = cJSON_GetObjectItemCaseSensitive(data, "results");
  assert_non_null(results);
  for (const cJSON *one = results->child; one; one = one->next) {
    if (same_nodes(nodes, to_json(arena, one))) {
      return true;
    }
  }
  return false;
}

static void selects_what_the_suite_says(void **state) {
  const cJSON *data = ((struct case_state *)*state)->data;
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  const struct jsonpath *path = NULL;
  struct err e = {0};
  bool compiled = jsonpath_compile(arena, sv_from(case_text(data, "selector")), JSONPATH_RFC9535, &path, &e);
  if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(data, "invalid_selector"))) {
    assert_false(compiled);
    assert_int_equal(e.code, ERR_SYNTAX);
    assert_true(e.column > 0);
    assert_true(e.text[0] != '\0');
  } else {
    struct node_list nodes = {0};
    if (!compiled) {
      fail_msg("refused at %u: %s", e.column, e.text);
    }
    json *document = to_json(arena, cJSON_GetObjectItemCaseSensitive(data, "document"));
    assert_true(jsonpath_query(path, document, arena, &nodes, &e));
    assert_true(is_permitted(arena, &nodes, data));
  }
  arena_drop(arena);
}

static cJSON *read_document(const char *relative) {
  const char *path = cases_conformance_path(relative);
  char *text = path ? cases_read_file(path, NULL) : NULL;
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  return root;
}

static int run_suite(void) {
  cJSON *suite = read_document("jsonpath/cts.json");
  if (!suite) {
    return 0;
  }
  const cJSON *tests = cJSON_GetObjectItemCaseSensitive(suite, "tests");
  int failed = cases_run_array("RFC 9535 compliance suite", tests, selects_what_the_suite_says);
  if (cJSON_GetArraySize(tests) < SUITE_COUNT) {
    fprintf(stderr, "the suite has %d cases, expected %d\n", cJSON_GetArraySize(tests), SUITE_COUNT);
    failed++;
  }
  cJSON_Delete(suite);
  return failed;
}

static void every_published_condition_compiles(void **state) {
  (void)state;
  cJSON *conditions = read_document("jsonpath-conditions.json");
  if (!conditions) {
    skip();
    return;
  }
  int refused = 0;
  for (const cJSON *entry = conditions->child; entry; entry = entry->next) {
    struct arena *arena = arena_new(MIB(1));
    const struct jsonpath *path = NULL;
    struct err e = {0};
    const char *text = cJSON_GetStringValue(cJSON_GetArrayItem(entry, 0));
    if (!jsonpath_compile(arena, sv_from(text), JSONPATH_CONDITION, &path, &e)) {
      fprintf(stderr, "%s: %u: %s\n", text, e.column, e.text);
      refused++;
    }
    arena_drop(arena);
  }
  assert_int_equal(cJSON_GetArraySize(conditions), CONDITIONS_COUNT);
  assert_int_equal(refused, 0);
  cJSON_Delete(conditions);
}

int main(void) {
  const struct CMUnitTest published[] = {cmocka_unit_test(every_published_condition_compiles)};
  int failed = run_suite();
  return failed + cmocka_run_group_tests_name("published conditions", published, NULL, NULL);
}
