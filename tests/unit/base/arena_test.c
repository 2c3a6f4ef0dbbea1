/* The arena: its budget to the byte, alignment, zeroes, growth, failing on demand, and the builder's bound above it. */
#include "arena.h"

#include <stdalign.h>
#include <string.h>

#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

static bool is_zero(const char *memory, size_t size) {
  for (size_t i = 0; i < size; i++) {
    if (memory[i]) {
      return false;
    }
  }
  return true;
}

static void memory_is_zero_and_aligned(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  for (size_t size = 1; size < 200; size++) {
    char *memory = arena_alloc(arena, size);
    assert_non_null(memory);
    assert_true((uintptr_t)memory % alignof(max_align_t) == 0);
    assert_true(is_zero(memory, size));
    memset(memory, 0xA5, size);
  }
  arena_drop(arena);
}

static void budget_holds_to_the_byte(void **state) {
  (void)state;
  struct arena *arena = arena_new(4096);
  assert_non_null(arena_alloc(arena, 4000));
  assert_non_null(arena_alloc(arena, 96));
  assert_int_equal(arena_used_bytes(arena), 4096);
  assert_null(arena_alloc(arena, 1));
  assert_null(arena_alloc(arena, SIZE_MAX));
  assert_null(arena_alloc(arena, SIZE_MAX / 2 + 1));
  assert_null(arena_alloc(arena, 0));
  arena_drop(arena);
}

static void arrays_do_not_overflow(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  assert_null(arena_array(arena, SIZE_MAX / 2, 4));
  assert_null(arena_array(arena, SIZE_MAX, SIZE_MAX));
  assert_null(arena_array(arena, 0, 8));
  assert_non_null(arena_array(arena, 16, 8));
  arena_drop(arena);
}

static void growth_keeps_content_and_clears_the_rest(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(4));
  size_t size = 16;
  char *memory = arena_alloc(arena, size);
  memset(memory, 'x', size);
  for (int round = 0; round < 14; round++) {
    if (round % 3 == 2) {
      memset(arena_alloc(arena, 24), 'y', 24); /* no longer the newest piece */
    }
    char *grown = arena_grow(arena, memory, size, size * 2);
    assert_non_null(grown);
    for (size_t i = 0; i < size; i++) {
      assert_int_equal(grown[i], 'x');
    }
    assert_true(is_zero(grown + size, size));
    memset(grown, 'x', size * 2);
    memory = grown;
    size *= 2;
  }
  arena_drop(arena);
}

static void the_newest_piece_grows_in_place(void **state) {
  (void)state;
#ifndef ARENA_DEBUG
  struct arena *arena = arena_new(KIB(32));
  char *memory = arena_alloc(arena, 128);
  assert_ptr_equal(arena_grow(arena, memory, 128, 4096), memory);
  assert_int_equal(arena_used_bytes(arena), 4096);
  arena_drop(arena);
#endif
}

static void growth_respects_the_budget(void **state) {
  (void)state;
  struct arena *arena = arena_new(1024);
  char *memory = arena_alloc(arena, 512);
  assert_null(arena_grow(arena, memory, 512, 2048));
  assert_null(arena_grow(arena, memory, 512, SIZE_MAX));
  assert_int_equal(arena_used_bytes(arena), 512);
  arena_drop(arena);
}

static void reset_gives_the_budget_back(void **state) {
  (void)state;
  struct arena *arena = arena_new(KIB(256));
  for (int round = 0; round < 50; round++) {
    assert_non_null(arena_alloc(arena, KIB(100)));
    char *small = arena_alloc(arena, KIB(60));
    assert_true(is_zero(small, KIB(60)));
    memset(small, 0x5A, KIB(60));
    assert_null(arena_alloc(arena, KIB(100)));
    arena_reset(arena);
    assert_int_equal(arena_used_bytes(arena), 0);
  }
  arena_drop(arena);
  arena_drop(NULL);
}

static void the_nth_allocation_fails_and_all_after_it(void **state) {
  (void)state;
  for (long n = 0; n < 5; n++) {
    struct arena *arena = arena_new(KIB(64));
    arena_fail_after(arena, n);
    for (long i = 0; i < n; i++) {
      assert_non_null(arena_alloc(arena, 8));
    }
    assert_null(arena_alloc(arena, 8));
    assert_null(arena_alloc(arena, 8));
    arena_fail_after(arena, -1);
    assert_non_null(arena_alloc(arena, 8));
    arena_drop(arena);
  }
}

/* ---- the builder ---- */

static void builder_takes_exactly_its_maximum(void **state) {
  (void)state;
  for (size_t max = 0; max < 300; max++) {
    struct arena *arena = arena_new(KIB(64));
    struct sb b = sb_new(arena, max);
    for (size_t i = 0; i < max; i++) {
      sb_char(&b, 'a');
    }
    assert_int_equal(b.state, SB_OK);
    assert_int_equal(sb_view(&b).len, max);
    sb_put(&b, SV(""));
    assert_int_equal(b.state, SB_OK);
    sb_char(&b, 'b');
    assert_int_equal(b.state, SB_TOO_LONG);
    assert_int_equal(sb_view(&b).len, 0);
    arena_drop(arena);
  }
}

static void builder_stays_failed(void **state) {
  (void)state;
  struct arena *arena = arena_new(KIB(64));
  struct sb b = sb_new(arena, 4);
  struct err e = {0};
  sv text;
  sb_put(&b, SV("abc"));
  sb_put(&b, SV("de"));
  sb_put(&b, SV("f"));
  sb_format(&b, "%d", 1);
  assert_false(sb_finish(&b, "the thing", &text, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_string_equal(e.text, "the thing is longer than 4 bytes");
  arena_drop(arena);
}

static void builder_reports_memory(void **state) {
  (void)state;
  struct arena *arena = arena_new(KIB(1));
  struct sb b = sb_new(arena, KIB(64));
  struct err e = {0};
  for (int i = 0; i < 2000; i++) {
    sb_char(&b, 'a');
  }
  assert_int_equal(b.state, SB_NO_MEMORY);
  assert_false(sb_check(&b, "it", &e));
  assert_int_equal(e.code, ERR_MEMORY);
  arena_drop(arena);
}

static void builder_formats(void **state) {
  (void)state;
  struct arena *arena = arena_new(KIB(64));
  struct sb b = sb_new(arena, 10);
  sb_format(&b, "%s", "");
  sb_format(&b, "%05d", 42);
  sb_format(&b, "%.*s", SV_ARG(SV("12345")));
  assert_true(sv_eq(sb_view(&b), SV("0004212345")));
  sb_format(&b, "%d", 7);
  assert_int_equal(b.state, SB_TOO_LONG);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(memory_is_zero_and_aligned),
      cmocka_unit_test(budget_holds_to_the_byte),
      cmocka_unit_test(arrays_do_not_overflow),
      cmocka_unit_test(growth_keeps_content_and_clears_the_rest),
      cmocka_unit_test(the_newest_piece_grows_in_place),
      cmocka_unit_test(growth_respects_the_budget),
      cmocka_unit_test(reset_gives_the_budget_back),
      cmocka_unit_test(the_nth_allocation_fails_and_all_after_it),
      cmocka_unit_test(builder_takes_exactly_its_maximum),
      cmocka_unit_test(builder_stays_failed),
      cmocka_unit_test(builder_reports_memory),
      cmocka_unit_test(builder_formats),
  };
  return cmocka_run_group_tests_name("arena and builder", tests, NULL, NULL);
}
