/* Retries: classes, dates, the quota, and whole sendings played against a scripted transport, clock and dice. */
#include "retry.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "http_date.h"
#include "limits.h"

#define CASES "tests/unit/net/retry.json"
#define START_MS INT64_C(784111777000) /* Sun, 06 Nov 1994 08:49:37 GMT */
#define YEAR_2015_MS INT64_C(1420070400000)
#define SLEEPS_MAX 16
#define HEADERS_MAX 4

static int64_t integer_of(const cJSON *data, const char *member, int64_t otherwise) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(data, member);
  return item ? (int64_t)cJSON_GetNumberValue(item) : otherwise;
}

static bool flag_of(const cJSON *data, const char *member, bool otherwise) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(data, member);
  return item ? cJSON_IsTrue(item) : otherwise;
}

static struct http_headers headers_of(const cJSON *data, struct http_header *room) {
  struct http_headers headers = {.items = room};
  const cJSON *pair = NULL;
  cJSON_ArrayForEach(pair, cJSON_GetObjectItemCaseSensitive(data, "headers")) {
    room[headers.count].name = sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0)));
    room[headers.count++].value = sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1)));
  }
  return headers;
}

static const char *class_name(enum attempt_class value) {
  static const char *const names[] = {"ANSWERED", "THROTTLED", "MENDED", "TRANSIENT", "NOT_SENT", "LOST", "FATAL"};
  return names[value];
}

static void test_class(void **state) {
  const struct case_state *c = *state;
  struct http_response response = {.status = (int)integer_of(c->data, "status", 0)};
  sv type = sv_from(case_text(c->data, "type"));
  assert_string_equal(class_name(retry_classify(&response, type)), case_text(c->data, "class"));
}

static void test_date(void **state) {
  const struct case_state *c = *state;
  int64_t expected = integer_of(c->data, "ms", -1);
  int64_t wall_ms = -1;
  bool ok = http_date_parse(sv_from(case_text(c->data, "date")), integer_of(c->data, "nowMs", YEAR_2015_MS), &wall_ms);
  assert_int_equal(ok, expected >= 0);
  assert_true(!ok || wall_ms == expected);
}

/* ---- A world in which nothing happens but what the case says ---- */

struct play {
  const cJSON *answer; /* the next one */
  int64_t now_ms;
  int64_t slept_ms[SLEEPS_MAX];
  size_t sleeps;
  int64_t jitter; /* -1: the largest there is */
  unsigned throws;
  unsigned sends;
  unsigned prepares;
  int64_t fail_prepare;
  const cJSON *prepare_ms; /* how long each preparation takes; 0 where nothing is said */
  const struct http_request *original;
  unsigned renewals;
  bool has_others;
  struct retry_quota quota;
  struct clock_skew skew;
  struct http_header room[HEADERS_MAX];
};

static int64_t wall_ms(void *context) {
  const struct play *play = context;
  return play->now_ms;
}

static int64_t monotonic_us(void *context) {
  const struct play *play = context;
  return (play->now_ms - START_MS) * 1000;
}

static void sleep_ms(void *context, int64_t duration_ms) {
  struct play *play = context;
  assert_true(play->sleeps < SLEEPS_MAX);
  play->slept_ms[play->sleeps++] = duration_ms;
  play->now_ms += duration_ms;
}

/* The largest delay of the n-th retry is 1000 * 2^(n-1), which is what is thrown unless the case fixes it. */
static uint64_t next_random(void *context) {
  struct play *play = context;
  unsigned n = play->throws++;
  return play->jitter >= 0 ? (uint64_t)play->jitter : UINT64_C(1000) << n;
}

static enum err_code code_of(const char *name) {
  static const struct {
    const char *name;
    enum err_code code;
  } codes[] = {{"network", ERR_NETWORK}, {"timeout", ERR_TIMEOUT}, {"tls", ERR_TLS},
               {"limit", ERR_LIMIT},     {"invalid", ERR_INVALID}, {"memory", ERR_MEMORY}};
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    if (strcmp(codes[i].name, name) == 0) {
      return codes[i].code;
    }
  }
  fail_msg("no such failure: %s", name);
  return ERR_NONE;
}

/* Each try sees the request as it was prepared for it, and the caller's own stays as it was. */
static void assert_request(const struct play *play, const struct http_request *request) {
  char number = (char)('0' + play->prepares);
  assert_int_equal(request->headers.count, 2);
  assert_true(sv_eq(request->headers.items[0].value, SV("prepared")));
  assert_true(sv_eq(request->headers.items[1].value, (sv){&number, 1}));
  assert_int_equal(play->original->headers.count, 1);
  assert_true(sv_eq(play->original->headers.items[0].value, SV("original")));
}

