/* Any bytes as a reference, as ARAZZO_SECRETS, and as a secret in each form: read, or refused with an error that holds nothing of
 * the secret. */
#include "api_secret.h"

#include <stdint.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good, const struct err *e) {
  if (good != (e->code == ERR_NONE) || (!good && sv_contains(sv_from(e->text), SV("s3cret")))) {
    __builtin_trap();
  }
}

static void read_forms(struct arena *arena, sv text) {
  struct secret_reference references[] = {
      {.origin = SECRET_OF_ENVIRONMENT}, {.member = SV("a")}, {.pointer = SV("/a/0")}};
  for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
    struct err e[4] = {{0}};
    struct oauth_client client;
    sv part;
    sv values[2];
    bool good = api_secret_part(arena, text, &references[i], &part, &e[0]);
    check(good, &e[0]);
    if (good) {
      check(api_secret_token(arena, part, &values[0], &e[1]), &e[1]);
      check(api_secret_login(arena, part, &values[0], &values[1], &e[2]), &e[2]);
      check(api_secret_client(arena, part, &client, &e[3]), &e[3]);
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv text = {(const char *)data, size};
  struct arena *arena = arena_new(MIB(64));
  struct secret_reference reference;
  struct api_secrets secrets;
  struct err e = {0};
  struct err other = {0};
  if (secret_reference_read(arena, text, &reference, &e) != (e.code == ERR_NONE) ||
      (e.code == ERR_NONE && reference.id.len == 0)) {
    __builtin_trap();
  }
  if (api_secrets_read(arena, text, &secrets, &other) != (other.code == ERR_NONE)) {
    __builtin_trap();
  }
  read_forms(arena, text);
  arena_drop(arena);
  return 0;
}
