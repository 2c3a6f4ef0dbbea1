/* MD5 against RFC 1321's examples, SHA-256 against FIPS 180-4's examples, HMAC-SHA-256 against RFC 4231, and both against streams of a million bytes. */
#include "digest.h"

#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "errinfo.h"

#define CASES "tests/unit/base/digest.json"

/* A text, repeated as the case says. */
static char *repeated(const cJSON *data, const char *member, size_t *length) {
  const char *text = case_text(data, member);
  const cJSON *times = cJSON_GetObjectItem(data, "times");
  size_t count = times ? (size_t)cJSON_GetNumberValue(times) : 1;
  size_t size = strlen(text);
  char *out = malloc(size * count + 1);
  assert_non_null(out);
  for (size_t i = 0; i < count; i++) {
    memcpy(out + i * size, text, size);
  }
  *length = size * count;
  return out;
}

static sv from_hex(const char *hex, char *room) {
  size_t count = strlen(hex) / 2;
  for (size_t i = 0; i < count; i++) {
    char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
    room[i] = (char)strtoul(pair, NULL, 16);
  }
  return (sv){room, count};
}

static void hashes(void **state) {
  const struct case_state *c = *state;
  struct err e = {0};
  struct sha256 digest;
  size_t length = 0;
  char *text = repeated(c->data, "text", &length);
  assert_true(sha256((sv){text, length}, &digest, &e));
  assert_string_equal(sha256_to_hex(&digest).text, case_text(c->data, "digest"));
  assert_int_equal(sha256_view(&digest).len, 32);
  free(text);
}

static void authenticates(void **state) {
  const struct case_state *c = *state;
  struct err e = {0};
  struct sha256 digest;
  char key[256];
  char data[256];
  assert_true(
      hmac_sha256(from_hex(case_text(c->data, "key"), key), from_hex(case_text(c->data, "data"), data), &digest, &e));
  assert_string_equal(sha256_to_hex(&digest).text, case_text(c->data, "digest"));
}

/* RFC 1321 A.5. */
static void md5_of_the_standards_examples(void **state) {
  (void)state;
  static const struct {
    const char *text;
    const char *digest;
  } rows[] = {{"", "d41d8cd98f00b204e9800998ecf8427e"},
              {"abc", "900150983cd24fb0d6963f7d28e17f72"},
              {"abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct err e = {0};
    struct md5 digest;
    char room[MD5_BYTES];
    assert_true(md5(sv_from(rows[i].text), &digest, &e));
    assert_memory_equal(digest.bytes, from_hex(rows[i].digest, room).ptr, MD5_BYTES);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(md5_of_the_standards_examples)};
  return cases_run("SHA-256", CASES, "sha256", hashes) + cases_run("HMAC-SHA-256", CASES, "hmac", authenticates) +
         cmocka_run_group_tests_name("MD5", tests, NULL, NULL);
}