static bool scripted_send(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                          struct http_response *response, enum http_progress *progress, struct err *e) {
  struct play *play = context;
  const cJSON *answer = play->answer;
  (void)arena;
  if (!answer) {
    fail_msg("an unexpected try");
    return false;
  }
  play->answer = answer->next;
  play->sends++;
  assert_request(play, request);
  assert_true(timeout_ms > 0 && timeout_ms <= LIMIT_REQUEST_MS);
  assert_int_equal(timeout_ms, integer_of(answer, "timeoutMs", timeout_ms));
  play->now_ms += integer_of(answer, "tookMs", 0);
  const char *failure = case_text(answer, "fail");
  if (failure) {
    *progress = flag_of(answer, "sent", false) ? HTTP_MAYBE_SENT : HTTP_NOT_SENT;
    return err_set(e, code_of(failure), "scripted %s", failure);
  }
  *response = (struct http_response){.status = (int)integer_of(answer, "status", 0),
                                     .headers = headers_of(answer, play->room),
                                     .body = sv_from(case_text(answer, "body"))};
  return true;
}

static int64_t time_to_prepare(const struct play *play, size_t n) {
  const cJSON *item = cJSON_GetArrayItem(play->prepare_ms, (int)n);
  return item ? (int64_t)cJSON_GetNumberValue(item) : 0;
}

static bool scripted_prepare(void *context, struct arena *arena, struct http_request *request, struct err *e) {
  static const sv numbers = {"123456789", 9};
  struct play *play = context;
  size_t n = play->prepares;
  if (play->fail_prepare == (int64_t)n + 1) {
    return err_set(e, ERR_UNRESOLVED, "scripted: no credentials");
  }
  play->prepares++;
  play->now_ms += time_to_prepare(play, n);
  assert_true(sv_eq(request->headers.items[0].value, SV("original")));
  return http_header_set(arena, &request->headers, SV("X-Changed"), SV("prepared"), e) &&
         http_header_set(arena, &request->headers, SV("X-Try"), sv_slice(numbers, n, n + 1), e);
}

static bool scripted_renew(void *context, struct arena *arena) {
  struct play *play = context;
  (void)arena;
  play->renewals++;
  return play->has_others;
}

static bool play_case(const cJSON *data, struct play *play, struct arena *arena, struct exchange *out, struct err *e) {
  struct http_header header = {SV("X-Changed"), SV("original")};
  const char *method = case_text(data, "method");
  struct http_request request = {
      .method = sv_from(method ? method : "PUT"), .url = SV("http://h/"), .headers = {&header, 1}};
  *play = (struct play){.answer = cJSON_GetArrayItem(cJSON_GetObjectItem(data, "answers"), 0),
                        .now_ms = START_MS,
                        .jitter = integer_of(data, "jitter", -1),
                        .fail_prepare = integer_of(data, "failPrepare", 0),
                        .prepare_ms = cJSON_GetObjectItem(data, "prepareMs"),
                        .quota = {(unsigned)integer_of(data, "spentBefore", 0)},
                        .skew = {integer_of(data, "aheadBeforeMs", 0)},
                        .has_others = flag_of(data, "otherCredentials", false),
                        .original = &request};
  struct clock clock = {wall_ms, monotonic_us, sleep_ms, play};
  struct entropy entropy = {next_random, play};
  struct transport transport = {scripted_send, play};
  struct retry_policy policy = {.max_attempts = (unsigned)integer_of(data, "maxAttempts", 3),
                                .deadline_ms = START_MS + integer_of(data, "deadlineMs", 60000),
                                .may_repeat = flag_of(data, "mayRepeat", true),
                                .is_signed = flag_of(data, "signed", false),
                                .skew = flag_of(data, "signed", false) ? &play->skew : NULL,
                                .renew = flag_of(data, "signed", false) ? scripted_renew : NULL,
                                .quota = &play->quota};
  return retry_send(&transport, &policy, &clock, &entropy, arena, &request, scripted_prepare, play, out, e);
}

static void assert_sleeps(const struct play *play, const cJSON *expected) {
  assert_int_equal(play->sleeps, cJSON_GetArraySize(expected));
  for (size_t i = 0; i < play->sleeps; i++) {
    assert_int_equal(play->slept_ms[i], cJSON_GetNumberValue(cJSON_GetArrayItem(expected, (int)i)));
  }
}

