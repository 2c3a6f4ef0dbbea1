/* What of a text may reach a terminal, and how wide it is. */
#include "screen.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/cli/screen.json"

static sv text_of(const cJSON *data, char *buffer) {
  const cJSON *byte = NULL;
  size_t count = 0;
  if (case_text(data, "text")) {
    return sv_from(case_text(data, "text"));
  }
  cJSON_ArrayForEach(byte, cJSON_GetObjectItem(data, "bytes")) {
    buffer[count++] = (char)byte->valueint;
  }
  return (sv){buffer, count};
}

static void shows(void **state) {
  const struct case_state *c = *state;
  char buffer[64];
  struct arena *arena = arena_new(MIB(1));
  struct sb out = sb_new(arena, KIB(4));
  const cJSON *most = cJSON_GetObjectItem(c->data, "most");
  screen_put(&out, text_of(c->data, buffer), most ? (size_t)most->valueint : SIZE_MAX);
  if (!sv_eq(sb_view(&out), sv_from(case_text(c->data, "shown")))) {
    fail_msg("'%.*s'", SV_ARG(sb_view(&out)));
  }
  assert_int_equal(screen_columns(sb_view(&out)), cJSON_GetObjectItem(c->data, "columns")->valueint);
  arena_drop(arena);
}

static void prints_the_same(void **state) {
  (void)state;
  char buffer[16] = {0};
  FILE *file = fmemopen(buffer, sizeof buffer, "w");
  assert_non_null(file);
  screen_print(file, SV("a\033[1mb"));
  assert_int_equal(screen_width(file), 80); /* no terminal */
  fclose(file);
  assert_string_equal(buffer, "a?[1mb");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(prints_the_same)};
  return cases_run("screen", CASES, NULL, shows) + cmocka_run_group_tests_name("screen", tests, NULL, NULL);
}
