/* The state of a run: what goes in comes out to the byte, and every change of it is refused. */
#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "memory_files.h"
#include "sb.h"

#define CASES "tests/unit/engine/state.json"

static const struct action again_action = {.name = {"again", 5}, .type = ACTION_RETRY, .retry_limit = 3};
static struct workflow workflow;
static struct step steps[] = {{.id = {"one", 3}, .index = 0, .workflow = &workflow, .after = &steps[1]},
                              {.id = {"two", 3}, .index = 1, .workflow = &workflow, .on_failure = {&again_action, 1}}};
static struct document document;
static struct document_set set = {
    .items = {&document},
    .count = 1,
    .digest = {.text = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}};
static struct workflow workflow = {
    .id = {"w", 1}, .document = &document, .steps = steps, .step_count = 2, .first = &steps[0]};
static struct document document = {.workflows = &workflow, .workflow_count = 1, .set = &set};

static json *parsed(struct arena *arena, sv text) {
  json *value = NULL;
  struct err e = {0};
  assert_true(json_parse(arena, text, &value, &e));
  return value;
}

static sv written(struct arena *arena, const json *value) {
  struct sb text = sb_new(arena, MIB(4));
  json_write(&text, value);
  return sb_view(&text);
}

/* A run in the middle, with these inputs and outputs of the step "one". */
static struct run run_with(struct arena *arena, const char *inputs, const char *outputs) {
  struct run run;
  struct err e = {0};
  assert_true(
      run_start(arena, &document, &workflow, SV("run-1"), parsed(arena, sv_from(inputs)), 1440938160123, &run, &e));
  assert_true(run_set_outputs(&run, arena, &steps[0], parsed(arena, sv_from(outputs)), &e));
  assert_true(run_go_to(&run, arena, &steps[1], &e));
  run.steps_done = 17;
  run.top->waits = 3;
  run.top->maybe_sent = true;
  assert_true(json_set(arena, run.top->retries, SV("again"), json_new_integer(arena, 2)));
  return run;
}

static sv state_text(struct arena *arena, const struct run *run) {
  json *state = NULL;
  struct err e = {0};
  assert_true(state_write(run, arena, LIMIT_STATE_BYTES_DEFAULT, &state, &e));
  return written(arena, state);
}

static void comes_back_to_the_byte(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct run again;
  struct err e = {0};
  enum state_fault fault = STATE_INVALID;
  struct run run = run_with(arena, case_text(c->data, "inputs"), case_text(c->data, "outputs"));
  sv text = state_text(arena, &run);
  assert_true(state_read(arena, &document, parsed(arena, text), &again, &fault, &e));
  assert_int_equal(fault, STATE_GOOD);
  assert_ptr_equal(again.top->next, &steps[1]);
  assert_true(sv_eq(again.id, SV("run-1")));
  assert_true(again.started_ms == 1440938160123 && again.steps_done == 17 && again.top->waits == 3 &&
              again.top->maybe_sent);
  assert_true(sv_eq(written(arena, json_get(again.top->scope, SV("inputs"))), sv_from(case_text(c->data, "inputs"))));
  assert_true(sv_eq(state_text(arena, &again), text));
  arena_drop(arena);
}

/* Reads text as an event's state would be; false when it is no JSON or no state. */
static bool is_taken(struct arena *arena, sv text) {
  json *value = NULL;
  struct run run;
  struct err e = {0};
  enum state_fault fault = STATE_GOOD;
  if (!json_parse(arena, text, &value, &e)) {
    return false;
  }
  bool taken = state_read(arena, &document, value, &run, &fault, &e);
  assert_true(taken || (fault != STATE_GOOD && e.code != ERR_NONE));
  return taken;
}

static void every_flipped_bit_is_refused(void **state) {
  (void)state;
  struct arena *source = arena_new(MIB(16));
  struct arena *arena = arena_new(MIB(16));
  struct run run =
      run_with(source, "{\"a\":\"x/y\\n\\\"z\",\"n\":12345678901234567890}", "{\"b\":[1.50,null,true,\"é\"]}");
  sv text = state_text(source, &run);
  assert_true(is_taken(arena, text));
  for (size_t at = 0; at < text.len; at++) {
    for (unsigned bit = 0; bit < 8; bit++) {
      char *changed = arena_alloc(arena, text.len);
      memcpy(changed, text.ptr, text.len);
      changed[at] = (char)(changed[at] ^ (1 << bit));
      if (is_taken(arena, (sv){changed, text.len})) {
        fail_msg("bit %u of byte %zu: %.*s", bit, at, (int)text.len, changed);
      }
      arena_reset(arena);
    }
  }
  for (size_t length = 0; length < text.len; length++) {
    assert_false(is_taken(arena, sv_slice(text, 0, length)));
    arena_reset(arena);
  }
  arena_drop(arena);
  arena_drop(source);
}

