/* The input is a pattern, up to its first line end, and a text behind it; what compiles is matched, in every dialect. */
#include <stdint.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "regex_match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  sv input = {(const char *)data, size};
  sv pattern = sv_slice(input, 0, sv_find(input, '\n'));
  sv text = sv_slice(input, pattern.len + 1, size);
  for (int dialect = REGEX_PCRE; dialect <= REGEX_I_REGEXP_SEARCH; dialect++) {
    const struct regex *regex = NULL;
    struct regex_matcher *matcher = NULL;
    uint64_t steps = LIMIT_REGEX_STEPS / 100;
    bool matched = false;
    struct err e = {0};
    if (regex_compile(arena, pattern, (enum regex_dialect)dialect, &regex, &e) &&
        regex_matcher_new(arena, &matcher, &e)) {
      regex_match_within(regex, text, matcher, &steps, &matched, &e);
    }
  }
  arena_drop(arena);
  return 0;
}
