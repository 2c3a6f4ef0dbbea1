/* The length of waits, by cases: how many there were, what is asked for, and what the random source says. */
#include "durable_wait.h"

#include "cases.h"
#include "limits.h"

#define CASES "tests/unit/engine/durable_wait.json"

static int64_t number(const cJSON *data, const char *name) {
  const cJSON *member = cJSON_GetObjectItem(data, name);
  return member ? (int64_t)cJSON_GetNumberValue(member) : 0;
}

static uint64_t next(void *context) {
  return *(const uint64_t *)context;
}

static void test_wait(void **state) {
  const struct case_state *c = *state;
  const cJSON *data = c->data;
  uint64_t random = (uint64_t)number(data, "random");
  struct entropy entropy = {.next = next, .context = &random};
  struct durable_wait wait = {.waits = (unsigned)number(data, "waits"),
                              .poll_seconds = number(data, "poll"),
                              .asked_seconds = number(data, "asked")};
  int64_t got = durable_wait_seconds(&wait, &entropy);
  assert_int_equal(got, number(data, "wait"));
  assert_true(got >= durable_wait_least(&wait) && got <= LIMIT_WAIT_SECONDS_MAX);
}

int main(void) {
  return cases_run("durable_wait", CASES, "waits", test_wait);
}
