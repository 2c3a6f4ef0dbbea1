/* Scheduler mode: each run is played with every request lost in turn, before and behind its effect, and the invocation dead from then on;
 * and with every event delivered twice, at once or late. However it goes: one image, deleted once where it failed, an end, and
 * nothing left in Scheduler. */
#include "play.h"

#include <string.h>

#include "arena.h"
#include "limits.h"

static void play_all(const char *final, bool wakes) {
  static struct play play;
  play_open(&play, final, wakes);
  for (int doubling = ONCE; doubling <= TWICE_LATE; doubling++) {
    play_run(&play, -1, false, (enum doubling)doubling);
    play_is_well(&play, -1, false, (enum doubling)doubling);
    long requests = play.requests;
    assert_true(requests > 12);
    for (long n = 0; n < requests; n++) {
      for (int behind = 0; behind < 2; behind++) {
        play_run(&play, n, behind, (enum doubling)doubling);
        play_is_well(&play, n, behind, (enum doubling)doubling);
      }
    }
  }
  play_close(&play);
}

static void a_good_image_lives(void **state) {
  (void)state;
  play_all("AVAILABLE", false);
}

static void a_failed_image_is_deleted(void **state) {
  (void)state;
  play_all("FAILED", false);
}

static void events_wake_a_run(void **state) {
  (void)state;
  static struct play play;
  play_open(&play, "AVAILABLE", true);
  play_run(&play, -1, false, ONCE);
  play_is_well(&play, -1, false, ONCE);
  assert_true(play.ended_ms - WORLD_START_MS < 120000);
  play_close(&play);
}

static void events_harm_no_run(void **state) {
  (void)state;
  play_all("AVAILABLE", true);
  play_all("FAILED", true);
}

/* Nothing is sent to Image Builder while no claim can be made. */
static void without_scheduler_nothing_is_sent(void **state) {
  (void)state;
  static struct play play;
  play_open(&play, "AVAILABLE", false);
  play.refuses = "ServiceQuotaExceededException";
  play_run(&play, -1, false, ONCE);
  assert_int_equal(play.creations, 0);
  assert_int_equal(play.ends, 0);
  assert_int_equal(play.requests, 3);
  play_close(&play);
}

/* Answers of something that is not Scheduler: the run might have gone on from the event. */
static void without_a_list_nothing_is_sent(void **state) {
  (void)state;
  static const char *const lists[] = {"", "{}", "[]", "<html></html>", "{\"Schedules\":{}}", "{\"Schedules\":null}"};
  static struct play play;
  play_open(&play, "AVAILABLE", false);
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
    play.list = lists[i];
    play_run(&play, -1, false, ONCE);
    if (play.creations > 0 || play.schedule_count > 0 || !strstr(play.last, "EventBridge Scheduler's answer is")) {
      fail_msg("%s: %d images: %s", lists[i], play.creations, play.last);
    }
  }
  play_close(&play);
}

/* An answer is an error with a name, or a response; the claim's lease is there once anything was sent. */
static void every_allocation_fails(void **state) {
  (void)state;
  static struct play play;
  play_open(&play, "AVAILABLE", false);
  bool lasted = false;
  for (long n = 0; !lasted; n++) {
    struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
    struct answer answer;
    struct handler_call call = {.event = sv_from(play_start_event),
                                .request_id = SV("request"),
                                .function_arn = SV(FUNCTION ":live"),
                                .deadline_ms = play.world.now_ms + TIMEOUT_MS};
    play.creations = 0;
    arena_fail_after(arena, n);
    handler_invoke(&play.handler, &call, arena, &answer);
    lasted = arena_alloc(arena, 1) != NULL;
    assert_true(answer.failed ? answer.error_message.len > 0 : answer.response.len > 0);
    assert_true(play.creations == 0 || play.schedule_count == 1);
    play_clear(&play);
    arena_drop(arena);
  }
  play_close(&play);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_good_image_lives),
                                     cmocka_unit_test(a_failed_image_is_deleted),
                                     cmocka_unit_test(events_wake_a_run),
                                     cmocka_unit_test(events_harm_no_run),
                                     cmocka_unit_test(without_scheduler_nothing_is_sent),
                                     cmocka_unit_test(without_a_list_nothing_is_sent),
                                     cmocka_unit_test(every_allocation_fails)};
  return cmocka_run_group_tests_name("scheduler mode", tests, NULL, NULL);
}
