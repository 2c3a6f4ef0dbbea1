/* How long the parts of a request may take: events at given times, and then what is left, or what is told. */
#include <string.h>

#include "cases.h"
#include "errinfo.h"
#include "patience.h"

#define CASES "tests/unit/net/patience.json"
#define BEGIN_US INT64_C(7000000) /* the clock's start is arbitrary */

static int64_t at_us(const cJSON *ms) {
  return BEGIN_US + (int64_t)cJSON_GetNumberValue(ms) * 1000;
}

static enum phase phase_of(const char *name) {
  static const char *const names[PHASE_COUNT] = {"name", "connection", "handshake", "answer", "body"};
  int phase = 0;
  while (strcmp(names[phase], name) != 0) {
    phase++;
  }
  return (enum phase)phase;
}

static void play(struct patience *patience, const cJSON *events) {
  const cJSON *event = NULL;
  cJSON_ArrayForEach(event, events) {
    const char *what = cJSON_GetStringValue(cJSON_GetArrayItem(event, 1));
    int64_t now_us = at_us(cJSON_GetArrayItem(event, 0));
    if (strcmp(what, "hear") == 0) {
      patience_hear(patience, now_us);
    } else {
      patience_enter(patience, phase_of(what), now_us);
    }
  }
}

static void test_limits(void **state) {
  const struct case_state *c = *state;
  int64_t now_us = at_us(cJSON_GetObjectItem(c->data, "nowMs"));
  const char *expected = case_text(c->data, "error");
  struct patience patience;
  struct err e = {0};
  patience_begin(&patience, (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "timeoutMs")), BEGIN_US);
  play(&patience, cJSON_GetObjectItem(c->data, "events"));
  assert_int_equal(patience_left_ms(&patience, now_us), cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "left")));
  assert_false(patience_report(&patience, SV("h"), now_us, &e));
  assert_int_equal(e.code, ERR_TIMEOUT);
  if (expected && strncmp(e.text, expected, strlen(expected)) != 0) {
    fail_msg("the error is: %s", e.text);
  }
}

int main(void) {
  return cases_run("patience", CASES, "limits", test_limits);
}
