/* What a schedule brings is a response of the function, as a state machine would pass it on, with one member more. */
#include "schedule_input.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define SHAPE                                                                                                          \
  "{\"sequence\": number, \"startedMs\"?: number, \"lease\"?: boolean, \"poll\"?: boolean, \"pointers\"?: [text]}"

/* In JSON '<' can stand in a text only, where its escape means the same. */
static bool escape(struct arena *arena, sv text, sv *out, struct err *e) {
  struct sb escaped = sb_new(arena, LIMIT_RESPONSE_BYTES);
  while (text.len) {
    size_t plain = sv_find(text, '<');
    sb_put(&escaped, sv_slice(text, 0, plain));
    sb_put(&escaped, plain < text.len ? SV("\\u003c") : SV(""));
    text = sv_slice(text, plain < text.len ? plain + 1 : plain, text.len);
  }
  return sb_finish(&escaped, "a schedule's input", out, e);
}

static bool write(struct arena *arena, const json *root, sv *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_RESPONSE_BYTES);
  json_write(&text, root);
  return sb_finish(&text, "a schedule's input", out, e) && escape(arena, *out, out, e);
}

static bool set_place(struct arena *arena, json *root, const struct chain_place *place) {
  json *continuation = json_new_object(arena);
  return (place->sequence == 0 ||
          json_set(arena, continuation, SV("sequence"), json_new_integer(arena, place->sequence))) &&
         (place->started_ms == 0 ||
          json_set(arena, continuation, SV("startedMs"), json_new_integer(arena, place->started_ms))) &&
         (!place->is_lease || json_set(arena, continuation, SV("lease"), json_new_boolean(arena, true))) &&
         (!place->is_poll || json_set(arena, continuation, SV("poll"), json_new_boolean(arena, true))) &&
         (json_count(place->pointers) == 0 ||
          json_set(arena, continuation, SV("pointers"), json_copy(arena, place->pointers))) &&
         json_set(arena, root, SV("continuation"), continuation);
}

/* The engine has to know that a lease brings an event again. */
static bool set_delivery(struct arena *arena, json *root, const struct chain_place *place) {
  json *delivery = json_new_object(arena);
  return !place->is_lease || (json_set(arena, delivery, SV("retryCount"), json_new_integer(arena, place->repeats)) &&
                              json_set(arena, root, SV("delivery"), delivery));
}

bool schedule_input_write(struct arena *arena, const struct run *run, json *state, const struct chain_place *place,
                          sv *out, struct err *e) {
  json *root = json_new_object(arena);
  bool good = json_set(arena, root, SV("status"), json_new_string(arena, SV("RUNNING"))) &&
              json_set(arena, root, SV("runId"), json_new_string(arena, run->id)) &&
              json_set(arena, root, SV("workflowId"), json_new_string(arena, run_workflow(run)->id)) &&
              json_set(arena, root, SV("nextStepId"), json_new_string(arena, run->top->next->id)) &&
              json_set(arena, root, SV("state"), state) && set_delivery(arena, root, place) &&
              set_place(arena, root, place);
  return good ? write(arena, root, out, e) : err_memory(e);
}

bool schedule_input_write_over(struct arena *arena, sv run_id, const struct chain_place *place, json *result, sv *out,
                               struct err *e) {
  json *root = json_new_object(arena);
  bool good = json_set(arena, root, SV("runId"), json_new_string(arena, run_id)) && set_place(arena, root, place) &&
              json_set(arena, json_get(root, SV("continuation")), SV("over"), json_new_boolean(arena, true)) &&
              (!result || json_set(arena, root, SV("result"), result));
  return good ? write(arena, root, out, e) : err_memory(e);
}

static bool are_texts(const json *array) {
  for (const json *item = json_first(array); item; item = item->next) {
    if (!json_is_string(item)) {
      return false;
    }
  }
  return json_count(array) <= LIMIT_WAKE_POINTERS;
}

bool schedule_input_read(const json *continuation, struct chain_place *out, bool *is_over, struct err *e) {
  *out = (struct chain_place){.pointers = json_get(continuation, SV("pointers"))};
  *is_over = json_is_true(json_get(continuation, SV("over")));
  bool has_number = json_to_int(json_get(continuation, SV("sequence")), &out->sequence);
  bool is_numbered = has_number && out->sequence >= 1 && out->sequence <= LIMIT_SEQUENCE_MAX;
  (void)json_to_int(json_get(continuation, SV("startedMs")), &out->started_ms);
  out->is_lease = json_is_true(json_get(continuation, SV("lease")));
  out->is_poll = json_is_true(json_get(continuation, SV("poll")));
  if (continuation && ((!is_numbered && !*is_over) || !are_texts(out->pointers))) {
    return err_set(e, ERR_INVALID, "'continuation' must be %s, as a schedule of this function has it", SHAPE);
  }
  return true;
}
