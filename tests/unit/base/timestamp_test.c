/* RFC 3339 times: each case has a text and its milliseconds since 1970, or none when the text is refused. */
#include "timestamp.h"

#include "cases.h"

static void test_timestamp(void **state) {
  const struct case_state *c = *state;
  const cJSON *expected = cJSON_GetObjectItem(c->data, "ms");
  int64_t got = -1;
  bool good = timestamp_parse(sv_from(case_text(c->data, "text")), &got);
  assert_int_equal(good, expected != NULL);
  if (good) {
    assert_int_equal(got, (int64_t)cJSON_GetNumberValue(expected));
  }
}

int main(void) {
  return cases_run("timestamp", "tests/unit/base/timestamp.json", NULL, test_timestamp);
}
