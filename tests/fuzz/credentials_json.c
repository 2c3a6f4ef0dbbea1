/* Any bytes as what an endpoint or a process gives: credentials without characters that no credential has, or a refusal that
 * holds none of the text. */
#include "credentials_json.h"

#include <stdint.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as(sv text, enum credentials_form form) {
  struct arena *arena = arena_new(MIB(64));
  struct credentials_found found;
  struct err e = {0};
  bool good = credentials_read_json(arena, text, form, &found, &e);
  if (good != (e.code == ERR_NONE) || (good && (!found.is_found || !found.credentials.access_key_id.len ||
                                                !found.credentials.secret_access_key.len || found.expires_ms < 0))) {
    __builtin_trap();
  }
  if (sv_contains(sv_from(e.text), SV("s3cr"))) {
    __builtin_trap();
  }
  arena_drop(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv text = {(const char *)data, size};
  read_as(text, CREDENTIALS_OF_ENDPOINT);
  read_as(text, CREDENTIALS_OF_PROCESS);
  return 0;
}
