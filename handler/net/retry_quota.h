/* The retry quota of AWS standard mode: what keeps many failing requests from becoming three times as many. */
#ifndef ARAZZO_RETRY_QUOTA_H
#define ARAZZO_RETRY_QUOTA_H

#include <stdbool.h>

/* A bucket of tokens. It outlives an invocation; all zero it is full. */
struct retry_quota {
  unsigned spent; /* of LIMIT_RETRY_QUOTA */
};

/* What a retry takes. */
enum retry_cost { RETRY_COST_ERROR = 5, RETRY_COST_TIMEOUT = 10 };

/* Takes the tokens for one retry; false, and nothing is taken, when there are not enough. */
bool retry_quota_take(struct retry_quota *quota, enum retry_cost cost);

/* After a success: gives back what its last retry took, or one token when it needed none (`taken` is 0). */
void retry_quota_give(struct retry_quota *quota, unsigned taken);

#endif
