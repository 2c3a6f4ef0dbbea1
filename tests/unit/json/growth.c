/* Compares many small pieces of work with one large piece of the same total size, in processor time. The margin covers n
 * log n, caches that are too small for the large piece, and the clock's grain. */
#include "growth.h"

#include <time.h>

#include "cases.h"

#define MARGIN_FACTOR 6.0
#define MARGIN_SECONDS 0.1

static double seconds_of(growth_work *work, void *context, size_t count, size_t times) {
  clock_t start = clock();
  for (size_t i = 0; i < times; i++) {
    work(context, count);
  }
  return (double)(clock() - start) / CLOCKS_PER_SEC;
}

void growth_assert_even(growth_work *work, void *context, size_t count) {
  double small = seconds_of(work, context, count, GROWTH_FACTOR);
  double large = seconds_of(work, context, count * GROWTH_FACTOR, 1);
  if (large > small * MARGIN_FACTOR + MARGIN_SECONDS) {
    fail_msg("%zu pieces of size %zu take %.3f s, but one of size %zu takes %.3f s", GROWTH_FACTOR, count, small,
             count * GROWTH_FACTOR, large);
  }
}
