/* Any bytes as a run's state. Taken as the whole state it is refused or, if it is one, is written again as the same; taken
 * as the content inside a state with a right sum, it must be refused or give a run of the document. */
#include "state.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct action again = {.name = {"again", 5}, .type = ACTION_RETRY, .retry_limit = 3};
static struct workflow workflows[2];
static const struct call call = {&workflows[1], {NULL, 0}};
static struct step steps[] = {
    {.id = {"one", 3}, .index = 0, .workflow = &workflows[0], .after = &steps[1], .call = &call},
    {.id = {"two", 3}, .index = 1, .workflow = &workflows[0], .on_failure = {&again, 1}},
    {.id = {"three", 5}, .index = 0, .workflow = &workflows[1]}};
static struct document document;
static struct document_set set = {.items = {&document}, .count = 1, .digest = {.text = "0123"}};
static struct workflow workflows[2] = {{.id = {"w", 1},
                                        .document = &document,
                                        .steps = steps,
                                        .step_count = 2,
                                        .first = &steps[0],
                                        .inputs_are_read = true},
                                       {.id = {"v", 1},
                                        .document = &document,
                                        .steps = &steps[2],
                                        .step_count = 1,
                                        .first = &steps[2],
                                        .steps_are_read = true}};
static struct document document = {.workflows = workflows, .workflow_count = 2, .set = &set};

/* Whether the frames are ones of the document, each on one that it fits. */
static bool is_sound(const struct run *run) {
  bool sound = run->id.len > 0 && run->depth > 0 && run->top == &run->frames[run->depth - 1];
  for (size_t i = 0; sound && i < run->depth; i++) {
    const struct frame *frame = &run->frames[i];
    sound = frame->next->workflow == frame->workflow && frame->scope && frame->retries &&
            (frame->kind == FRAME_FIRST) == (i == 0);
  }
  return sound;
}

static void read_state(struct arena *arena, const json *state) {
  struct run run;
  struct err e = {0};
  enum state_fault fault = STATE_GOOD;
  json *written = NULL;
  bool good = state_read(arena, &document, state, &run, &fault, &e);
  if (good != (e.code == ERR_NONE) || (!good && fault == STATE_GOOD && e.code != ERR_MEMORY)) {
    abort();
  }
  if (good && (!is_sound(&run) || !state_write(&run, arena, LIMIT_STATE_BYTES_MAX, &written, &e))) {
    abort();
  }
}

/* The envelope that state_write makes around a content. */
static json *envelope(struct arena *arena, sv content) {
  struct sb text = sb_new(arena, MIB(4));
  struct sha256 digest;
  struct err e = {0};
  json *state = json_new_object(arena);
  sb_format(&text, "arazzo-state 1\n%s\n", set.digest.text);
  sb_put(&text, content);
  if (!sha256(sb_view(&text), &digest, &e)) {
    abort();
  }
  bool good = json_set(arena, state, SV("v"), json_new_integer(arena, 1)) &&
              json_set(arena, state, SV("documents"), json_new_string(arena, sv_from(set.digest.text))) &&
              json_set(arena, state, SV("run"), json_new_string(arena, content)) &&
              json_set(arena, state, SV("sum"), json_new_string(arena, sv_from(sha256_to_hex(&digest).text)));
  return good ? state : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct arena *arena = arena_new(MIB(64));
  struct err e = {0};
  json *value = NULL;
  sv text = {(const char *)data, size};
  if (json_parse(arena, text, &value, &e)) {
    json *state = envelope(arena, text);
    read_state(arena, value);
    if (state) {
      read_state(arena, state);
    }
  }
  arena_drop(arena);
  return 0;
}
