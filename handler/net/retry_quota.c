/* The retry quota ("Retry behavior", AWS SDKs and Tools Reference Guide; the numbers are those of the SDKs' standard mode): 500
 * tokens; a retry takes 5, after a timeout 10; a success gives back what its last retry took, and 1 when it needed none.
 *
 * One invocation sends one request, and its few tries never empty the bucket. A warm function that is invoked for many runs
 * does: while a service is down, it soon sends each request once, and leaves the next try to a later invocation. */
#include "retry_quota.h"

#include "limits.h"

#define WITHOUT_RETRY 1

bool retry_quota_take(struct retry_quota *quota, enum retry_cost cost) {
  if (quota->spent + (unsigned)cost > LIMIT_RETRY_QUOTA) {
    return false;
  }
  quota->spent += (unsigned)cost;
  return true;
}

void retry_quota_give(struct retry_quota *quota, unsigned taken) {
  unsigned given = taken ? taken : WITHOUT_RETRY;
  quota->spent = quota->spent > given ? quota->spent - given : 0;
}
