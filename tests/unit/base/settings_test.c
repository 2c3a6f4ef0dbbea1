/* Environment and entropy as arguments. */
#include "environment.h"

#include <string.h>

#include "cases.h"
#include "entropy.h"

static const char *fixed(void *context, const char *name) {
  (void)context;
  return strcmp(name, "SET") == 0 ? "value" : strcmp(name, "EMPTY") == 0 ? "" : NULL;
}

static void empty_is_as_if_not_set(void **state) {
  (void)state;
  struct environment environment = {.get = fixed};
  sv value;
  assert_true(environment_get(&environment, "SET", &value));
  assert_true(sv_eq(value, SV("value")));
  assert_false(environment_get(&environment, "EMPTY", &value));
  assert_int_equal(value.len, 0);
  assert_false(environment_get(&environment, "ABSENT", &value));
  assert_int_equal(value.len, 0);
}

static void the_process_has_a_path(void **state) {
  (void)state;
  struct environment environment = environment_of_process();
  sv value;
  assert_true(environment_get(&environment, "PATH", &value));
  assert_false(environment_get(&environment, "ARAZZO_NO_SUCH_VARIABLE", &value));
}

static uint64_t largest(void *context) {
  (void)context;
  return UINT64_MAX;
}

static void numbers_stay_within_their_bound(void **state) {
  (void)state;
  struct entropy top = {.next = largest};
  struct entropy system = entropy_system();
  assert_int_equal(entropy_up_to(&top, 0), 0);
  assert_true(entropy_up_to(&top, UINT64_MAX) == UINT64_MAX);
  bool seen[4] = {false};
  for (int i = 0; i < 1000; i++) {
    uint64_t value = entropy_up_to(&system, 3);
    assert_true(value <= 3);
    seen[value] = true;
    assert_true(entropy_up_to(&top, (uint64_t)i) <= (uint64_t)i);
  }
  assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(empty_is_as_if_not_set),
      cmocka_unit_test(the_process_has_a_path),
      cmocka_unit_test(numbers_stay_within_their_bound),
  };
  return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
