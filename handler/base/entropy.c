/* The kernel's random source. A remainder favours small numbers by less than max / 2^64, which jitter does not notice. */
#include "entropy.h"

#include <sys/random.h>

#include "sb.h"

static uint64_t system_next(void *context) {
  (void)context;
  uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != (ssize_t)sizeof value) {
    value = UINT64_MAX / 2;
  }
  return value;
}

struct entropy entropy_system(void) {
  return (struct entropy){.next = system_next};
}

uint64_t entropy_up_to(const struct entropy *entropy, uint64_t max) {
  uint64_t value = entropy->next(entropy->context);
  return max == UINT64_MAX ? value : value % (max + 1);
}

void entropy_put_id(const struct entropy *entropy, struct sb *out) {
  for (int half = 0; half < 2; half++) {
    sb_format(out, "%016llx", (unsigned long long)entropy->next(entropy->context));
  }
}
