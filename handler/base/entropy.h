/* Randomness as an argument. It spreads retries in time (jitter), and makes ids that only have to differ; no secret is made from it. */
#ifndef ARAZZO_ENTROPY_H
#define ARAZZO_ENTROPY_H

#include <stdint.h>

struct sb;

struct entropy {
  uint64_t (*next)(void *context);
  void *context;
};

/* The system's random source. */
struct entropy entropy_system(void);

/* Appends an id that no other one is likely to be: 32 hexadecimal digits. */
void entropy_put_id(const struct entropy *entropy, struct sb *out);

/* A number from 0 up to and including `max`. */
uint64_t entropy_up_to(const struct entropy *entropy, uint64_t max);

#endif