static void assert_exchange(const struct exchange *out, const cJSON *data) {
  const char *failure = case_text(data, "failure");
  assert_string_equal(class_name(out->outcome), case_text(data, "outcome"));
  assert_int_equal(out->response.status, integer_of(data, "status", 0));
  assert_int_equal(out->attempts, integer_of(data, "attempts", 0));
  assert_int_equal(out->ambiguous, flag_of(data, "ambiguous", false));
  assert_int_equal(out->retry_after_ms, integer_of(data, "retryAfterMs", out->retry_after_ms));
  assert_int_equal(out->failure != NULL, failure != NULL);
  if (failure && out->failure && !strstr(out->failure->text, failure)) {
    fail_msg("the failure is: %s", out->failure->text);
  }
}

static void test_sending(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct exchange out;
  struct play play;
  struct err e = {0};
  const char *error = case_text(c->data, "error");
  bool ok = play_case(c->data, &play, arena, &out, &e);
  if (error) {
    assert_false(ok);
    assert_string_equal(e.text, error);
    assert_int_equal(play.sends, 0);
  } else {
    assert_true(ok);
    assert_exchange(&out, c->data);
    assert_sleeps(&play, cJSON_GetObjectItem(c->data, "slept"));
    assert_int_equal(out.duration_us, (play.now_ms - START_MS) * 1000);
    assert_int_equal(play.sends, out.attempts);
    assert_int_equal(play.quota.spent, integer_of(c->data, "spent", play.quota.spent));
    assert_int_equal(play.renewals, integer_of(c->data, "renewals", 0));
    assert_int_equal(play.skew.ahead_ms, integer_of(c->data, "aheadMs", 0));
  }
  assert_null(play.answer);
  arena_drop(arena);
}

/* ---- What is not in the cases ---- */

static void without_memory(void **state) {
  (void)state;
  cJSON *data = cJSON_Parse("{\"answers\": [{\"status\": 400, \"body\": \"{\\\"__type\\\":\\\"Throttling\\\"}\"}, "
                            "{\"status\": 200}]}");
  struct arena *arena = arena_new(MIB(1));
  struct exchange out = {0};
  unsigned failed = 0;
  for (long n = 0; out.response.status != 200; n++) {
    struct play play;
    struct err e = {0};
    arena_reset(arena);
    arena_fail_after(arena, n);
    assert_true(n < 100);
    if (!play_case(data, &play, arena, &out, &e)) {
      assert_int_equal(e.code, ERR_MEMORY);
      failed++;
    }
  }
  assert_true(failed > 3);
  arena_drop(arena);
  cJSON_Delete(data);
}

/* NOLINTBEGIN(readability-non-const-parameter): the type is the transport's */
static bool answer_200(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                       struct http_response *response, enum http_progress *progress, struct err *e) {
  (void)context, (void)timeout_ms, (void)arena, (void)progress, (void)e;
  assert_int_equal(request->headers.count, 0);
  *response = (struct http_response){.status = 200};
  return true;
}

/* NOLINTEND(readability-non-const-parameter) */

static void without_prepare_or_headers(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct transport transport = {.send = answer_200};
  struct clock clock = clock_system();
  struct entropy entropy = entropy_system();
  struct retry_policy policy = {.max_attempts = 3, .deadline_ms = clock_wall_ms(&clock) + 60000};
  struct http_request request = {.method = SV("GET"), .url = SV("http://h/")};
  struct exchange out;
  struct err e = {0};
  assert_true(retry_send(&transport, &policy, &clock, &entropy, arena, &request, NULL, NULL, &out, &e));
  assert_int_equal(out.outcome, ATTEMPT_ANSWERED);
  assert_int_equal(out.attempts, 1);
  arena_drop(arena);
}

static void the_quota_never_overflows(void **state) {
  struct retry_quota quota = {.spent = 0};
  unsigned taken = 0;
  (void)state;
  while (retry_quota_take(&quota, RETRY_COST_ERROR)) {
    taken += RETRY_COST_ERROR;
  }
  assert_int_equal(taken, LIMIT_RETRY_QUOTA);
  retry_quota_give(&quota, RETRY_COST_ERROR);
  assert_false(retry_quota_take(&quota, RETRY_COST_TIMEOUT));
  assert_true(retry_quota_take(&quota, RETRY_COST_ERROR));
  quota.spent = 3;
  retry_quota_give(&quota, RETRY_COST_TIMEOUT);
  retry_quota_give(&quota, 0);
  assert_int_equal(quota.spent, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(without_memory),
      cmocka_unit_test(without_prepare_or_headers),
      cmocka_unit_test(the_quota_never_overflows),
  };
  return cases_run("retry_classify", CASES, "classes", test_class) +
         cases_run("http_date_parse", CASES, "dates", test_date) +
         cases_run("retry_send", CASES, "sending", test_sending) +
         cmocka_run_group_tests_name("retry", tests, NULL, NULL);
}
