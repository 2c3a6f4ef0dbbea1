/* Deliveries: which ids and addresses are usable, how headers are read, how the event grows, and each allocation that can
 * fail. */
#include "delivery.h"

#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "arena.h"
#include "cases.h"
#include "limits.h"
#include "trace_env.h"

#define NOW_MS 1000

static struct arena *headers_arena;
static struct arena *event_arena;

static void assert_text(sv actual, const char *expected) {
  assert_int_equal(actual.len, strlen(expected));
  assert_memory_equal(actual.ptr, expected, actual.len);
}

static bool expects(const cJSON *data) {
  return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(data, "usable"));
}

static void check_request_id(void **state) {
  const struct case_state *test = *state;
  assert_int_equal(delivery_id_usable(sv_from(case_text(test->data, "id"))), expects(test->data));
}

static void check_address(void **state) {
  const struct case_state *test = *state;
  assert_int_equal(api_address_usable(sv_from(case_text(test->data, "address"))), expects(test->data));
}

static void check_headers(void **state) {
  const struct case_state *test = *state;
  struct delivery delivery = delivery_new(headers_arena, event_arena);
  struct exchange_sink sink = delivery_sink(&delivery);
  const cJSON *header = NULL;
  sink.begin(sink.context);
  cJSON_ArrayForEach(header, cJSON_GetObjectItemCaseSensitive(test->data, "headers")) {
    sink.header(sink.context, sv_from(header->child->valuestring), sv_from(header->child->next->valuestring));
  }
  assert_int_equal(delivery_finish(&delivery, NOW_MS), expects(test->data));
  assert_text(delivery.invocation.request_id, case_text(test->data, "request_id"));
  if (case_text(test->data, "trace_id")) {
    assert_text(delivery.invocation.trace_id, case_text(test->data, "trace_id"));
  }
  if (case_text(test->data, "deadline")) {
    assert_true(delivery.invocation.deadline_ms == strtoll(case_text(test->data, "deadline"), NULL, 10));
  }
  assert_text(sv_from(delivery.refused_header),
              case_text(test->data, "refused") ? case_text(test->data, "refused") : "");
}

static void id_length_is_bounded(void **state) {
  (void)state;
  char id[LIMIT_REQUEST_ID_BYTES + 1];
  memset(id, 'a', sizeof id);
  assert_true(delivery_id_usable((sv){id, sizeof id - 1}));
  assert_false(delivery_id_usable((sv){id, sizeof id}));
  assert_false(delivery_id_usable(SV("a\0b"))); /* cJSON can't hold it */
}

/* An announced length is allocated once; pieces of any size give the same event. */
static void event_is_joined(void **state) {
  (void)state;
  static char wanted[100000];
  for (size_t i = 0; i < sizeof wanted; i++) {
    wanted[i] = (char)(i * 31 % 251);
  }
  for (size_t step = 1; step < sizeof wanted; step = step * 7 + 1) {
    for (int announced = 0; announced < 2; announced++) {
      struct delivery delivery = delivery_new(headers_arena, event_arena);
      struct exchange_sink sink = delivery_sink(&delivery);
      sink.begin(sink.context);
      for (size_t at = 0; at < sizeof wanted; at += step) {
        sv piece = sv_slice((sv){wanted, sizeof wanted}, at, at + step);
        assert_true(sink.body(sink.context, piece, announced ? (int64_t)sizeof wanted : -1));
      }
      delivery_finish(&delivery, NOW_MS);
      assert_int_equal(delivery.invocation.event.len, sizeof wanted);
      assert_memory_equal(delivery.invocation.event.ptr, wanted, sizeof wanted);
      assert_true(!announced || delivery.capacity == sizeof wanted);
    }
  }
}

static enum delivery_event deliver(struct arena *into, int64_t announced, size_t piece_bytes, size_t count,
                                   bool *went_on) {
  static char piece[MIB(1)];
  struct delivery delivery = delivery_new(headers_arena, into);
  struct exchange_sink sink = delivery_sink(&delivery);
  sink.begin(sink.context);
  *went_on = true;
  for (size_t i = 0; i < count && *went_on; i++) {
    *went_on = sink.body(sink.context, (sv){piece, piece_bytes}, announced);
  }
  delivery_finish(&delivery, NOW_MS);
  assert_true(delivery.state == DELIVERY_WHOLE || delivery.invocation.event.len == 0);
  return delivery.state;
}

