/* Any bytes as a run's state. Taken as the whole state it is refused or, if it is one, is written again as the same; taken
 * as the content inside a state with a right sum, it must be refused or give a run of the document. */
#include "run.h"

#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct action again = {.name = {"again", 5}, .type = ACTION_RETRY, .retry_limit = 3};
static struct step steps[] = {{.id = {"one", 3}, .index = 0},
                              {.id = {"two", 3}, .index = 1, .on_failure = {&again, 1}}};
static struct workflow workflow = {.id = {"w", 1}, .steps = steps, .step_count = 2};
static const struct document document = {.workflows = &workflow, .workflow_count = 1, .digest = {.text = "0123"}};

static void read_state(struct arena *arena, const json *state) {
  struct run run;
  struct err e = {0};
  enum state_fault fault = STATE_GOOD;
  json *written = NULL;
  bool good = run_read_state(arena, &document, state, &run, &fault, &e);
  if (good != (e.code == ERR_NONE) || (!good && fault == STATE_GOOD && e.code != ERR_MEMORY)) {
    abort();
  }
  if (good && (run.workflow != &workflow || (run.next != &steps[0] && run.next != &steps[1]) || run.id.len == 0 ||
               !run_write_state(&run, arena, LIMIT_STATE_BYTES_MAX, &written, &e))) {
    abort();
  }
}

/* The envelope that run_write_state makes around a content. */
static json *envelope(struct arena *arena, sv content) {
  struct sb text = sb_new(arena, MIB(4));
  struct sha256 digest;
  struct err e = {0};
  json *state = json_new_object(arena);
  sb_format(&text, "arazzo-state 1\n%s\n", document.digest.text);
  sb_put(&text, content);
  if (!sha256(sb_view(&text), &digest, &e)) {
    abort();
  }
  bool good = json_set(arena, state, SV("v"), json_new_integer(arena, 1)) &&
              json_set(arena, state, SV("documents"), json_new_string(arena, sv_from(document.digest.text))) &&
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
