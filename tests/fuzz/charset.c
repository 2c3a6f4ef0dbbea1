/* Any bytes in each charset and as base64: converted text is UTF-8, and what base64 gives is its bytes again. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "base64.h"
#include "charset.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void convert(struct arena *arena, const char *name, sv bytes) {
  struct err e = {0};
  sv text = SV("");
  bool good = charset_decode(arena, sv_from(name), bytes, &text, &e);
  if (good != (e.code == ERR_NONE) || (good && utf8_valid_prefix(text) != text.len)) {
    abort();
  }
}

static void encode(struct arena *arena, sv bytes, enum base64_alphabet alphabet) {
  struct sb out = sb_new(arena, MIB(1));
  struct err e = {0};
  sv back;
  base64_put(&out, bytes, alphabet);
  if (!base64_decode(arena, sb_view(&out), &back, &e) || !sv_eq(back, bytes)) {
    abort();
  }
}

/* What can be decoded is the base64 of what it came to, but for its padding. */
static void decode(struct arena *arena, sv text) {
  struct err e = {0};
  sv bytes;
  if (!base64_decode(arena, text, &bytes, &e)) {
    return;
  }
  bool is_url = sv_find(text, '-') < text.len || sv_find(text, '_') < text.len;
  struct sb out = sb_new(arena, MIB(1));
  base64_put(&out, bytes, is_url ? BASE64_URL : BASE64_STANDARD);
  if (!sv_starts(sb_view(&out), text)) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const char *const names[] = {"iso-8859-1", "utf-16", "utf-16le", "utf-16be"};
  struct arena *arena = arena_new(MIB(16));
  sv bytes = {(const char *)data, size <= KIB(64) ? size : 0};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    convert(arena, names[i], bytes);
  }
  encode(arena, bytes, BASE64_STANDARD);
  encode(arena, bytes, BASE64_URL);
  decode(arena, bytes);
  arena_drop(arena);
  return 0;
}
