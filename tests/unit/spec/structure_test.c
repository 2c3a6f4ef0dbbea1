/* structure_check. The case file has one good document for each version; each case changes it, or brings a document of its
 * own. Must-fail cases name the line and column, the path and the text of the error. */
#include "structure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"
#include "unique.h"

#define CASES "tests/unit/spec/structure.json"
#define TEXT_BYTES ((size_t)65536)

static const cJSON *base;

/* `text`, a buffer of TEXT_BYTES, with its only occurrence of `find` replaced. */
static void replace(char *text, const char *find, const char *with) {
  char *at = strstr(text, find);
  assert_non_null(at);
  assert_null(strstr(at + 1, find));
  assert_true(strlen(text) + strlen(with) < TEXT_BYTES);
  memmove(at + strlen(with), at + strlen(find), strlen(at + strlen(find)) + 1);
  memcpy(at, with, strlen(with));
}

/* The text of a case's document, to be freed. */
static char *text_of(const cJSON *data) {
  char *text = calloc(1, TEXT_BYTES);
  const cJSON *each = NULL;
  size_t at = 0;
  assert_non_null(text);
  if (case_text(data, "document")) {
    snprintf(text, TEXT_BYTES, "%s", case_text(data, "document"));
    return text;
  }
  cJSON_ArrayForEach(each, cJSON_GetObjectItem(base, case_text(data, "version"))) {
    at += (size_t)snprintf(text + at, TEXT_BYTES - at, "%s\n", each->valuestring);
  }
  cJSON_ArrayForEach(each, cJSON_GetObjectItem(data, "change")) {
    replace(text, case_text(each, "find"), case_text(each, "with"));
  }
  return text;
}

static enum arazzo_version version_of(const cJSON *data) {
  return strcmp(case_text(data, "version"), "1.0") == 0 ? ARAZZO_1_0 : ARAZZO_1_1;
}

