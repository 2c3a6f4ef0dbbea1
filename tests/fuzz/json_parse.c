/* What json_parse accepts is written by json_write, compact and indented, and parsed again to an equal tree. */
#include "json.h"

#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_again(struct arena *arena, const json *value, const struct sb *written) {
  struct err e = {0};
  json *again = NULL;
  if (written->state != SB_OK || !json_parse(arena, sb_view(written), &again, &e) || !json_equal(value, again)) {
    abort();
  }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  json *value = NULL;
  bool ok = json_parse(arena, (sv){(const char *)data, size}, &value, &e);
  if (ok != (e.code == ERR_NONE)) {
    abort();
  }
  if (ok) {
    struct sb compact = sb_new(arena, MIB(8));
    struct sb pretty = sb_new(arena, MIB(8));
    json_write(&compact, value);
    json_write_pretty(&pretty, value);
    check_again(arena, value, &compact);
    check_again(arena, value, &pretty);
  }
  arena_drop(arena);
  return 0;
}
