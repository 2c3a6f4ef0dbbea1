/* Time as an argument: the only file that asks the system for it is clock.c. */
#ifndef ARAZZO_CLOCK_H
#define ARAZZO_CLOCK_H

#include <stdint.h>

struct clock {
  int64_t (*wall_ms)(void *context);      /* milliseconds since 1970-01-01T00:00:00Z */
  int64_t (*monotonic_us)(void *context); /* microseconds since an arbitrary start, never going back */
  void (*sleep_ms)(void *context, int64_t duration_ms);
  void *context;
};

/* The system's clock. */
struct clock clock_system(void);

int64_t clock_wall_ms(const struct clock *clock);
int64_t clock_monotonic_us(const struct clock *clock);

/* Returns after `duration_ms`; at once when it is zero or less. */
void clock_sleep_ms(const struct clock *clock, int64_t duration_ms);

/* Calendar parts of a time in UTC (proleptic Gregorian calendar). */
struct clock_utc {
  int year;
  int month; /* 1-12 */
  int day;   /* 1-31 */
  int hour, minute, second, millisecond;
};

/* The calendar parts of `wall_ms`, which must lie in the years 1970 to 9999. */
struct clock_utc clock_utc_from(int64_t wall_ms);

/* Milliseconds since 1970 of a UTC calendar time. */
int64_t clock_wall_from(const struct clock_utc *utc);

#endif
