/* Masking: which forms of a secret are hidden, what stays readable, and that without memory or time all is hidden. */
#include "masking.h"

#include <string.h>
#include <time.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/base/masking.json"
#define CPU_SECONDS_MAX 20 /* generous: also under valgrind */

static struct masking *made(struct arena *arena, const char *const *secrets, size_t count) {
  struct masking *masking = masking_new(arena);
  struct err e = {0};
  for (size_t i = 0; i < count; i++) {
    assert_true(masking_add(masking, sv_from(secrets[i]), &e));
  }
  return masking;
}

static void check_equal(sv found, const char *wanted) {
  if (!sv_eq(found, sv_from(wanted))) {
    fail_msg("'%.*s' instead of '%s'", SV_ARG(found), wanted);
  }
}

static void hides(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(8));
  struct masking *masking = masking_new(arena);
  const cJSON *secret = NULL;
  struct err e = {0};
  cJSON_ArrayForEach(secret, cJSON_GetObjectItem(c->data, "secrets")) {
    assert_true(masking_add(masking, sv_from(secret->valuestring), &e));
  }
  check_equal(masking_apply(masking, arena, sv_from(case_text(c->data, "text"))), case_text(c->data, "masked"));
  arena_drop(arena);
}

static void no_masking_hides_nothing(void **state) {
  (void)state;
  check_equal(masking_apply(NULL, NULL, SV("a text")), "a text");
}

/* Whatever a text is cut to, no four bytes of the secret's beginning are left. */
static void every_cut_is_hidden(void **state) {
  (void)state;
  static const char *const secret[] = {"correct horse/battery\"staple"};
  static const char *const texts[] = {"q=correct horse/battery\"staple", "q=correct%20horse%2Fbattery%22staple",
                                      "q=correct+horse%2fbattery%22staple", "q=correct horse\\/battery\\\"staple",
                                      "q=Y29ycmVjdCBob3JzZS9iYXR0ZXJ5InN0YXBsZQ"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    for (size_t length = strlen("q=") + LIMIT_MASKING_WORD_BYTES; length <= strlen(texts[i]); length++) {
      struct arena *arena = arena_new(MIB(1));
      const struct masking *masking = made(arena, secret, 1);
      check_equal(masking_apply(masking, arena, (sv){texts[i], length}), "q=***");
      arena_drop(arena);
    }
  }
}

static void every_allocation_fails(void **state) {
  (void)state;
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(1));
    struct err e = {0};
    arena_fail_after(arena, n);
    struct masking *masking = masking_new(arena);
    bool added = masking && masking_add(masking, SV("hunter2"), &e) && masking_add(masking, SV("a/b c"), &e);
    assert_true(added || !masking || e.code == ERR_MEMORY);
    sv text = added ? masking_apply(masking, arena, SV("is hunter2 or not")) : SV("");
    assert_false(sv_contains(text, SV("hunt")));
    passed = added && sv_eq(text, SV("is *** or not"));
    assert_true(passed || text.len == 0 || sv_eq(text, SV(MASKING_MASK)));
    arena_drop(arena);
  }
  assert_true(n > 5);
}

static void too_many_secrets_are_an_error(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(8));
  struct masking *masking = masking_new(arena);
  struct err e = {0};
  for (int i = 0; i < LIMIT_MASKING_SECRETS; i++) {
    struct sb text = sb_new(arena, 32);
    sb_format(&text, "secret-%d", i);
    assert_true(masking_add(masking, sb_view(&text), &e));
  }
  assert_false(masking_add(masking, SV("one more"), &e));
  assert_int_equal(e.code, ERR_LIMIT);
  check_equal(masking_apply(masking, arena, SV("a secret-7, a secret-999")), "a ***, a ***");
  arena_drop(arena);
}

/* Texts and secrets that are made to be compared for long: what can't be judged in time is hidden as a whole. */
static void work_is_bounded(void **state) {
  (void)state;
  static char text[KIB(256)];
  static char secret[KIB(64) + 1];
  struct arena *arena = arena_new(MIB(64));
  memset(text, 'a', sizeof text);
  memset(secret, 'a', sizeof secret - 1);
  secret[sizeof secret - 2] = 'b';
  const char *const secrets[] = {secret};
  const struct masking *masking = made(arena, secrets, 1);
  clock_t start = clock();
  check_equal(masking_apply(masking, arena, (sv){text, sizeof text}), MASKING_MASK);
  memset(text, '%', sizeof text);
  assert_int_equal(masking_apply(masking, arena, (sv){text, sizeof text}).len, sizeof text);
  assert_true(clock() - start < (clock_t)CPU_SECONDS_MAX * CLOCKS_PER_SEC);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(no_masking_hides_nothing), cmocka_unit_test(every_cut_is_hidden),
      cmocka_unit_test(every_allocation_fails),   cmocka_unit_test(too_many_secrets_are_an_error),
      cmocka_unit_test(work_is_bounded),
  };
  return cases_run("masking", CASES, NULL, hides) + cmocka_run_group_tests_name("masking", tests, NULL, NULL);
}
