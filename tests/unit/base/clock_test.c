/* UTC calendar arithmetic against known values, both ways, and day by day over eight thousand years. */
#include "clock.h"

#include <stdbool.h>

#include "cases.h"

#define CASES "tests/unit/base/clock.json"
#define LAST_MS INT64_C(253402300799999) /* 9999-12-31T23:59:59.999Z */

static int part(const cJSON *data, int index) {
  return (int)cJSON_GetNumberValue(cJSON_GetArrayItem(cJSON_GetObjectItem(data, "utc"), index));
}

static void converts(void **state) {
  const struct case_state *c = *state;
  int64_t wall_ms = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "ms"));
  struct clock_utc utc = clock_utc_from(wall_ms);
  const int parts[] = {utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second, utc.millisecond};
  for (int i = 0; i < 7; i++) {
    assert_int_equal(parts[i], part(c->data, i));
  }
  assert_int_equal(clock_wall_from(&utc), wall_ms);
}

static int days_of(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static void every_day_follows_the_one_before(void **state) {
  (void)state;
  struct clock_utc want = {.year = 1970, .month = 1, .day = 1};
  for (int64_t ms = 0; ms <= LAST_MS; ms += INT64_C(86400000)) {
    struct clock_utc got = clock_utc_from(ms);
    if (got.year != want.year || got.month != want.month || got.day != want.day || clock_wall_from(&got) != ms) {
      fail_msg("wrong at %04d-%02d-%02d", want.year, want.month, want.day);
    }
    if (++want.day > days_of(want.year, want.month)) {
      want.day = 1;
      want.year += want.month == 12;
      want.month = want.month % 12 + 1;
    }
  }
}

static void the_system_s_clock_runs(void **state) {
  (void)state;
  struct clock clock = clock_system();
  int64_t before = clock_monotonic_us(&clock);
  assert_true(clock_wall_ms(&clock) > INT64_C(1600000000000));
  clock_sleep_ms(&clock, 0);
  clock_sleep_ms(&clock, -5);
  clock_sleep_ms(&clock, 3);
  assert_true(clock_monotonic_us(&clock) - before >= 3000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_day_follows_the_one_before),
      cmocka_unit_test(the_system_s_clock_runs),
  };
  return cases_run("clock: UTC", CASES, NULL, converts) + cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
