/* Any bytes as a trace: it is replayed as far as it goes, or refused with a text. Every recorded try is given as an answer, or as a
 * failure that says why. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "limits.h"
#include "replay.h"

#define TRIES_MOST 100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void answer(struct replay *replay, struct arena *arena) {
  struct http_request request = {.method = SV("GET")};
  struct http_response response;
  enum http_progress progress = HTTP_MAYBE_SENT;
  struct err e = {0};
  bool good = replay->transport.send(replay, &request, 1000, arena, &response, &progress, &e);
  if (good != (e.code == ERR_NONE)) {
    abort();
  }
  replay->credentials.refuse(replay);
}

static void play(struct replay *replay, struct arena *arena) {
  json *event = json_new_object(arena);
  struct err e = {0};
  if (!replay_event(replay, arena, json_new_object(arena), event, &e) && !e.text[0]) {
    abort();
  }
  for (int tries = 0; tries < TRIES_MOST && replay_next(replay);) {
    do {
      answer(replay, arena);
    } while (++tries < TRIES_MOST && replay->attempt);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  struct replay replay;
  struct err e = {0};
  bool good = replay_open_text(&replay, (sv){(const char *)data, size}, &e);
  if (good != (e.code == ERR_NONE) || (!good && !e.text[0])) {
    abort();
  }
  if (good) {
    play(&replay, arena);
  }
  replay_close(&replay);
  arena_drop(arena);
  return 0;
}