static void refuses(void **state) {
  const cJSON *data = ((const struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  char *text = text_of(data);
  char at[32];
  assert_false(structure_check(memory_source(arena, "w.yml", text), version_of(data), NULL, &e));
  snprintf(at, sizeof at, "%u:%u", e.line, e.column);
  if (e.code != ERR_INVALID || strcmp(e.file, "w.yml") != 0 || strcmp(at, case_text(data, "at")) != 0 ||
      strcmp(e.where, case_text(data, "where")) != 0 || strcmp(e.text, case_text(data, "message")) != 0) {
    fail_msg("want %s in '%s': %s\n  got code %d at %s:%s in '%s': %s", case_text(data, "at"), case_text(data, "where"),
             case_text(data, "message"), (int)e.code, e.file, at, e.where, e.text);
  }
  free(text);
  arena_drop(arena);
}

static void accepts(void **state) {
  const cJSON *data = ((const struct case_state *)*state)->data;
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  char *text = text_of(data);
  if (!structure_check(memory_source(arena, "w.yml", text), version_of(data), NULL, &e)) {
    fail_msg("%u:%u: %s: %s", e.line, e.column, e.where, e.text);
  }
  assert_int_equal(e.code, ERR_NONE);
  free(text);
  arena_drop(arena);
}

/* ---- files ---- */

static void check_file(const char *path, enum arazzo_version version) {
  struct arena *arena = arena_new(MIB(256));
  struct err e = {0};
  char *text = cases_read_file(path, NULL);
  assert_non_null(text);
  if (!structure_check(memory_source(arena, path, text), version, NULL, &e)) {
    fail_msg("%s:%u:%u: %s: %s", path, e.line, e.column, e.where, e.text);
  }
  free(text);
  arena_drop(arena);
}

static void every_field_of_1_0_passes(void **state) {
  (void)state;
  check_file("tests/data/structure/every-field-1.0.arazzo.yaml", ARAZZO_1_0);
}

static void every_field_of_1_1_passes(void **state) {
  (void)state;
  check_file("tests/data/structure/every-field-1.1.arazzo.yaml", ARAZZO_1_1);
}

static void the_shipped_document_passes(void **state) {
  (void)state;
  check_file("descriptions/arazzo/amazon-ec2-image-builder-build-image-with-failure-cleanup-workflow.yml", ARAZZO_1_0);
}

/* ---- messages ---- */

static void long_texts_are_cut_between_characters(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  for (size_t filler = 100; filler < 130; filler++) {
    char text[1024] = "";
    struct err e = {0};
    snprintf(text, sizeof text, "arazzo: %0*d\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\n", (int)filler, 0);
    assert_false(structure_check(memory_source(arena, "w.yml", text), ARAZZO_1_0, NULL, &e));
    const char *start = strrchr(e.text, '0') + 1;
    assert_int_equal(strspn(start, "\xE2\x82\xAC") % 3, 0);
    assert_string_equal(start + strspn(start, "\xE2\x82\xAC"), "'");
  }
  arena_drop(arena);
}

/* ---- equal elements ---- */

/* An array of `count` elements: the multiples of a number, modulo `modulus`, between two texts. */
static json *array_of(struct arena *arena, const char *before, size_t count, size_t modulus, const char *after) {
  char *text = malloc(count * 64 + 3);
  size_t at = 0;
  assert_non_null(text);
  for (size_t i = 0; i < count; i++) {
    at += (size_t)snprintf(text + at, 64, "%s%s%zu%s", i ? "," : "[", before, i * 7919 % modulus, after);
  }
  snprintf(text + at, 3, "]");
  json *array = memory_source(arena, "a.json", text)->root;
  free(text);
  return array;
}

static void equal_elements_are_found(void **state) {
  (void)state;
  static const struct {
    const char *text;
    bool unique;
  } rows[] = {
      {"[]", true},
      {"[1]", true},
      {"[1, true, '1', null, false, 0, '', [], {}, [[]], [{}], {a: 1}, {a: 1, b: 2}, {b: 1}]", true},
      {"[1, 1.0]", false},
      {"[{a: 1, b: [2]}, 1, {b: [2.0], a: 1}]", false},
      {"[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, -1]", true},
      {"[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 1e1]", false},
      {"[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, true, false, null, [], [1], [1, 2], {}, {a: 1}, {a: 2}, {a: 1, b: 1}]",
       true},
      {"[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, true, false, null, [], [1], [1, 2], {b: 1, a: 2}, {a: 2, b: 1}]", false},
      {"[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, true, false, null, [], [1], [[], {}], [[], {}]]", false},
      {"[9007199254740992, 9007199254740993, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]", true},
      {"[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, ~, ~]", false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(MIB(8));
    const json *twice = NULL;
    struct err e = {0};
    assert_true(unique_check(arena, memory_source(arena, "a.yml", rows[i].text)->root, &twice, &e));
    if ((twice == NULL) != rows[i].unique) {
      fail_msg("%s", rows[i].text);
    }
    arena_drop(arena);
  }
}

/* Pairwise this would be 2 * 10^9 comparisons. */
static void long_arrays_take_no_quadratic_time(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(512));
  const json *twice = NULL;
  struct err e = {0};
  assert_true(unique_check(arena, array_of(arena, "{\"b\":1,\"a\":", 70000, 70001, "}"), &twice, &e));
  assert_null(twice);
  assert_true(unique_check(arena, array_of(arena, "{\"b\":1,\"a\":", 70000, 69997, "}"), &twice, &e));
  assert_non_null(twice);
  arena_drop(arena);
}

static void every_allocation_for_a_long_array_fails(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  const json *array = array_of(arena, "{\"b\":1,\"a\":", 30, 31, "}");
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *scratch = arena_new(MIB(8));
    const json *twice = NULL;
    struct err e = {0};
    arena_fail_after(scratch, n);
    passed = unique_check(scratch, array, &twice, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    assert_null(twice);
    arena_drop(scratch);
  }
  assert_int_equal(n, 32); /* the array, its 30 elements, and the round that passes */
  arena_drop(arena);
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  if (!root) {
    return 1;
  }
  base = cJSON_GetObjectItem(root, "base");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_field_of_1_0_passes),
      cmocka_unit_test(every_field_of_1_1_passes),
      cmocka_unit_test(the_shipped_document_passes),
      cmocka_unit_test(long_texts_are_cut_between_characters),
      cmocka_unit_test(equal_elements_are_found),
      cmocka_unit_test(long_arrays_take_no_quadratic_time),
      cmocka_unit_test(every_allocation_for_a_long_array_fails),
  };
  int failed = cases_run_array("structure: accept", cJSON_GetObjectItem(root, "accept"), accepts) +
               cases_run_array("structure: refuse", cJSON_GetObjectItem(root, "refuse"), refuses) +
               cmocka_run_group_tests_name("structure", tests, NULL, NULL);
  cJSON_Delete(root);
  return failed;
}
