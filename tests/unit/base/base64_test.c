/* Base64: RFC 4648's examples, every byte in every place, and what is refused. Cases: base64.json; their bytes are hexadecimal. */
#include "base64.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/base/base64.json"

static sv from_hex(const char *hex, char *room) {
  size_t count = strlen(hex) / 2;
  for (size_t i = 0; i < count; i++) {
    char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
    room[i] = (char)strtoul(pair, NULL, 16);
  }
  return (sv){room, count};
}

static void decodes(void **state) {
  const struct case_state *c = *state;
  char room[64];
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  sv bytes;
  if (!base64_decode(arena, sv_from(case_text(c->data, "text")), &bytes, &e)) {
    fail_msg("%s", e.text);
  }
  assert_true(sv_eq(bytes, from_hex(case_text(c->data, "bytes"), room)));
  arena_drop(arena);
}

static void encodes(void **state) {
  const struct case_state *c = *state;
  char room[64];
  struct arena *arena = arena_new(MIB(1));
  struct sb out = sb_new(arena, 64);
  bool is_url = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "url"));
  base64_put(&out, from_hex(case_text(c->data, "bytes"), room), is_url ? BASE64_URL : BASE64_STANDARD);
  assert_true(sv_eq(sb_view(&out), sv_from(case_text(c->data, "text"))));
  decodes(state);
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  sv bytes;
  assert_false(base64_decode(arena, sv_from(case_text(c->data, "text")), &bytes, &e));
  assert_int_equal(e.code, ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("%s", e.text);
  }
  arena_drop(arena);
}

static void every_byte_in_every_place(void **state) {
  (void)state;
  char bytes[256 + 2];
  for (size_t i = 0; i < sizeof bytes; i++) {
    bytes[i] = (char)i;
  }
  for (size_t from = 0; from < 3; from++) {
    struct arena *arena = arena_new(MIB(1));
    struct sb out = sb_new(arena, KIB(1));
    struct err e = {0};
    sv wanted = {bytes + from, 256};
    sv back;
    base64_put(&out, wanted, from % 2 ? BASE64_URL : BASE64_STANDARD);
    assert_true(base64_decode(arena, sb_view(&out), &back, &e));
    assert_true(sv_eq(back, wanted));
    arena_drop(arena);
  }
}

static void memory_may_run_out(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  sv bytes;
  arena_fail_after(arena, 0);
  assert_false(base64_decode(arena, SV("Zm9v"), &bytes, &e));
  assert_int_equal(e.code, ERR_MEMORY);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_byte_in_every_place),
      cmocka_unit_test(memory_may_run_out),
  };
  return cases_run("base64: encode", CASES, "encode", encodes) + cases_run("base64: decode", CASES, "decode", decodes) +
         cases_run("base64: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
