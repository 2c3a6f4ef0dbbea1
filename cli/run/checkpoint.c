/* Checkpoints. After each invocation the response is what a run goes on from. While a request is under way that would be too old: a
 * run that is killed then must know, when it goes on, that the request may have been sent. So before each request a response of its
 * own is made, whose next step is the one that is being sent, with "delivery": {"retryCount": 1}, as Step Functions marks an event
 * that it delivers again: the engine repeats what can be repeated, and refuses the rest (Arazzo.AmbiguousOutcome). */
#include "checkpoint.h"

#include "arena.h"
#include "limits.h"
#include "new_file.h"
#include "reply.h"
#include "sb.h"

#define CHECKPOINT_ARENA_BYTES MIB(64)

/* A file that can't be made is found out before anything is sent. */
static bool check_place(sv path, struct err *e) {
  struct new_file file;
  bool good = new_file_open(&file, path, e);
  new_file_drop(&file);
  return good || err_in(e, "--save");
}

bool checkpoint_open(struct checkpoint *checkpoint, sv path, struct err *e) {
  *checkpoint = (struct checkpoint){.path = path, .arena = arena_new(CHECKPOINT_ARENA_BYTES)};
  if (!checkpoint->arena) {
    return err_memory(e);
  }
  return path.len == 0 || check_place(path, e);
}

void checkpoint_close(struct checkpoint *checkpoint) {
  arena_drop(checkpoint->arena);
  checkpoint->arena = NULL;
}

static void save(struct checkpoint *checkpoint, sv text) {
  if (checkpoint->path.len && checkpoint->why.code == ERR_NONE &&
      !new_file_write(checkpoint->path, text, &checkpoint->why)) {
    err_in(&checkpoint->why, "--save");
  }
}

/* The response with its delivery, instead of the last brace. */
static bool mark(struct arena *arena, sv response, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_RESPONSE_BYTES);
  sb_put(&text, sv_slice(response, 0, response.len - 1));
  sb_put(&text, SV(",\"delivery\":{\"retryCount\":1}}"));
  return sb_finish(&text, "the response to go on from", out, e);
}

void checkpoint_before(struct checkpoint *checkpoint, const struct run *run, size_t max_state_bytes) {
  struct advance advance = {.status = RUN_RUNNING, .step = run->top->next, .workflow = run->top->workflow};
  struct err why;
  sv response;
  err_clear(&why);
  arena_reset(checkpoint->arena);
  checkpoint->pending = SV("");
  bool good = reply_write(run, &advance, max_state_bytes, run->secrets, checkpoint->arena, NULL, &response, &why) &&
              advance.status == RUN_RUNNING && mark(checkpoint->arena, response, &checkpoint->pending, &why);
  if (good) {
    save(checkpoint, checkpoint->pending);
  }
}

void checkpoint_after(struct checkpoint *checkpoint, sv response) {
  checkpoint->pending = SV("");
  save(checkpoint, response);
}
