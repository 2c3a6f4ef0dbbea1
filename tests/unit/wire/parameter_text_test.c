/* Parameters: a place, a style and a value in; what stands in the request out. Cases: parameter_text.json, which holds the table
 * "Style Examples" of OpenAPI 3.2 and examples of RFC 6570. Values are JSON as text, so that numbers stay as they are written. */
#include "parameter_text.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/wire/parameter_text.json"

static enum parameter_style_name style_of(const cJSON *data) {
  static const char *const names[] = {"simple",         "label",         "matrix",     "form",
                                      "spaceDelimited", "pipeDelimited", "deepObject", "cookie"};
  unsigned i = 0;
  while (strcmp(names[i], case_text(data, "style")) != 0) {
    i++;
  }
  return (enum parameter_style_name)i;
}

static bool is_true(const cJSON *data, const char *name) {
  return cJSON_IsTrue(cJSON_GetObjectItem(data, name));
}

static bool put(struct arena *arena, const cJSON *data, struct sb *out, struct err *e) {
  struct parameter_style style = {style_of(data), is_true(data, "explode"), is_true(data, "reserved")};
  const char *name = case_text(data, "parameter");
  enum parameter_in in;
  json *value = NULL;
  struct err unexpected = {0};
  assert_true(parameter_in_read(sv_from(case_text(data, "in")), &in));
  assert_true(json_parse(arena, sv_from(case_text(data, "value")), &value, &unexpected));
  return parameter_put(out, in, sv_from(name ? name : "color"), value, &style, is_true(data, "slashes"), e);
}

static void puts_value(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct sb out = sb_new(arena, KIB(4));
  struct err e = {0};
  if (!put(arena, c->data, &out, &e)) {
    fail_msg("%s", e.text);
  }
  if (!sv_eq(sb_view(&out), sv_from(case_text(c->data, "text")))) {
    fail_msg("got %.*s", SV_ARG(sb_view(&out)));
  }
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct sb out = sb_new(arena, KIB(4));
  struct err e = {0};
  assert_false(put(arena, c->data, &out, &e));
  assert_int_equal(e.code, ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("%s", e.text);
  }
  arena_drop(arena);
}

/* A value that is too long shows in the builder, and nowhere else. */
static void bounds_are_the_builders(void **state) {
  (void)state;
  struct parameter_style style = parameter_style_default(IN_QUERY);
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  json *value = json_new_string(arena, SV("abc"));
  for (size_t max = 0; max < 8; max++) {
    struct sb out = sb_new(arena, max);
    assert_true(parameter_put(&out, IN_QUERY, SV("name"), value, &style, false, &e));
    assert_int_equal(out.state, SB_TOO_LONG);
  }
  arena_drop(arena);
}

static void defaults_are_the_specifications(void **state) {
  (void)state;
  const enum parameter_in simple[] = {IN_PATH, IN_HEADER};
  const enum parameter_in form[] = {IN_QUERY, IN_COOKIE};
  for (size_t i = 0; i < 2; i++) {
    struct parameter_style a = parameter_style_default(simple[i]);
    struct parameter_style b = parameter_style_default(form[i]);
    assert_true(a.name == STYLE_SIMPLE && !a.explode && !a.allow_reserved);
    assert_true(b.name == STYLE_FORM && b.explode && !b.allow_reserved);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bounds_are_the_builders),
      cmocka_unit_test(defaults_are_the_specifications),
  };
  return cases_run("parameter: put", CASES, "put", puts_value) +
         cases_run("parameter: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("parameter", tests, NULL, NULL);
}
