/* Gathering errors: what is kept, what is dropped, and what ends it. */
#include "gathering.h"

#include "arena.h"
#include "cases.h"
#include "limits.h"

static size_t told(const struct err *all) {
  size_t count = 0;
  for (const struct err *e = gathered_from(all); e; e = gathered_from(e->more)) {
    count++;
  }
  return count;
}

/* An error at a line. */
static void fail_at(struct err *e, unsigned line) {
  err_record(e, ERR_INVALID, "wrong");
  err_place(e, SV("w.yml"), line, 1);
}

static void without_a_gathering_the_first_error_ends_it(void **state) {
  (void)state;
  struct err one = {0};
  struct err all = {0};
  fail_at(&one, 3);
  assert_false(gather(NULL, &one, &all));
  assert_int_equal(all.line, 3);
  assert_int_equal(told(&all), 1);
}

static void errors_hang_on_each_other_and_get_path_and_place_together(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct gathering gathering;
  struct err one = {0};
  struct err all = {0};
  assert_true(gathering_open(&gathering, arena, &all));
  for (unsigned i = 0; i < 3; i++) {
    err_record(&one, ERR_INVALID, "wrong %u", i);
    assert_true(gather(&gathering, &one, &all));
    assert_int_equal(one.code, ERR_NONE);
  }
  assert_false(err_in(&all, "step %d", 1));
  assert_false(err_in(&all, "workflow w"));
  assert_false(err_unit(&all, "body"));
  assert_false(err_at(&all, SV("w.yml"), 7, 2));
  assert_int_equal(told(&all), 3);
  for (const struct err *e = &all; e; e = e->more) {
    assert_string_equal(e->where, "workflow w / step 1");
    assert_string_equal(e->unit, "body");
    assert_int_equal(e->line, 7);
  }
  arena_drop(arena);
}

static void what_was_told_is_not_told_again(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct gathering gathering;
  struct err one = {0};
  struct err first = {0};
  struct err second = {0};
  assert_true(gathering_open(&gathering, arena, &first));
  fail_at(&one, 3);
  assert_true(gather(&gathering, &one, &first));
  fail_at(&one, 3);
  assert_true(gather(&gathering, &one, &second));
  assert_int_equal(second.code, ERR_KNOWN); /* it failed, all the same */
  assert_int_equal(told(&second), 0);
  assert_true(gather(&gathering, &second, &first));
  assert_int_equal(told(&first), 1);
  arena_drop(arena);
}

static void those_beyond_the_limit_are_counted(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  struct gathering gathering;
  struct err one = {0};
  struct err all = {0};
  assert_true(gathering_open(&gathering, arena, &all));
  for (unsigned i = 1; i <= LIMIT_FINDINGS + 5; i++) {
    fail_at(&one, i);
    assert_true(gather(&gathering, &one, &all));
  }
  assert_int_equal(told(&all), LIMIT_FINDINGS);
  assert_int_equal(gathering.left_out, 5);
  arena_drop(arena);
}

static void memory_ends_it_and_is_what_is_told(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct gathering gathering;
  struct err one = {0};
  struct err all = {0};
  assert_true(gathering_open(&gathering, arena, &all));
  fail_at(&one, 1);
  assert_true(gather(&gathering, &one, &all));
  fail_at(&one, 2);
  arena_fail_after(arena, 0);
  assert_false(gather(&gathering, &one, &all));
  assert_int_equal(all.code, ERR_MEMORY);
  assert_null(all.more);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_a_gathering_the_first_error_ends_it),
      cmocka_unit_test(errors_hang_on_each_other_and_get_path_and_place_together),
      cmocka_unit_test(what_was_told_is_not_told_again),
      cmocka_unit_test(those_beyond_the_limit_are_counted),
      cmocka_unit_test(memory_ends_it_and_is_what_is_told),
  };
  return cmocka_run_group_tests_name("gathering", tests, NULL, NULL);
}
