/* Conditions in few words, lines, and the width of text. */
#include "graph_words.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "limits.h"
#include "sb.h"
#include "text_width.h"

#define CASES "tests/unit/cli/graph_words.json"

static enum criterion_type type_of(const cJSON *data) {
  static const char *const names[] = {"simple", "regex", "jsonpath", "xpath"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (strcmp(names[i], case_text(data, "type")) == 0) {
      return (enum criterion_type)i;
    }
  }
  fail_msg("unknown type");
  return CRITERION_SIMPLE;
}

static void shortens(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct sb out = sb_new(arena, KIB(4));
  graph_put_condition(&out, type_of(c->data), sv_from(case_text(c->data, "text")));
  if (!sv_eq(sb_view(&out), sv_from(case_text(c->data, "words")))) {
    fail_msg("'%.*s'", SV_ARG(sb_view(&out)));
  }
  arena_drop(arena);
}

static void breaks(void **state) {
  const struct case_state *c = *state;
  const cJSON *want = cJSON_GetObjectItem(c->data, "lines");
  size_t columns = (size_t)cJSON_GetObjectItem(c->data, "columns")->valuedouble;
  struct graph_lines got = graph_wrap(sv_from(case_text(c->data, "text")), columns);
  assert_int_equal(got.count, cJSON_GetArraySize(want));
  for (size_t i = 0; i < got.count; i++) {
    assert_true(sv_eq(got.items[i], sv_from(cJSON_GetArrayItem(want, (int)i)->valuestring)));
  }
  assert_int_equal(got.is_cut, cJSON_IsTrue(cJSON_GetObjectItem(c->data, "cut")));
}

static void widths(void **state) {
  (void)state;
  assert_int_equal(text_width(SV(""), 12), 0);
  assert_int_equal(text_width(SV("iiii"), 1000), 4 * 280);
  assert_true(text_width(SV("WWWW"), 12) > 3 * text_width(SV("iiii"), 12));
  assert_int_equal(text_width(SV("e\xcc\x81"), 1000), text_width(SV("e"), 1000)); /* a combining accent */
  assert_int_equal(text_width(SV("日本"), 1000), 2 * 1050);
  assert_int_equal(text_width(SV("\xff"), 1000), 1050);
  assert_int_equal(text_width(SV("i"), 10), 3); /* rounded up */
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(widths)};
  return cases_run("conditions in few words", CASES, "conditions", shortens) +
         cases_run("lines", CASES, "lines", breaks) + cmocka_run_group_tests_name("text width", tests, NULL, NULL);
}
