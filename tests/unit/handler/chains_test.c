/* Scheduler mode, where chains of schedules meet: two instances of the function at once, one of them taking its event between any two
 * requests of the other; runs with the same id, or that wait for the same thing; and inputs that hardly fit. */
#include "play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document.h"

/* ---- two instances at once ---- */

/* What two instances of the function get. */
enum pair { THE_SAME_EVENT, THE_EVENT_BEFORE, WAKE_FIRST, TIMER_FIRST, PAIRS };

/* The event that fires as the `number`-th, and `*before` it; NULL when the run is over by then. */
static char *fire_event(struct play *play, int number, char **before) {
  *before = strdup(play_start_event);
  for (int fired = 0; play->schedule_count > 0 || play->delivery_count > 0;) {
    if (play->delivery_count > 0) {
      (void)play_happen(play);
      continue;
    }
    size_t first = 0;
    for (size_t i = 1; i < play->schedule_count; i++) {
      first = play->schedules[i].at_ms < play->schedules[first].at_ms ? i : first;
    }
    if (strstr(play->schedules[first].input, "\"over\"")) {
      break;
    }
    if (++fired < number) {
      free(*before);
      *before = strdup(play->schedules[first].input);
      play_fire(play, first);
      continue;
    }
    char *event = strdup(play->schedules[first].input);
    play->world.now_ms = play->schedules[first].at_ms;
    play_remove_schedule(play, first);
    return event;
  }
  return NULL;
}

/* False when there is no such point. */
static bool race(struct play *play, enum pair pair, int number, long at, bool is_behind) {
  char *before = NULL;
  play_begin(play, -1, false, ONCE);
  char *event = fire_event(play, number, &before);
  if (!event) {
    free(before);
    play_go_to_the_end(play);
    return false;
  }
  const char *first = pair == THE_EVENT_BEFORE ? before : (pair == WAKE_FIRST ? play_state_event : event);
  struct one_delivery delivery = {play->world.now_ms, strdup(first), 2, true};
  play->meanwhile = strdup(pair == TIMER_FIRST ? play_state_event : event);
  play->meanwhile_at = play->requests + at;
  play->meanwhile_behind = is_behind;
  play_invoke(play, &delivery);
  free(delivery.event);
  bool is_point = !play->meanwhile;
  if (!is_point) {
    play_happen_meanwhile(play);
  }
  long waits = 0;
  for (size_t i = 0; i < play->schedule_count; i++) {
    waits += strncmp(play->schedules[i].name, "wake-", 5) != 0 && !strstr(play->schedules[i].input, "\"lease\"");
  }
  if (waits > 1) {
    fail_msg("the run forked: pair %d, event %d, request %ld (%s)", pair, number, at, is_behind ? "behind" : "before");
  }
  play_go_to_the_end(play);
  free(event);
  free(before);
  return is_point;
}

/* At every point of the instance that is the first. */
static void race_at_all_points(struct play *play, enum pair pair, int number) {
  bool is_point = true;
  for (long at = 0; is_point; at++) {
    for (int behind = 0; behind < 2; behind++) {
      is_point = race(play, pair, number, at, behind);
      play_is_well(play, at, behind, ONCE);
    }
  }
}

static void race_all(const char *final) {
  static struct play play;
  play_open(&play, final, true);
  play.wakes = false;
  play.is_race = true;
  for (int pair = 0; pair < PAIRS; pair++) {
    for (int number = 1; number <= 4; number++) {
      race_at_all_points(&play, (enum pair)pair, number);
    }
  }
  play_close(&play);
}

static void two_instances_make_one_run(void **state) {
  (void)state;
  race_all("AVAILABLE");
  race_all("FAILED");
}

/* ---- runs that have something in common ---- */

/* Two functions with the same run id in the same group: each has its run. */
static void runs_of_two_functions_are_two(void **state) {
  (void)state;
  static struct play play;
  play_open(&play, "AVAILABLE", false);
  play_begin(&play, -1, false, ONCE);
  play_go_until_it_polls(&play);
  play.function = FUNCTION "2";
  play_deliver(&play, play_start_event);
  assert_int_equal(play.sends, 2);
  play_clear(&play);
  play_close(&play);
}

static const struct one_schedule *find_pointer(const struct play *play) {
  for (size_t i = 0; i < play->schedule_count; i++) {
    if (strncmp(play->schedules[i].name, "wake-", 5) == 0) {
      return &play->schedules[i];
    }
  }
  fail_msg("no pointer was made");
  return NULL;
}

/* An event for a run that waits, with `spoil` done to what is in Scheduler. */
static void wake_with(void (*spoil)(struct play *play), const char *answer, long least_gets) {
  static struct play play;
  play_open(&play, "AVAILABLE", true);
  play.wakes = false;
  play_begin(&play, -1, false, ONCE);
  play_go_until_it_polls(&play);
  int before = play.gets;
  spoil(&play);
  play_deliver(&play, play_state_event);
  if (play.last_failed || !strstr(play.last, answer) || play.gets - before != least_gets) {
    fail_msg("%d more polls: %s", play.gets - before, play.last);
  }
  play_clear(&play);
  play_close(&play);
}

