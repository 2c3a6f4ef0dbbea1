/* The system's clock, and UTC calendar arithmetic without the C library's time zone (which reads files and is not
 * reentrant). Days are counted from 0000-03-01, so that the leap day is the last one of its year. */
#include "clock.h"

#include <errno.h>
#include <time.h>

#define MS_PER_DAY INT64_C(86400000)
#define DAYS_TO_1970 INT64_C(719468)
#define DAYS_PER_ERA INT64_C(146097)

static int64_t system_wall_ms(void *context) {
  (void)context;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t system_monotonic_us(void *context) {
  (void)context;
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void system_sleep_ms(void *context, int64_t duration_ms) {
  (void)context;
  struct timespec left = {.tv_sec = (time_t)(duration_ms / 1000), .tv_nsec = (long)(duration_ms % 1000) * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

struct clock clock_system(void) {
  return (struct clock){.wall_ms = system_wall_ms, .monotonic_us = system_monotonic_us, .sleep_ms = system_sleep_ms};
}

int64_t clock_wall_ms(const struct clock *clock) {
  return clock->wall_ms(clock->context);
}

int64_t clock_monotonic_us(const struct clock *clock) {
  return clock->monotonic_us(clock->context);
}

void clock_sleep_ms(const struct clock *clock, int64_t duration_ms) {
  if (duration_ms > 0) {
    clock->sleep_ms(clock->context, duration_ms);
  }
}

struct clock_utc clock_utc_from(int64_t wall_ms) {
  int64_t in_day = wall_ms % MS_PER_DAY;
  int64_t days = wall_ms / MS_PER_DAY + DAYS_TO_1970;
  int64_t era = days / DAYS_PER_ERA;
  int64_t day_of_era = days % DAYS_PER_ERA;
  int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t from_march = (5 * day_of_year + 2) / 153;
  int month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
  return (struct clock_utc){
      .year = (int)(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
      .month = month,
      .day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1),
      .hour = (int)(in_day / 3600000),
      .minute = (int)(in_day / 60000 % 60),
      .second = (int)(in_day / 1000 % 60),
      .millisecond = (int)(in_day % 1000),
  };
}

int64_t clock_wall_from(const struct clock_utc *utc) {
  int64_t year = utc->month <= 2 ? utc->year - 1 : utc->year;
  int64_t era = year / 400;
  int64_t year_of_era = year % 400;
  int64_t from_march = utc->month > 2 ? utc->month - 3 : utc->month + 9;
  int64_t day_of_year = (153 * from_march + 2) / 5 + utc->day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  int64_t days = era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
  return ((days * 24 + utc->hour) * 60 + utc->minute) * 60000 + (int64_t)utc->second * 1000 + utc->millisecond;
}
