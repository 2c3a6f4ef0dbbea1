/* Views, UTF-8 and JSON string literals, from tables. */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"
#include "utf8.h"

#define CASES "tests/unit/base/text.json"

static void reads_numbers(void **state) {
  const struct case_state *c = *state;
  const cJSON *value = cJSON_GetObjectItem(c->data, "value");
  unsigned long long max = strtoull(case_text(c->data, "max"), NULL, 10);
  unsigned long long got = 0;
  assert_int_equal(sv_to_uint(sv_from(case_text(c->data, "text")), max, &got), cJSON_IsString(value));
  if (cJSON_IsString(value)) {
    assert_true(got == strtoull(value->valuestring, NULL, 10));
  }
}

static sv bytes_of(const cJSON *data, char *room) {
  size_t count = 0;
  const cJSON *byte = NULL;
  cJSON_ArrayForEach(byte, cJSON_GetObjectItem(data, "bytes")) {
    room[count++] = (char)(unsigned char)cJSON_GetNumberValue(byte);
  }
  return (sv){room, count};
}

static void decodes(void **state) {
  const struct case_state *c = *state;
  char room[64];
  uint32_t code_point = 0;
  size_t length = (size_t)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "length"));
  sv bytes = bytes_of(c->data, room);
  assert_int_equal(utf8_decode(bytes, &code_point), length);
  if (length) {
    struct arena *arena = arena_new(KIB(1));
    struct sb out = sb_new(arena, 8);
    assert_int_equal(code_point, (uint32_t)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "codePoint")));
    utf8_put(&out, code_point);
    assert_true(sv_eq(sb_view(&out), sv_slice(bytes, 0, length)));
    arena_drop(arena);
  }
}

static void quotes(void **state) {
  const struct case_state *c = *state;
  char room[64];
  struct arena *arena = arena_new(KIB(4));
  struct sb out = sb_new(arena, KIB(1));
  quote_json(&out, bytes_of(c->data, room));
  assert_true(sv_eq(sb_view(&out), sv_from(case_text(c->data, "quoted"))));
  arena_drop(arena);
}

static void every_code_point_goes_there_and_back(void **state) {
  (void)state;
  struct arena *arena = arena_new(KIB(64));
  for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point++) {
    if (code_point >= 0xD800 && code_point <= 0xDFFF) {
      continue;
    }
    uint32_t again = 1;
    struct sb out = sb_new(arena, 8);
    utf8_put(&out, code_point);
    if (utf8_decode(sb_view(&out), &again) != out.len || again != code_point || utf8_count(sb_view(&out)) != 1) {
      fail_msg("U+%04X", code_point);
    }
    arena_reset(arena);
  }
  arena_drop(arena);
}

static void prefixes_end_at_the_first_wrong_byte(void **state) {
  (void)state;
  assert_int_equal(utf8_valid_prefix(SV("abc")), 3);
  assert_int_equal(utf8_valid_prefix(SV("")), 0);
  assert_int_equal(utf8_valid_prefix(SV("ab\xC3")), 2);
  assert_int_equal(utf8_valid_prefix(SV("é\xFFx")), 2);
  assert_int_equal(utf8_count(SV("a€😀")), 3);
}

static void quoted_text_is_json(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  for (unsigned first = 0; first < 256; first++) {
    for (unsigned second = 0; second < 256; second += 3) {
      const char text[] = {(char)(unsigned char)first, (char)(unsigned char)second, 'z'};
      struct sb out = sb_new(arena, 64);
      quote_json(&out, (sv){text, 3});
      cJSON *value = first && second ? cJSON_ParseWithLengthOpts(out.data, out.len, NULL, false) : cJSON_CreateNull();
      assert_non_null(value);
      assert_int_equal(utf8_valid_prefix(sb_view(&out)), out.len);
      cJSON_Delete(value);
      arena_reset(arena);
    }
  }
  arena_drop(arena);
}

static void views(void **state) {
  (void)state;
  sv head;
  sv tail;
  sv empty = sv_from(NULL);
  assert_int_equal(empty.len, 0);
  assert_true(sv_eq(empty, SV("")));
  assert_true(sv_eq((sv){NULL, 0}, SV("")));
  assert_true(sv_eq_nocase(SV("Content-TYPE"), SV("content-type")));
  assert_false(sv_eq_nocase(SV("a"), SV("ab")));
  assert_false(sv_eq_nocase(SV("["), SV("{")));
  assert_true(sv_compare(SV("a"), SV("ab")) < 0);
  assert_true(sv_compare(SV("b"), SV("ab")) > 0);
  assert_true(sv_compare(SV("é"), SV("z")) > 0);
  assert_int_equal(sv_compare(SV(""), (sv){NULL, 0}), 0);
  assert_true(sv_starts(SV("abc"), SV("")) && sv_starts(SV("abc"), SV("abc")) && !sv_starts(SV("ab"), SV("abc")));
  assert_true(sv_ends(SV("abc"), SV("bc")) && sv_ends(SV("a"), SV("")) && !sv_ends(SV("c"), SV("bc")));
  assert_true(sv_contains(SV("abc"), SV("bc")) && sv_contains(SV(""), SV("")) && !sv_contains(SV("ab"), SV("abc")));
  assert_int_equal(sv_find(SV("abc"), 'c'), 2);
  assert_int_equal(sv_find(SV("abc"), 'x'), 3);
  assert_int_equal(sv_find((sv){NULL, 0}, 'x'), 0);
  assert_true(sv_eq(sv_slice(SV("abc"), 1, 99), SV("bc")));
  assert_true(sv_eq(sv_slice(SV("abc"), 5, 9), SV("")));
  assert_true(sv_eq(sv_slice(SV("abc"), 2, 1), SV("")));
  assert_true(sv_eq(sv_trim(SV(" \t\r\na b\n ")), SV("a b")));
  assert_true(sv_eq(sv_trim(SV(" \n")), SV("")));
  assert_true(sv_split(SV("a=b=c"), '=', &head, &tail));
  assert_true(sv_eq(head, SV("a")) && sv_eq(tail, SV("b=c")));
  assert_true(sv_split(SV("="), '=', &head, &tail));
  assert_true(head.len == 0 && tail.len == 0);
  assert_false(sv_split(SV("abc"), '=', &head, &tail));
}

static void the_door_to_terminated_text_refuses_nul(void **state) {
  (void)state;
  struct arena *arena = arena_new(64);
  struct err e = {0};
  const char *text = NULL;
  assert_true(sv_to_text(arena, SV("abc"), &text, &e));
  assert_string_equal(text, "abc");
  assert_true(sv_to_text(arena, (sv){NULL, 0}, &text, &e));
  assert_string_equal(text, "");
  assert_false(sv_to_text(arena, SV("a\0b"), &text, &e));
  assert_int_equal(e.code, ERR_INVALID);
  err_clear(&e);
  assert_false(sv_to_text(arena, SV("longer than what this arena has left, which is rather little"), &text, &e));
  assert_int_equal(e.code, ERR_MEMORY);
  assert_int_equal(sv_copy(arena, SV("longer than what this arena has left, which is rather little")).len, 0);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(views),
      cmocka_unit_test(the_door_to_terminated_text_refuses_nul),
      cmocka_unit_test(every_code_point_goes_there_and_back),
      cmocka_unit_test(prefixes_end_at_the_first_wrong_byte),
      cmocka_unit_test(quoted_text_is_json),
  };
  return cases_run("numbers", CASES, "numbers", reads_numbers) + cases_run("UTF-8", CASES, "utf8", decodes) +
         cases_run("JSON literals", CASES, "quote", quotes) + cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
