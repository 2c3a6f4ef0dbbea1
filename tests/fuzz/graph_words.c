/* Fuzzes graph_put_condition and graph_wrap: what is shown of a condition is UTF-8 without control characters, not much longer than the
 * condition, and its lines are parts of it. The first byte is the criterion's type. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "graph_words.h"
#include "limits.h"
#include "sb.h"
#include "utf8.h"

#define COLUMNS 40

static void check_visible(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F) {
      abort();
    }
  }
  if (utf8_valid_prefix(text) != text.len) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  struct sb out = sb_new(arena, 4 * size + KIB(1));
  if (size) {
    graph_put_condition(&out, (enum criterion_type)(data[0] % 4), (sv){(const char *)data + 1, size - 1});
  }
  if (out.state != SB_OK) {
    abort();
  }
  sv text = sb_view(&out);
  struct graph_lines lines = graph_wrap(text, COLUMNS);
  check_visible(text);
  for (size_t i = 0; i < lines.count; i++) {
    if (lines.items[i].len == 0 || utf8_count(lines.items[i]) > COLUMNS || !sv_contains(text, lines.items[i])) {
      abort();
    }
  }
  arena_drop(arena);
  return 0;
}
