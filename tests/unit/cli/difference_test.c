/* The first difference of two values, in words. */
#include "difference.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/cli/difference.json"

static json *parsed(struct arena *arena, const cJSON *value) {
  json *out = NULL;
  struct err e = {0};
  char *text = cJSON_PrintUnformatted(value);
  assert_true(json_parse(arena, sv_from(text), &out, &e));
  free(text);
  return out;
}

static void tells(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct sb text = sb_new(arena, KIB(16));
  sv want = sv_from(case_text(c->data, "text"));
  bool found = difference_put(&text, SV("it"), parsed(arena, cJSON_GetObjectItem(c->data, "now")),
                              parsed(arena, cJSON_GetObjectItem(c->data, "before")));
  assert_true(found == (want.len > 0));
  if (!sv_eq(sb_view(&text), want)) {
    fail_msg("'%.*s'", SV_ARG(sb_view(&text)));
  }
  arena_drop(arena);
}

static void long_values_are_cut(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct sb text = sb_new(arena, KIB(16));
  char *value = arena_alloc(arena, 1000);
  memset(value, 'x', 999);
  assert_true(difference_put(&text, SV("it"), json_new_string(arena, sv_from(value)), json_new_integer(arena, 1)));
  assert_true(text.len < 300);
  assert_true(sv_contains(sb_view(&text), SV("x..., but was 1")));
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(long_values_are_cut)};
  return cases_run("difference", CASES, NULL, tells) + cmocka_run_group_tests_name("difference", tests, NULL, NULL);
}
