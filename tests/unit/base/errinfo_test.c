/* Errors: the first wins, places are added from the inside out, and what is cut says so, at a boundary of UTF-8, whatever
 * the lengths are. */
#include "errinfo.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "limits.h"
#include "sb.h"
#include "utf8.h"

static void the_first_error_wins(void **state) {
  (void)state;
  struct err e = {0};
  assert_false(err_set(&e, ERR_SYNTAX, "first %d", 1));
  assert_false(err_set(&e, ERR_LIMIT, "second"));
  assert_false(err_memory(&e));
  assert_int_equal(e.code, ERR_SYNTAX);
  assert_string_equal(e.text, "first 1");
  assert_false(err_at(&e, SV("a.yml"), 3, 7));
  assert_false(err_at(&e, SV("b.yml"), 4, 8));
  assert_string_equal(e.file, "a.yml");
  assert_int_equal(e.line, 3);
  assert_int_equal(e.column, 7);
  err_clear(&e);
  assert_int_equal(e.code, ERR_NONE);
  assert_int_equal(e.line, 0);
  assert_string_equal(e.file, "");
}

static void the_path_grows_from_the_inside_out(void **state) {
  (void)state;
  struct err e = {0};
  err_set(&e, ERR_INVALID, "x");
  assert_false(err_in(&e, "criterion %zu", (size_t)2));
  assert_false(err_in(&e, "step %s", "build"));
  assert_false(err_in(&e, "workflow w"));
  assert_string_equal(e.where, "workflow w / step build / criterion 2");
}

static void it_is_written_with_all_that_is_known(void **state) {
  (void)state;
  static const struct {
    const char *file;
    unsigned line;
    const char *where;
    const char *text;
  } rows[] = {
      {"", 0, "", "oops"},
      {"a.yml", 0, "", "a.yml: oops"},
      {"a.yml", 3, "", "a.yml:3:9: oops"},
      {"a.yml", 3, "step s", "a.yml:3:9: step s: oops"},
      {"", 3, "", "3:9: oops"},
      {"", 0, "step s", "step s: oops"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct arena *arena = arena_new(KIB(64));
    struct sb out = sb_new(arena, KIB(4));
    struct err e = {.code = ERR_INVALID, .line = rows[i].line, .column = rows[i].line ? 9 : 0};
    memcpy(e.file, rows[i].file, strlen(rows[i].file));
    memcpy(e.where, rows[i].where, strlen(rows[i].where));
    memcpy(e.text, "oops", 4);
    err_write(&e, &out);
    assert_true(sv_eq(sb_view(&out), sv_from(rows[i].text)));
    arena_drop(arena);
  }
}

/* `size` bytes of `unit`, which may be of several bytes. */
static const char *filled(char *room, const char *unit, size_t size) {
  size_t length = strlen(unit);
  size_t at = 0;
  for (; at + length <= size; at += length) {
    memcpy(room + at, unit, length);
  }
  room[at] = '\0';
  return room;
}

static void cut_text_says_so(void **state) {
  (void)state;
  static const char *const units[] = {"a", "é", "€", "😀"};
  char room[4 * ERR_TEXT_BYTES];
  for (size_t i = 0; i < 4; i++) {
    for (size_t size = ERR_TEXT_BYTES - 9; size < ERR_TEXT_BYTES + 9; size++) {
      struct err e = {0};
      const char *text = filled(room, units[i], size);
      err_set(&e, ERR_INVALID, "%s", text);
      size_t length = strlen(e.text);
      assert_int_equal(utf8_valid_prefix((sv){e.text, length}), length);
      assert_true(strlen(text) < ERR_TEXT_BYTES ? strcmp(e.text, text) == 0 : strcmp(e.text + length - 3, "...") == 0);
    }
  }
}

static void cut_files_say_so(void **state) {
  (void)state;
  char room[2 * ERR_FILE_BYTES];
  struct err e = {0};
  err_set(&e, ERR_INVALID, "x");
  err_at(&e, sv_from(filled(room, "f", ERR_FILE_BYTES + 40)), 1, 1);
  assert_int_equal(strlen(e.file), ERR_FILE_BYTES - 1);
  assert_string_equal(e.file + ERR_FILE_BYTES - 4, "...");
}

/* Every length of the outer part, up to and beyond the room, with an inner part that no longer fits. */
static void cut_paths_say_so(void **state) {
  (void)state;
  char outer[2 * ERR_WHERE_BYTES];
  for (size_t size = 1; size < ERR_WHERE_BYTES + 20; size++) {
    struct err e = {0};
    err_set(&e, ERR_INVALID, "x");
    err_in(&e, "inner part of the path");
    err_in(&e, "%s", filled(outer, "o", size));
    size_t length = strlen(e.where);
    bool whole = size + strlen(" / inner part of the path") < ERR_WHERE_BYTES;
    assert_true(length < ERR_WHERE_BYTES);
    assert_true(strstr(e.where, whole ? " / inner part of the path" : "...") != NULL);
  }
}

static void many_places_do_not_overflow(void **state) {
  (void)state;
  struct err e = {0};
  err_set(&e, ERR_INVALID, "x");
  for (int i = 0; i < 1000; i++) {
    err_in(&e, "level %d é€😀", i);
    assert_true(strlen(e.where) < ERR_WHERE_BYTES);
    assert_int_equal(utf8_valid_prefix(sv_from(e.where)), strlen(e.where));
  }
  assert_true(strncmp(e.where, "level 999", 9) == 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_first_error_wins),
      cmocka_unit_test(the_path_grows_from_the_inside_out),
      cmocka_unit_test(it_is_written_with_all_that_is_known),
      cmocka_unit_test(cut_text_says_so),
      cmocka_unit_test(cut_files_say_so),
      cmocka_unit_test(cut_paths_say_so),
      cmocka_unit_test(many_places_do_not_overflow),
  };
  return cmocka_run_group_tests_name("errinfo", tests, NULL, NULL);
}
