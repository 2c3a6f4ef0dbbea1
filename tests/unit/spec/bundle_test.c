/* Bundles as the loader reads them: one good bundle, made of the files of the case file; must-fail cases change a member of it, of its second
 * file, or what its files hold. */
#include "bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"

#define CASES "tests/unit/spec/bundle.json"
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const cJSON *good_files;

static cJSON *new_file(const char *path, const char *text, bool is_pruned) {
  struct sha256 digest;
  struct err e = {0};
  assert_true(sha256(sv_from(text), &digest, &e));
  cJSON *file = cJSON_CreateObject();
  cJSON_AddStringToObject(file, "path", path);
  cJSON_AddStringToObject(file, "sha256", sha256_to_hex(&digest).text);
  if (is_pruned) {
    cJSON_AddTrueToObject(file, "isPruned");
  }
  cJSON_AddStringToObject(file, "text", text);
  return file;
}

static cJSON *new_bundle(const cJSON *own) {
  cJSON *bundle = cJSON_CreateObject();
  cJSON_AddNumberToObject(bundle, "arazzoBundle", 1);
  cJSON_AddStringToObject(bundle, "digest", DIGEST);
  cJSON *files = cJSON_AddArrayToObject(bundle, "files");
  const cJSON *each = NULL;
  cJSON_ArrayForEach(each, good_files) {
    const char *text = case_text(own, each->string);
    cJSON_AddItemToArray(files, new_file(each->string, text ? text : each->valuestring, each != good_files->child));
  }
  return bundle;
}

/* Null takes a member out. */
static void change(cJSON *object, const cJSON *changes) {
  const cJSON *each = NULL;
  cJSON_ArrayForEach(each, changes) {
    if (cJSON_IsNull(each)) {
      cJSON_DeleteItemFromObject(object, each->string);
    } else if (cJSON_HasObjectItem(object, each->string)) {
      cJSON_ReplaceItemInObject(object, each->string, cJSON_Duplicate(each, 1));
    } else {
      cJSON_AddItemToObject(object, each->string, cJSON_Duplicate(each, 1));
    }
  }
}

/* A folder with the bundle alone. */
static cJSON *folder_of(const cJSON *data) {
  cJSON *folder = cJSON_CreateObject();
  const char *text = case_text(data, "text");
  cJSON *bundle = new_bundle(cJSON_GetObjectItem(data, "files"));
  change(bundle, cJSON_GetObjectItem(data, "change"));
  change(cJSON_GetArrayItem(cJSON_GetObjectItem(bundle, "files"), 1), cJSON_GetObjectItem(data, "file change"));
  if (text) {
    cJSON_AddStringToObject(folder, "w.bundle", text);
    cJSON_Delete(bundle);
  } else {
    cJSON_AddItemToObject(folder, "w.bundle", bundle);
  }
  return folder;
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *folder = folder_of(c->data);
  const struct document *document = NULL;
  struct err e = {0};
  const cJSON *line = cJSON_GetObjectItem(c->data, "line");
  const char *where = case_text(c->data, "where");
  assert_false(document_load(arena, SV("w.bundle"), memory_files(folder), &document, &e));
  assert_string_equal(case_text(c->data, "code"), e.code == ERR_SYNTAX        ? "SYNTAX"
                                                  : e.code == ERR_UNSUPPORTED ? "UNSUPPORTED"
                                                  : e.code == ERR_INVALID     ? "INVALID"
                                                                              : "another");
  if (!strstr(e.text, case_text(c->data, "message")) || (where && !strstr(e.where, where))) {
    fail_msg("%s: %s", e.where, e.text);
  }
  assert_string_equal(e.file, case_text(c->data, "file"));
  assert_int_equal(e.line, line ? line->valueint : 0);
  cJSON_Delete(folder);
  arena_drop(arena);
}

static void a_bundle_is_the_document_that_it_was_made_of(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(64));
  cJSON *folder = folder_of(NULL);
  const struct document *document = memory_document(arena, folder, "w.bundle");
  assert_string_equal(document->set->digest.text, DIGEST);
  assert_true(sv_eq(document->path, SV("w.yml")));
  assert_true(sv_eq(document->workflows[0].steps[0].operation->path, SV("/x")));
  assert_true(sv_eq(document->workflows[0].steps[0].operation->key, SV("/x")));
  cJSON_Delete(folder);
  arena_drop(arena);
}

static void a_bundle_is_known_by_its_first_member(void **state) {
  (void)state;
  assert_true(bundle_is(SV("{\"arazzoBundle\":1")));
  assert_true(bundle_is(SV(" \n{ \r\n\t\"arazzoBundle\" : 1")));
  assert_false(bundle_is(SV("{\"digest\":\"\",\"arazzoBundle\":1}")));
  assert_false(bundle_is(SV("arazzoBundle: 1")));
  assert_false(bundle_is(SV("")));
  assert_false(bundle_is(SV("{")));
}

static bool loads_files(int count, struct err *e) {
  struct arena *arena = arena_new(MIB(64));
  cJSON *folder = folder_of(NULL);
  cJSON *files = cJSON_GetObjectItem(cJSON_GetObjectItem(folder, "w.bundle"), "files");
  const struct document *document = NULL;
  for (int i = 2; i < count; i++) {
    char name[32];
    snprintf(name, sizeof name, "unused-%d", i);
    cJSON_AddItemToArray(files, new_file(name, "{}", true));
  }
  bool good = document_load(arena, SV("w.bundle"), memory_files(folder), &document, e);
  cJSON_Delete(folder);
  arena_drop(arena);
  return good;
}

static void files_have_a_limit(void **state) {
  (void)state;
  struct err e = {0};
  assert_int_equal(LIMIT_BUNDLE_FILES, LIMIT_DOCUMENTS + LIMIT_SOURCE_FILES + 1);
  assert_true(loads_files(LIMIT_BUNDLE_FILES, &e));
  assert_false(loads_files(LIMIT_BUNDLE_FILES + 1, &e));
  assert_int_equal(e.code, ERR_LIMIT);
}

static void every_allocation_fails(void **state) {
  (void)state;
  cJSON *folder = folder_of(NULL);
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(64));
    const struct document *document = NULL;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = document_load(arena, SV("w.bundle"), memory_files(folder), &document, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 30);
  cJSON_Delete(folder);
}

/* Also those of the bundle itself, which is in an arena that is gone after loading. */
static void every_allocation_of_opening_fails(void **state) {
  (void)state;
  cJSON *bundle = new_bundle(NULL);
  char *text = cJSON_PrintUnformatted(bundle);
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(1));
    struct bundle out;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = bundle_open(arena, SV("w.bundle"), sv_from(text), &out, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 10);
  free(text);
  cJSON_Delete(bundle);
}

int main(void) {
  char *text = cases_read_file(CASES, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  if (!root) {
    return 1;
  }
  good_files = cJSON_GetObjectItem(root, "files");
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_bundle_is_the_document_that_it_was_made_of),
      cmocka_unit_test(a_bundle_is_known_by_its_first_member),
      cmocka_unit_test(files_have_a_limit),
      cmocka_unit_test(every_allocation_fails),
      cmocka_unit_test(every_allocation_of_opening_fails),
  };
  int failed = cases_run_array("bundle: refuse", cJSON_GetObjectItem(root, "refuse"), refuses) +
               cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
  cJSON_Delete(root);
  return failed;
}