/* The run is one of a version with other documents. */
static void change_documents(struct play *play) {
  static struct document_set set;
  static struct document document;
  document = *play->handler.document;
  set = *document.set;
  set.digest.text[0] = set.digest.text[0] == '0' ? '1' : '0';
  document.set = &set;
  play->handler.document = &document;
}

static void a_run_of_other_documents_is_not_woken(void **state) {
  (void)state;
  wake_with(change_documents, "{\"ignored\":", 0);
}

/* Many others waited for the same. */
static void add_pointers(struct play *play) {
  const struct one_schedule pointer = *find_pointer(play);
  for (int i = 0; i < 12; i++) {
    struct one_schedule *copy = &play->schedules[play->schedule_count++];
    *copy = (struct one_schedule){.at_ms = pointer.at_ms, .input = strdup(pointer.input)};
    snprintf(copy->name, sizeof copy->name, "%.30s%032d", pointer.name, i);
  }
}

static void many_may_wait_for_one_thing(void **state) {
  (void)state;
  wake_with(add_pointers, "\"status\":\"RUNNING\"", 1);
}

static void change_nothing(struct play *play) {
  (void)play;
}

static void an_event_polls_at_once(void **state) {
  (void)state;
  wake_with(change_nothing, "\"status\":\"RUNNING\"", 1);
}

/* The end of a run is told late, when its id is that of another run. */
static void an_old_end_ends_no_new_run(void **state) {
  (void)state;
  static struct play play;
  char *end = NULL;
  play_open(&play, "AVAILABLE", false);
  play_begin(&play, -1, false, ONCE);
  while (play.ends == 0 && play_happen(&play)) {
  }
  assert_int_equal(play.schedule_count, 1);
  end = strdup(play.schedules[0].input);
  play_remove_schedule(&play, 0);
  play.world.now_ms += 50000000;
  int64_t now_ms = play.world.now_ms;
  play_begin(&play, -1, false, ONCE);
  char *first = play.deliveries[0].event;
  play_drop_delivery(&play, first);
  free(first);
  play.world.now_ms = now_ms;
  play_arrive(&play, play_start_event);
  play_go_until_it_polls(&play);
  play_deliver(&play, end);
  assert_true(strstr(play.last, "ignored"));
  play_go_to_the_end(&play);
  play_is_well(&play, -1, false, ONCE);
  free(end);
  play_close(&play);
}

/* ---- limits ---- */

/* Written to be a schedule's input each '<' has six bytes. */
static void write_start(char *out, size_t size, size_t escaped) {
  size_t used =
      (size_t)snprintf(out, size, "{\"inputs\":{\"imageRecipeArn\":\"arn:r%.*s", (int)(escaped % 6), "123456");
  memset(out + used, '<', escaped);
  snprintf(out + used + escaped, size - used - escaped,
           "\",\"infrastructureConfigurationArn\":\"arn:i\"},\"runId\":\"x\"}");
}

/* What was handed on can be claimed: at the limit the run ends with its reason, or goes on. */
static bool goes_on(struct play *play, const char *event) {
  play_clear(play);
  play->creations = play->gets = play->ends = 0;
  play->token[0] = '\0';
  play_deliver(play, event);
  if (play->last_failed || !strstr(play->last, "RUNNING")) {
    return false;
  }
  char *input = strdup(play->schedules[0].input);
  play_remove_schedule(play, 0);
  play_deliver(play, input);
  free(input);
  if (play->last_failed) {
    fail_msg("%s", play->last);
  }
  return true;
}

static void no_size_is_stuck(void **state) {
  (void)state;
  static struct play play;
  static char event[300000];
  size_t count = 0;
  play_open(&play, "AVAILABLE", false);
  for (size_t escaped = 43500; escaped < 43620; escaped++) {
    write_start(event, sizeof event, escaped);
    count += goes_on(&play, event);
  }
  assert_true(count > 0 && count < 120);
  play_clear(&play);
  play_close(&play);
}

/* A schedule's time may pass while Scheduler throttles its update. */
static void a_slow_update_is_no_failure(void **state) {
  (void)state;
  static struct play play;
  play_open(&play, "AVAILABLE", false);
  play_begin(&play, -1, false, ONCE);
  play.late_updates = 1;
  assert_true(play_happen(&play));
  assert_true(play.late_updates == 0);
  if (play.last_failed) {
    fail_msg("%s", play.last);
  }
  play_go_to_the_end(&play);
  play_is_well(&play, -1, false, ONCE);
  play_close(&play);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(two_instances_make_one_run),
                                     cmocka_unit_test(runs_of_two_functions_are_two),
                                     cmocka_unit_test(an_event_polls_at_once),
                                     cmocka_unit_test(a_run_of_other_documents_is_not_woken),
                                     cmocka_unit_test(many_may_wait_for_one_thing),
                                     cmocka_unit_test(an_old_end_ends_no_new_run),
                                     cmocka_unit_test(no_size_is_stuck),
                                     cmocka_unit_test(a_slow_update_is_no_failure)};
  return cmocka_run_group_tests_name("chains of schedules", tests, NULL, NULL);
}
