/* HTTP dates (RFC 9110 5.6.7), read from left to right by a cursor that stays failed once something did not fit:
 *   IMF-fixdate   Sun, 06 Nov 1994 08:49:37 GMT
 *   RFC 850       Sunday, 06-Nov-94 08:49:37 GMT
 *   asctime       Sun Nov  6 08:49:37 1994
 * The name of the day carries no information and is only skipped. A leap second counts as the second before it. */
#include "http_date.h"

#include "clock.h"

#define YEAR_MIN 1970
#define YEARS_AHEAD 50

struct cursor {
  sv rest;
  bool failed;
};

static void expect(struct cursor *c, sv text) {
  c->failed = c->failed || !sv_starts(c->rest, text);
  c->rest = sv_slice(c->rest, text.len, c->rest.len);
}

static int take_number(struct cursor *c, size_t digits, int max) {
  unsigned long long value = 0;
  sv text = sv_slice(c->rest, 0, digits);
  c->failed = c->failed || text.len != digits || !sv_to_uint(text, (unsigned long long)max, &value);
  c->rest = sv_slice(c->rest, digits, c->rest.len);
  return (int)value;
}

static int take_month(struct cursor *c) {
  static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  sv name = sv_slice(c->rest, 0, 3);
  c->rest = sv_slice(c->rest, 3, c->rest.len);
  for (int month = 0; month < 12; month++) {
    if (sv_eq(name, (sv){names + 3 * (size_t)month, 3})) {
      return month + 1;
    }
  }
  c->failed = true;
  return 1;
}

static void take_time(struct cursor *c, struct clock_utc *out) {
  out->hour = take_number(c, 2, 23);
  expect(c, SV(":"));
  out->minute = take_number(c, 2, 59);
  expect(c, SV(":"));
  int second = take_number(c, 2, 60);
  out->second = second == 60 ? 59 : second;
}

/* RFC 9110 5.6.7: a year that appears to be more than 50 years in the future is the last one in the past that ends in
 * the same digits. */
static int year_of_two_digits(int digits, int64_t now_ms) {
  int latest = clock_utc_from(now_ms).year + YEARS_AHEAD;
  int year = latest - latest % 100 + digits;
  return year > latest ? year - 100 : year;
}

/* After "Sun, " or "Sunday, ". */
static void take_date_first(struct cursor *c, int64_t now_ms, struct clock_utc *out) {
  out->day = take_number(c, 2, 31);
  bool short_year = sv_starts(c->rest, SV("-"));
  sv separator = short_year ? SV("-") : SV(" ");
  expect(c, separator);
  out->month = take_month(c);
  expect(c, separator);
  out->year = short_year ? year_of_two_digits(take_number(c, 2, 99), now_ms) : take_number(c, 4, 9999);
  expect(c, SV(" "));
  take_time(c, out);
  expect(c, SV(" GMT"));
}

/* After "Sun ". */
static void take_asctime(struct cursor *c, struct clock_utc *out) {
  out->month = take_month(c);
  expect(c, SV(" "));
  bool padded = sv_starts(c->rest, SV(" "));
  expect(c, padded ? SV(" ") : SV(""));
  out->day = take_number(c, padded ? 1 : 2, 31);
  expect(c, SV(" "));
  take_time(c, out);
  expect(c, SV(" "));
  out->year = take_number(c, 4, 9999);
}

bool http_date_parse(sv text, int64_t now_ms, int64_t *wall_ms) {
  struct clock_utc utc = {0};
  struct cursor c = {.rest = text};
  sv day_name;
  sv rest;
  if (sv_split(text, ',', &day_name, &rest)) {
    c.rest = rest;
    expect(&c, SV(" "));
    take_date_first(&c, now_ms, &utc);
  } else {
    c.rest = sv_slice(text, 4, text.len);
    c.failed = text.len < 4 || text.ptr[3] != ' ';
    take_asctime(&c, &utc);
  }
  if (c.failed || c.rest.len || utc.year < YEAR_MIN) {
    return false;
  }
  *wall_ms = clock_wall_from(&utc);
  struct clock_utc back = clock_utc_from(*wall_ms);
  return back.day == utc.day && back.month == utc.month;
}
