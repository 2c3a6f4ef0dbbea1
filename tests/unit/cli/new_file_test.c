/* Files that appear as a whole. */
#include "new_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cases.h"
#include "errinfo.h"

static char folder[64], path[128];

static int make_folder(void **state) {
  (void)state;
  snprintf(folder, sizeof folder, "/tmp/arazzo-test-XXXXXX");
  snprintf(path, sizeof path, "%s/f", mkdtemp(folder) ? folder : "");
  return folder[0] ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  unlink(path);
  return rmdir(folder); /* fails when anything is left */
}

static void has_content(const char *name, const char *want) {
  size_t length = 0;
  char *text = cases_read_file(name, &length);
  assert_non_null(text);
  assert_string_equal(text, want);
  free(text);
}

static void the_tail_is_replaced(void **state) {
  (void)state;
  struct new_file file;
  struct err e = {0};
  struct stat place;
  assert_true(new_file_open(&file, sv_from(path), &e));
  assert_true(new_file_add(&file, SV("[1"), SV(" and a long tail]"), &e));
  has_content(file.part, "[1 and a long tail]");
  assert_true(new_file_add(&file, SV(",2"), SV("]"), &e));
  has_content(file.part, "[1,2]");
  assert_int_equal(access(path, F_OK), -1);
  assert_true(new_file_finish(&file, &e));
  has_content(path, "[1,2]");
  assert_int_equal(stat(path, &place), 0);
  assert_int_equal(place.st_mode & 0777, 0600);
}

static void an_older_file_stays_until_the_end(void **state) {
  (void)state;
  struct new_file file;
  struct err e = {0};
  assert_true(new_file_write(sv_from(path), SV("old"), &e));
  assert_true(new_file_open(&file, sv_from(path), &e));
  assert_true(new_file_add(&file, SV("new"), SV(""), &e));
  has_content(path, "old");
  new_file_drop(&file);
  new_file_drop(&file);
  has_content(path, "old");
  assert_true(new_file_write(sv_from(path), SV("newer"), &e));
  has_content(path, "newer");
}

static void is_refused(sv where, enum err_code code, const char *message) {
  struct new_file file;
  struct err e = {0};
  assert_false(new_file_open(&file, where, &e));
  assert_int_equal(e.code, code);
  if (!strstr(e.text, message)) {
    fail_msg("'%s'", e.text);
  }
  new_file_drop(&file);
}

static void places_are_checked(void **state) {
  (void)state;
  static char longest[LIMIT_PATH_BYTES];
  memset(longest, 'x', sizeof longest - 1);
  is_refused(sv_from(folder), ERR_INVALID, "no file that could be replaced");
  is_refused(SV("/dev/null"), ERR_INVALID, "no file that could be replaced");
  is_refused(SV("/no/such/folder/f"), ERR_INVALID, "can't be made");
  is_refused(sv_from(longest), ERR_LIMIT, "longer than");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(the_tail_is_replaced, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(an_older_file_stays_until_the_end, make_folder, remove_folder),
      cmocka_unit_test_setup_teardown(places_are_checked, make_folder, remove_folder),
  };
  return cmocka_run_group_tests_name("new file", tests, NULL, NULL);
}
