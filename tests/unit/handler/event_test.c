/* Events: what each form of them asks for, what is refused with which words, and who a run is. Expected ids were computed
 * with Python's hashlib. */
#include "event.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "identity.h"
#include "limits.h"
#include "memory_files.h"
#include "sb.h"
#include "token.h"

#define CASES "tests/unit/handler/event.json"

/* The event's text: as it is written, or the case's object. */
static sv text_of(struct arena *arena, const cJSON *data) {
  const cJSON *event = cJSON_GetObjectItem(data, "event");
  if (cJSON_IsString(event)) {
    return sv_from(event->valuestring);
  }
  char *text = cJSON_PrintUnformatted(event);
  sv copy = sv_copy(arena, sv_from(text));
  free(text);
  return copy;
}

static void is_json(struct arena *arena, const cJSON *want, const char *name, const json *got) {
  const cJSON *member = cJSON_GetObjectItem(want, name);
  struct sb text = sb_new(arena, KIB(64));
  json_write(&text, got);
  char *wanted = member ? cJSON_PrintUnformatted(member) : strdup("null");
  if (!sv_eq(sb_view(&text), sv_from(wanted))) {
    fail_msg("%s is %.*s", name, SV_ARG(sb_view(&text)));
  }
  free(wanted);
}

static void reads(void **state) {
  static const char *const deliveries[] = {"first", "unknown", "repeated"};
  const struct case_state *c = *state;
  const cJSON *want = cJSON_GetObjectItem(c->data, "expect");
  struct arena *arena = arena_new(MIB(16));
  struct event event;
  struct err e = {0};
  bool may_wake = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "mayWake"));
  if (!event_read(arena, text_of(arena, c->data), may_wake, &event, &e)) {
    fail_msg("%s", e.text);
  }
  is_json(arena, want, "state", event.state);
  is_json(arena, want, "inputs", event.inputs);
  is_json(arena, want, "run", event.run);
  is_json(arena, want, "resources", event.resources);
  is_json(arena, want, "pointers", event.place.pointers);
  const cJSON *sequence = cJSON_GetObjectItem(want, "sequence");
  assert_int_equal(event.place.sequence, sequence ? (int64_t)cJSON_GetNumberValue(sequence) : 0);
  assert_int_equal(event.place.is_lease, cJSON_IsTrue(cJSON_GetObjectItem(want, "lease")));
  assert_int_equal(event.place.is_poll, cJSON_IsTrue(cJSON_GetObjectItem(want, "poll")));
  assert_int_equal(event.is_over, cJSON_IsTrue(cJSON_GetObjectItem(want, "over")));
  assert_true(sv_eq(event.workflow_id, sv_from(case_text(want, "workflowId"))));
  assert_true(sv_eq(event.run_id, sv_from(case_text(want, "runId"))));
  assert_true(sv_eq(event.event_id, sv_from(case_text(want, "eventId"))));
  assert_int_equal(event.from_eventbridge, cJSON_IsTrue(cJSON_GetObjectItem(want, "eventbridge")));
  const char *delivery = case_text(want, "delivery");
  assert_string_equal(deliveries[event.delivery], delivery ? delivery : "unknown");
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct event event;
  struct err e = {0};
  assert_false(event_read(arena, text_of(arena, c->data), false, &event, &e));
  assert_true(e.code == ERR_INVALID || e.code == ERR_SYNTAX);
  struct sb text = sb_new(arena, KIB(4));
  err_write(&e, &text);
  if (!sv_contains(sb_view(&text), sv_from(case_text(c->data, "message")))) {
    fail_msg("'%.*s'", SV_ARG(sb_view(&text)));
  }
  arena_drop(arena);
}

static void identifies(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(16));
  struct event event;
  struct err e = {0};
  sv id;
  sv token;
  assert_true(event_read(arena, text_of(arena, c->data), false, &event, &e));
  assert_true(identity_run_id(arena, &event, sv_from(case_text(c->data, "requestId")), &id, &e));
  assert_true(sv_eq(id, sv_from(case_text(c->data, "runId"))));
  assert_true(token_derive(arena, id, SV("build"), SV("clientToken"), &token, &e));
  assert_true(sv_eq(token, sv_from(case_text(c->data, "token"))));
  assert_int_equal(token.len, LIMIT_TOKEN_BYTES);
  arena_drop(arena);
}

static void tokens_differ_by_all_that_they_are_made_of(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct err e = {0};
  sv tokens[4];
  assert_true(token_derive(arena, SV("r"), SV("w"), SV("a"), &tokens[0], &e));
  assert_true(token_derive(arena, SV("r2"), SV("w"), SV("a"), &tokens[1], &e));
  assert_true(token_derive(arena, SV("r"), SV("w2"), SV("a"), &tokens[2], &e));
  assert_true(token_derive(arena, SV("r"), SV("w"), SV("b"), &tokens[3], &e));
  for (size_t i = 0; i < 4; i++) {
    for (size_t k = 0; k < i; k++) {
      assert_false(sv_eq(tokens[i], tokens[k]));
    }
  }
  arena_drop(arena);
}

/* `run` that says nothing identifies nothing: two runs would share a token, and the second one would get the first's image. */
static void an_empty_run_is_no_identity(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct event event;
  struct err e = {0};
  sv first;
  sv second;
  if (event_read(arena, SV("{\"inputs\":{},\"run\":{}}"), false, &event, &e)) {
    assert_true(identity_run_id(arena, &event, SV("request-1"), &first, &e));
    assert_true(identity_run_id(arena, &event, SV("request-2"), &second, &e));
    assert_false(sv_eq(first, second));
  }
  arena_drop(arena);
}

static void events_are_bounded(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(16));
  struct event event;
  struct err e = {0};
  char *text = arena_alloc(arena, LIMIT_EVENT_BYTES + 1);
  memset(text, ' ', LIMIT_EVENT_BYTES + 1);
  memcpy(text, "{\"inputs\":{}}", 13);
  assert_true(event_read(arena, (sv){text, LIMIT_EVENT_BYTES}, false, &event, &e));
  assert_false(event_read(arena, (sv){text, LIMIT_EVENT_BYTES + 1}, false, &event, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_non_null(strstr(e.text, "the event has 1048577 bytes; the limit is 1048576"));
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tokens_differ_by_all_that_they_are_made_of),
      cmocka_unit_test(an_empty_run_is_no_identity),
      cmocka_unit_test(events_are_bounded),
  };
  return cases_run("event: read", CASES, "read", reads) + cases_run("event: refuse", CASES, "refuse", refuses) +
         cases_run("event: identity", CASES, "identity", identifies) +
         cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
