/* Charsets: bytes of an encoding in, UTF-8 out. Cases: charset.json; bytes are hexadecimal, with spaces or not. */
#include "charset.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"

#define CASES "tests/unit/base/charset.json"

static sv from_hex(const char *hex, char *room) {
  size_t count = 0;
  for (const char *at = hex; *at;) {
    if (*at == ' ') {
      at++;
      continue;
    }
    char pair[3] = {at[0], at[1], '\0'};
    room[count++] = (char)strtoul(pair, NULL, 16);
    at += 2;
  }
  return (sv){room, count};
}

static void decodes(void **state) {
  const struct case_state *c = *state;
  char bytes[64];
  char wanted[64];
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  sv text;
  if (!charset_decode(arena, sv_from(case_text(c->data, "charset")), from_hex(case_text(c->data, "bytes"), bytes),
                      &text, &e)) {
    fail_msg("%s", e.text);
  }
  assert_true(sv_eq(text, from_hex(case_text(c->data, "text"), wanted)));
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  char bytes[64];
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  sv text;
  assert_false(charset_decode(arena, sv_from(case_text(c->data, "charset")),
                              from_hex(case_text(c->data, "bytes"), bytes), &text, &e));
  assert_int_equal(e.code, strcmp(case_text(c->data, "code"), "INVALID") == 0 ? ERR_INVALID : ERR_UNSUPPORTED);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("%s", e.text);
  }
  arena_drop(arena);
}

static void memory_may_run_out(void **state) {
  (void)state;
  static const char *const names[] = {"iso-8859-1", "utf-16le"};
  for (size_t i = 0; i < 2; i++) {
    struct arena *arena = arena_new(MIB(1));
    struct err e = {0};
    sv text;
    arena_fail_after(arena, 0);
    assert_false(charset_decode(arena, sv_from(names[i]), SV("ab"), &text, &e));
    assert_int_equal(e.code, ERR_MEMORY);
    arena_drop(arena);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(memory_may_run_out)};
  return cases_run("charset: decode", CASES, "decode", decodes) +
         cases_run("charset: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("charset", tests, NULL, NULL);
}
