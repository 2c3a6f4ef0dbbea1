/* Randomness as an argument. It only spreads retries in time (jitter); no secret or name is made from it. */
#ifndef ARAZZO_ENTROPY_H
#define ARAZZO_ENTROPY_H

#include <stdint.h>

struct entropy {
  uint64_t (*next)(void *context);
  void *context;
};

/* The system's random source. */
struct entropy entropy_system(void);

/* A number from 0 up to and including `max`. */
uint64_t entropy_up_to(const struct entropy *entropy, uint64_t max);

#endif
