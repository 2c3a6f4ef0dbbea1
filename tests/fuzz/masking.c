/* Fuzzes masking: the lines in front of the first empty line are secrets, the rest is a text. However they look, no secret
 * occurs in the result: neither as it is, nor percent-encoded. */
#include "masking.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define SECRETS_COUNT 8

/* Shorter secrets stay inside of words; an asterisk may be part of a mask. */
static bool is_always_hidden(sv secret) {
  return secret.len >= LIMIT_MASKING_WORD_BYTES && sv_find(secret, '*') == secret.len;
}

static void check_absent(sv text, sv secret) {
  if (secret.len && memmem(text.ptr, text.len, secret.ptr, secret.len)) {
    abort();
  }
}

static void check(struct arena *arena, sv masked, sv secret) {
  struct sb encoded = sb_new(arena, MIB(4));
  for (size_t i = 0; i < secret.len; i++) {
    sb_format(&encoded, "%%%02X", (unsigned)(unsigned char)secret.ptr[i]);
  }
  if (is_always_hidden(secret)) {
    check_absent(masked, secret);
    check_absent(masked, sb_view(&encoded));
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  struct masking *masking = masking_new(arena);
  struct err e = {0};
  sv secrets[SECRETS_COUNT];
  size_t count = 0;
  sv rest = {(const char *)data, size};
  sv line;
  while (sv_split(rest, '\n', &line, &rest) && line.len && count < SECRETS_COUNT) {
    secrets[count] = line;
    if (!masking_add(masking, secrets[count++], &e)) {
      abort();
    }
  }
  sv masked = masking_apply(masking, arena, rest);
  for (size_t i = 0; i < count; i++) {
    check(arena, masked, secrets[i]);
  }
  arena_drop(arena);
  return 0;
}
