/* RFC 3339 5.6, date-time: a date, "T", a time, and an offset from UTC. Two things more are taken, since tools that print
 * credentials write them: a space in place of "T", and an offset without its colon. Digits of a second's fraction beyond the
 * third are dropped. A leap second (":60") is the first second of the next minute. */
#include "timestamp.h"

#include "clock.h"

#define MINUTE_MS INT64_C(60000)

/* The part of the text that is not read yet. */
static bool take_char(sv *rest, const char *any_of) {
  for (const char *c = any_of; rest->len && *c; c++) {
    if (rest->ptr[0] == *c) {
      *rest = sv_slice(*rest, 1, rest->len);
      return true;
    }
  }
  return false;
}

static bool take_number(sv *rest, size_t digits, int min, int max, int *out) {
  unsigned long long value = 0;
  sv text = sv_slice(*rest, 0, digits);
  if (text.len != digits || !sv_to_uint(text, (unsigned long long)max, &value) || (int)value < min) {
    return false;
  }
  *rest = sv_slice(*rest, digits, rest->len);
  *out = (int)value;
  return true;
}

static int days_of(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[month - 1] + (leap && month == 2 ? 1 : 0);
}

static bool take_date(sv *rest, struct clock_utc *out) {
  return take_number(rest, 4, 1970, 9999, &out->year) && take_char(rest, "-") &&
         take_number(rest, 2, 1, 12, &out->month) && take_char(rest, "-") &&
         take_number(rest, 2, 1, days_of(out->year, out->month), &out->day);
}

static bool take_fraction(sv *rest, int *millisecond) {
  int weight = 100;
  int digit = 0;
  if (!take_char(rest, ".")) {
    return true;
  }
  if (!take_number(rest, 1, 0, 9, &digit)) {
    return false;
  }
  do {
    *millisecond += digit * weight;
    weight /= 10;
  } while (take_number(rest, 1, 0, 9, &digit));
  return true;
}

static bool take_time(sv *rest, struct clock_utc *out) {
  return take_number(rest, 2, 0, 23, &out->hour) && take_char(rest, ":") && take_number(rest, 2, 0, 59, &out->minute) &&
         take_char(rest, ":") && take_number(rest, 2, 0, 60, &out->second) && take_fraction(rest, &out->millisecond);
}

static bool take_offset(sv *rest, int64_t *minutes) {
  int hour = 0;
  int minute = 0;
  *minutes = 0;
  if (take_char(rest, "Zz")) {
    return true;
  }
  bool is_behind = rest->len && rest->ptr[0] == '-';
  if (!take_char(rest, "+-") || !take_number(rest, 2, 0, 23, &hour)) {
    return false;
  }
  take_char(rest, ":");
  if (!take_number(rest, 2, 0, 59, &minute)) {
    return false;
  }
  *minutes = (is_behind ? -1 : 1) * ((int64_t)hour * 60 + minute);
  return true;
}

bool timestamp_parse(sv text, int64_t *wall_ms) {
  struct clock_utc utc = {0};
  int64_t minutes = 0;
  sv rest = text;
  if (!take_date(&rest, &utc) || !take_char(&rest, "Tt ") || !take_time(&rest, &utc) || !take_offset(&rest, &minutes) ||
      rest.len) {
    return false;
  }
  *wall_ms = clock_wall_from(&utc) - minutes * MINUTE_MS;
  return *wall_ms >= 0;
}
