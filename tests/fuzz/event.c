/* Any bytes as an event: it is read, or refused with a text. What is read starts a run or goes on with one, and gives the
 * same run id each time. */
#include "event.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "identity.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static sv identify(struct arena *arena, const struct event *event) {
  struct err e = {0};
  sv id = SV("");
  if (!identity_run_id(arena, event, SV("request"), &id, &e) || id.len == 0 || id.len > LIMIT_RUN_ID_BYTES) {
    abort();
  }
  return id;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  struct event event;
  struct err e = {0};
  bool good = event_read(arena, (sv){(const char *)data, size}, true, &event, &e);
  if (good != (e.code == ERR_NONE) || (!good && !e.text[0])) {
    abort();
  }
  if (good && !event.state && !sv_eq(identify(arena, &event), identify(arena, &event))) {
    abort();
  }
  arena_drop(arena);
  return 0;
}
