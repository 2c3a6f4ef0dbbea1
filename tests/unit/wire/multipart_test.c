/* multipart: an object and what a description says of it in, a body out. Cases: multipart.json. Bodies are lists of lines, which end in
 * CR LF; "{boundary}" stands for the boundary that was chosen. Bytes are written "\u00XX" as in the case. */
#include "multipart.h"

#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "media_case.h"
#include "sb.h"

#define CASES "tests/unit/wire/multipart.json"

static bool put(struct arena *arena, const cJSON *data, struct sb *out, sv *full_type, struct err *e) {
  const char *type = case_text(data, "type");
  return multipart_put(out, sv_from(type), media_case(arena, data), media_case_value(arena, data), full_type, e);
}

/* The expected body: its lines, with the boundary. */
static sv wanted(struct arena *arena, const cJSON *data, sv boundary) {
  struct sb out = sb_new(arena, KIB(16));
  const cJSON *line = NULL;
  cJSON_ArrayForEach(line, cJSON_GetObjectItem(data, "lines")) {
    sv rest = sv_from(line->valuestring);
    sv before;
    sv after;
    if (sv_split(rest, '{', &before, &after) && sv_starts(after, SV("boundary}"))) {
      sb_put(&out, before);
      sb_put(&out, boundary);
      rest = sv_slice(after, 9, after.len);
    }
    sb_put(&out, rest);
    sb_put(&out, SV("\r\n"));
  }
  return sb_view(&out);
}

static void puts_parts(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(4));
  struct sb out = sb_new(arena, KIB(16));
  struct err e = {0};
  sv type = SV("");
  sv boundary = SV("");
  if (!put(arena, c->data, &out, &type, &e)) {
    fail_msg("%s", e.text);
  }
  assert_true(media_type_parameter(type, SV("boundary"), &boundary));
  assert_true(multipart_type_is_valid(type));
  assert_true(sv_starts(type, sv_from(case_text(c->data, "type"))));
  if (!sv_eq(sb_view(&out), wanted(arena, c->data, boundary))) {
    fail_msg("got %.*s", SV_ARG(sb_view(&out)));
  }
  struct sb again = sb_new(arena, KIB(16));
  sv again_type;
  assert_true(put(arena, c->data, &again, &again_type, &e));
  assert_true(sv_eq(again_type, type) && sv_eq(sb_view(&again), sb_view(&out)));
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(4));
  struct sb out = sb_new(arena, KIB(16));
  struct err e = {0};
  sv type;
  assert_false(put(arena, c->data, &out, &type, &e));
  const char *code = case_text(c->data, "code");
  assert_int_equal(e.code, code ? ERR_UNSUPPORTED : ERR_INVALID);
  const char *where = case_text(c->data, "where");
  if (!strstr(e.text, case_text(c->data, "message")) || strcmp(e.where, where ? where : "") != 0) {
    fail_msg("%s: %s", e.where, e.text);
  }
  arena_drop(arena);
}

static void types(void **state) {
  (void)state;
  static const struct {
    sv type;
    bool is_valid;
    bool is_form;
  } rows[] = {
      {{"multipart/form-data", 19}, true, true},
      {{"Multipart/Form-Data ; boundary=a", 32}, true, true},
      {{"multipart/mixed; boundary=\"a:b\"", 31}, true, false},
      {{"multipart/mixed; boundary=", 26}, false, false},
      {{"multipart/mixed; boundary=\"\"", 28}, false, false},
      {{"multipart/mixed; boundary=\"a b\"", 31}, false, false},
      {{"multipart/mixed; boundary=a\"b", 29}, false, false},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    assert_int_equal(multipart_type_is_valid(rows[i].type), rows[i].is_valid);
    assert_int_equal(multipart_type_is_form(rows[i].type), rows[i].is_form);
  }
  char longest[128] = "multipart/mixed; boundary=";
  size_t start = strlen(longest);
  memset(longest + start, 'x', 71);
  assert_true(multipart_type_is_valid((sv){longest, start + 70}));
  assert_false(multipart_type_is_valid((sv){longest, start + 71}));
}

static const char torture[] =
    "{\"a\": [1, \"x\"], \"o\": {\"b\": 2}, \"f\": {\"base64\": \"AP8=\", \"filename\": \"f.bin\"}}";

static void every_allocation_fails(void **state) {
  (void)state;
  bool passed = false;
  for (long n = 0; !passed; n++) {
    struct arena *arena = arena_new(MIB(4));
    struct err e = {0};
    json *value = NULL;
    sv type;
    assert_true(json_parse(arena, sv_from(torture), &value, &e));
    struct sb out = sb_new(arena, KIB(16));
    arena_fail_after(arena, n);
    passed = multipart_put(&out, SV("multipart/form-data"), NULL, value, &type, &e) && sb_check(&out, "a body", &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
}

/* What does not fit shows in the builder, or as an error, but never as a cut body. */
static void sizes_are_bounded(void **state) {
  (void)state;
  bool passed = false;
  for (size_t max = 0; !passed; max++) {
    struct arena *arena = arena_new(MIB(4));
    struct err e = {0};
    json *value = NULL;
    sv type;
    assert_true(json_parse(arena, sv_from(torture), &value, &e));
    struct sb out = sb_new(arena, max);
    passed = multipart_put(&out, SV("multipart/form-data"), NULL, value, &type, &e) && sb_check(&out, "a body", &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_LIMIT);
    arena_drop(arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(types),
      cmocka_unit_test(every_allocation_fails),
      cmocka_unit_test(sizes_are_bounded),
  };
  return cases_run("multipart: put", CASES, "put", puts_parts) +
         cases_run("multipart: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