/* A state around a content of the case's, with a right sum: what a function with other rules might have written. */
static json *sealed(struct arena *arena, sv content) {
  struct sb text = sb_new(arena, MIB(1));
  struct sha256 digest;
  struct err e = {0};
  json *state = json_new_object(arena);
  sb_format(&text, "arazzo-state 1\n%s\n", set.digest.text);
  sb_put(&text, content);
  assert_true(sha256(sb_view(&text), &digest, &e));
  assert_true(json_set(arena, state, SV("v"), json_new_integer(arena, 1)) &&
              json_set(arena, state, SV("documents"), json_new_string(arena, sv_from(set.digest.text))) &&
              json_set(arena, state, SV("run"), json_new_string(arena, content)) &&
              json_set(arena, state, SV("sum"), json_new_string(arena, sv_from(sha256_to_hex(&digest).text))));
  return state;
}

static void is_refused(struct arena *arena, const json *value, const char *message, enum state_fault want) {
  struct run run;
  struct err e = {0};
  enum state_fault fault = STATE_GOOD;
  assert_false(state_read(arena, &document, value, &run, &fault, &e));
  if (!strstr(e.text, message)) {
    fail_msg("'%s'", e.text);
  }
  assert_int_equal(fault, want);
}

static void refuses_content(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  const char *content = case_text(c->data, "content");
  is_refused(arena, sealed(arena, sv_from(content)), case_text(c->data, "message"), STATE_INVALID);
  arena_drop(arena);
}

static void refuses_envelopes(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  is_refused(arena, parsed(arena, sv_from(case_text(c->data, "state"))), case_text(c->data, "message"), STATE_INVALID);
  arena_drop(arena);
}

static void other_documents_are_told_apart(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(16));
  struct document_set other_set = set;
  struct document other = document;
  struct run again;
  struct err e = {0};
  enum state_fault fault = STATE_GOOD;
  struct run run = run_with(arena, "{}", "{}");
  other_set.digest.text[0] = 'f';
  other.set = &other_set;
  run.document = &other;
  assert_false(state_read(arena, &document, parsed(arena, state_text(arena, &run)), &again, &fault, &e));
  assert_int_equal(fault, STATE_DOCUMENT_CHANGED);
  assert_non_null(strstr(e.text, "the run began with other documents"));
  arena_drop(arena);
}

static void too_large_a_state_names_its_largest_output(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(16));
  struct err e = {0};
  json *out = NULL;
  struct run run =
      run_with(arena, "{\"a\":\"b\"}", "{\"small\":1,\"big\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\",\"tiny\":2}");
  size_t length = state_text(arena, &run).len;
  assert_true(state_write(&run, arena, length, &out, &e));
  assert_false(state_write(&run, arena, length - 1, &out, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_non_null(strstr(e.text, "ARAZZO_MAX_STATE_BYTES"));
  assert_non_null(strstr(e.text, "the largest output is one.big with 42 bytes"));
  arena_drop(arena);
}

static void every_allocation_fails(void **state) {
  (void)state;
  struct arena *source = arena_new(MIB(16));
  struct run run = run_with(source, "{\"a\":{\"b\":[1,2]}}", "{\"c\":\"d\"}");
  sv text = state_text(source, &run);
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(16));
    json *value = parsed(arena, text);
    struct run again;
    struct err e = {0};
    json *state_again = NULL;
    enum state_fault fault = STATE_INVALID;
    arena_fail_after(arena, n);
    passed = state_read(arena, &document, value, &again, &fault, &e);
    assert_true(fault == STATE_GOOD);
    passed = passed && state_write(&again, arena, LIMIT_STATE_BYTES_MAX, &state_again, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 20);
  arena_drop(source);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_flipped_bit_is_refused),
      cmocka_unit_test(other_documents_are_told_apart),
      cmocka_unit_test(too_large_a_state_names_its_largest_output),
      cmocka_unit_test(every_allocation_fails),
  };
  return cases_run("state: there and back", CASES, "exact", comes_back_to_the_byte) +
         cases_run("state: content", CASES, "content", refuses_content) +
         cases_run("state: envelope", CASES, "envelope", refuses_envelopes) +
         cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