static void event_size_is_bounded(void **state) {
  (void)state;
  bool went_on = false;
  struct arena *small = arena_new(KIB(100));
  assert_int_equal(deliver(event_arena, -1, MIB(1), 8, &went_on), DELIVERY_WHOLE);
  assert_int_equal(deliver(event_arena, -1, MIB(1), 9, &went_on), DELIVERY_TOO_LARGE);
  assert_true(went_on);
  assert_int_equal(deliver(event_arena, (int64_t)MIB(8) + 1, 10, 1, &went_on), DELIVERY_TOO_LARGE);
  assert_int_equal(deliver(event_arena, INT64_MAX, 10, 1, &went_on), DELIVERY_TOO_LARGE);
  assert_int_equal(deliver(event_arena, -1, MIB(1), 64, &went_on), DELIVERY_TOO_LARGE);
  assert_true(went_on);
  deliver(event_arena, -1, MIB(1), 65, &went_on);
  assert_false(went_on);
  assert_int_equal(deliver(small, -1, KIB(16), 2, &went_on), DELIVERY_WHOLE);
  assert_int_equal(deliver(small, -1, KIB(16), 20, &went_on), DELIVERY_NO_ROOM);
  assert_true(went_on);
  assert_int_equal(deliver(small, (int64_t)KIB(200), 1, 1, &went_on), DELIVERY_NO_ROOM);
  arena_drop(small);
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  bool done = false;
  for (long n = 0; !done; n++) {
    struct delivery delivery = delivery_new(headers_arena, event_arena);
    struct exchange_sink sink = delivery_sink(&delivery);
    sink.begin(sink.context);
    arena_fail_after(headers_arena, n);
    sink.header(sink.context, SV("Lambda-Runtime-Aws-Request-Id"), SV("a"));
    sink.header(sink.context, SV("Lambda-Runtime-Trace-Id"), SV("b"));
    done = delivery_finish(&delivery, NOW_MS) && delivery.invocation.trace_id.len;
    assert_int_equal(delivery.refused_header == NULL, done);
  }
  arena_fail_after(headers_arena, -1);
  arena_fail_after(event_arena, 0);
  bool went_on = false;
  assert_int_equal(deliver(event_arena, 5, 5, 1, &went_on), DELIVERY_NO_ROOM);
  arena_fail_after(event_arena, -1);
}

static void trace_is_set_and_removed(void **state) {
  (void)state;
  static char longest[LIMIT_TRACE_ID_BYTES + 1];
  memset(longest, 't', sizeof longest);
  trace_env_set(SV("Root=1"));
  assert_string_equal(getenv("_X_AMZN_TRACE_ID"), "Root=1");
  trace_env_set(SV("x"));
  assert_string_equal(getenv("_X_AMZN_TRACE_ID"), "x");
  trace_env_set(SV(""));
  assert_null(getenv("_X_AMZN_TRACE_ID"));
  trace_env_set((sv){longest, sizeof longest - 1});
  assert_int_equal(sv_from(getenv("_X_AMZN_TRACE_ID")).len, LIMIT_TRACE_ID_BYTES);
  trace_env_set((sv){longest, sizeof longest});
  assert_null(getenv("_X_AMZN_TRACE_ID"));
  trace_env_set(SV("a\0b"));
  assert_null(getenv("_X_AMZN_TRACE_ID"));
}

int main(void) {
  const char *path = "tests/unit/runtime/delivery.json";
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(id_length_is_bounded),     cmocka_unit_test(event_is_joined),
      cmocka_unit_test(event_size_is_bounded),    cmocka_unit_test(every_allocation_may_fail),
      cmocka_unit_test(trace_is_set_and_removed),
  };
  headers_arena = arena_new(LIMIT_RUNTIME_ARENA_BYTES);
  event_arena = arena_new(MIB(64));
  int failed = cases_run("request id", path, "request_ids", check_request_id);
  failed += cases_run("address", path, "addresses", check_address);
  failed += cases_run("headers", path, "headers", check_headers);
  failed += cmocka_run_group_tests_name("delivery", tests, NULL, NULL);
  arena_drop(headers_arena);
  arena_drop(event_arena);
  return failed;
}
