/* Errors of AWS services, read from answers in every protocol. */
#include "aws_error.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/net/aws_error.json"
#define HEADERS_MAX 4

static struct http_response response_of(const cJSON *data, struct http_header *room) {
  const cJSON *status = cJSON_GetObjectItemCaseSensitive(data, "status");
  const cJSON *pair = NULL;
  struct http_response response = {.status = status ? (int)cJSON_GetNumberValue(status) : 400,
                                   .headers = {.items = room},
                                   .body = sv_from(case_text(data, "body"))};
  cJSON_ArrayForEach(pair, cJSON_GetObjectItemCaseSensitive(data, "headers")) {
    room[response.headers.count].name = sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0)));
    room[response.headers.count++].value = sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1)));
  }
  return response;
}

static void assert_member(const cJSON *data, const char *name, sv got) {
  const char *want = case_text(data, name);
  if (!sv_eq(got, sv_from(want ? want : ""))) {
    fail_msg("%s is '%.*s', not '%s'", name, SV_ARG(got), want ? want : "");
  }
}

static void assert_error(const cJSON *data, const struct aws_error *error) {
  assert_member(data, "type", error->type);
  assert_member(data, "message", error->message);
  assert_member(data, "requestId", error->request_id);
  assert_member(data, "region", error->region);
  assert_member(data, "endpoint", error->endpoint);
  assert_int_equal(error->in_success, cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(data, "inSuccess")));
}

/* Each allocation fails in turn: then there is ERR_MEMORY, or what was to be read. */
static void test_read(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(8));
  struct http_header room[HEADERS_MAX];
  struct http_response response = response_of(c->data, room);
  struct aws_error error;
  bool ok = false;
  for (long n = 0; !ok; n++) {
    struct err e = {0};
    arena_reset(arena);
    arena_fail_after(arena, n);
    assert_true(n < 1000);
    ok = aws_error_read(arena, &response, &error, &e);
    assert_int_equal(e.code, ok ? ERR_NONE : ERR_MEMORY);
  }
  assert_error(c->data, &error);
  arena_drop(arena);
}

/* The type that is found in a body of `bytes` bytes. */
static size_t type_length(struct arena *arena, const char *start, const char *end, size_t bytes) {
  struct sb body = sb_new(arena, bytes);
  struct aws_error error;
  struct err e = {0};
  sb_put(&body, sv_from(start));
  while (body.len + strlen(end) < bytes) {
    sb_char(&body, 'x');
  }
  sb_put(&body, sv_from(end));
  struct http_response response = {.status = 400, .body = sb_view(&body)};
  assert_int_equal(response.body.len, bytes);
  assert_true(aws_error_read(arena, &response, &error, &e));
  return error.type.len;
}

static void a_large_body_has_no_type(void **state) {
  static const char *const bodies[][2] = {
      {"{\"__type\":\"Throttling\",\"message\":\"", "\"}"},
      {"<Error><Code>Throttling</Code><Message>", "</Message></Error>"},
  };
  struct arena *arena = arena_new(MIB(4));
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(type_length(arena, bodies[i][0], bodies[i][1], LIMIT_ERROR_BODY_BYTES), strlen("Throttling"));
    assert_int_equal(type_length(arena, bodies[i][0], bodies[i][1], LIMIT_ERROR_BODY_BYTES + 1), 0);
  }
  arena_drop(arena);
}

static void bytes_that_are_no_text(void **state) {
  struct arena *arena = arena_new(MIB(1));
  struct http_response response = {.status = 500, .body = SV("<Error><Code>A\xFF</Code></Error>")};
  struct aws_error error;
  struct err e = {0};
  (void)state;
  assert_true(aws_error_read(arena, &response, &error, &e));
  assert_int_equal(error.type.len, 0);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_large_body_has_no_type),
      cmocka_unit_test(bytes_that_are_no_text),
  };
  return cases_run("aws_error_read", CASES, NULL, test_read) +
         cmocka_run_group_tests_name("aws_error", tests, NULL, NULL);
}
