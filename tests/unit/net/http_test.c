/* HTTP as data: header lists, the door against injection, methods, the check before the wire, heads of answers. */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "http_wire.h"
#include "limits.h"

#define CASES "tests/unit/net/http.json"

static sv item(const cJSON *array, int index) {
  return sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(array, index)));
}

static void assert_headers(const struct http_headers *headers, const cJSON *expected) {
  assert_int_equal(headers->count, cJSON_GetArraySize(expected));
  for (size_t i = 0; i < headers->count; i++) {
    const cJSON *pair = cJSON_GetArrayItem(expected, (int)i);
    assert_true(sv_eq(headers->items[i].name, item(pair, 0)));
    assert_true(sv_eq(headers->items[i].value, item(pair, 1)));
  }
}

static void assert_error(const struct err *e, const char *expected) {
  assert_non_null(expected);
  if (e->code != ERR_INVALID || !strstr(e->text, expected)) {
    fail_msg("the error is: %s", e->text);
  }
}

static void test_headers(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct http_headers headers = {0};
  struct err e = {0};
  bool ok = true;
  const cJSON *step = NULL;
  cJSON_ArrayForEach(step, cJSON_GetObjectItem(c->data, "do")) {
    bool is_set = sv_eq(item(step, 0), SV("set"));
    ok = ok && (is_set ? http_header_set : http_header_add)(arena, &headers, item(step, 1), item(step, 2), &e);
  }
  if (ok) {
    assert_headers(&headers, cJSON_GetObjectItem(c->data, "headers"));
  } else {
    assert_error(&e, case_text(c->data, "error"));
    assert_null(strstr(e.text, "Evil"));
  }
  arena_drop(arena);
}

static void test_method(void **state) {
  const struct case_state *c = *state;
  sv method = sv_from(c->name);
  assert_int_equal(http_method_is_idempotent(method), cJSON_IsTrue(cJSON_GetObjectItem(c->data, "idempotent")));
  assert_int_equal(http_method_is_safe(method), cJSON_IsTrue(cJSON_GetObjectItem(c->data, "safe")));
}

static struct http_request request_of(const struct case_state *c, struct http_header *room) {
  struct http_request request = {.method = sv_from(case_text(c->data, "method")),
                                 .url = sv_from(case_text(c->data, "url")),
                                 .body = sv_from(case_text(c->data, "body")),
                                 .headers = {.items = room}};
  const cJSON *pair = NULL;
  cJSON_ArrayForEach(pair, cJSON_GetObjectItem(c->data, "headers")) {
    room[request.headers.count++] = (struct http_header){item(pair, 0), item(pair, 1)};
  }
  return request;
}

static void test_wire(void **state) {
  const struct case_state *c = *state;
  struct http_header room[4];
  struct http_request request = request_of(c, room);
  struct err e = {0};
  struct url url;
  if (http_wire_check(&request, &url, &e)) {
    assert_null(case_text(c->data, "error"));
    assert_true(sv_eq(url.host, SV("h")));
  } else {
    assert_error(&e, case_text(c->data, "error"));
  }
}

static void test_head(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  struct http_headers headers = {0};
  struct err e = {0};
  char text[256];
  int length = snprintf(text, sizeof text, "%s", case_text(c->data, "text"));
  assert_true(http_wire_headers(arena, text, (size_t)length, &headers, &e));
  assert_headers(&headers, cJSON_GetObjectItem(c->data, "headers"));
  arena_drop(arena);
}

static void get_finds_the_first_without_case(void **state) {
  (void)state;
  struct http_header items[] = {{SV("B"), SV("0")}, {SV("Retry-After"), SV("1")}, {SV("retry-after"), SV("2")}};
  struct http_headers headers = {.items = items, .count = 3};
  sv value = SV("unchanged");
  assert_false(http_header_get(&headers, SV("retry"), &value));
  assert_true(sv_eq(value, SV("unchanged")));
  assert_true(http_header_get(&headers, SV("RETRY-AFTER"), &value));
  assert_true(sv_eq(value, SV("1")));
}

static void a_copy_is_not_touched_by_add(void **state) {
  (void)state;
  struct arena *arena = arena_new(MIB(1));
  struct http_headers original = {0};
  struct err e = {0};
  assert_true(http_header_add(arena, &original, SV("A"), SV("1"), &e));
  struct http_headers first = original;
  struct http_headers second = original;
  assert_true(http_header_add(arena, &first, SV("B"), SV("first"), &e));
  assert_true(http_header_add(arena, &second, SV("B"), SV("second"), &e));
  assert_int_equal(original.count, 1);
  assert_true(sv_eq(first.items[1].value, SV("first")));
  assert_true(sv_eq(second.items[1].value, SV("second")));
  arena_drop(arena);
}

static void headers_are_bounded(void **state) {
  (void)state;
  static char value[LIMIT_HEADER_BYTES + 1];
  struct arena *arena = arena_new(MIB(8));
  struct http_headers headers = {0};
  struct err e = {0};
  memset(value, 'x', sizeof value);
  assert_false(http_header_add(arena, &headers, SV("A"), (sv){value, sizeof value}, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_string_equal(e.text, "the value of header A is longer than 16384 bytes");
  err_clear(&e);
  for (size_t i = 0; i < LIMIT_HEADERS_COUNT; i++) {
    assert_true(http_header_add(arena, &headers, SV("A"), (sv){value, LIMIT_HEADER_BYTES}, &e));
  }
  assert_false(http_header_add(arena, &headers, SV("A"), SV("1"), &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_string_equal(e.text, "the request has more than 256 headers");
  arena_drop(arena);
}

static void a_nul_is_refused(void **state) {
  (void)state;
  struct err e = {0};
  assert_false(http_header_check(SV("A"), (sv){"a\0b", 3}, &e));
  assert_string_equal(e.text, "the value of header A holds the control character 0x00 at byte 1");
  err_clear(&e);
  assert_false(http_header_check((sv){"A\0", 2}, SV("1"), &e));
}

static void heads_are_bounded(void **state) {
  (void)state;
  static const char line[] = {'A', ':', '1', '\n'};
  const size_t lines = 100000;
  struct arena *arena = arena_new(MIB(1));
  struct http_headers headers;
  struct err e = {0};
  char *text = malloc(lines * sizeof line);
  assert_non_null(text);
  for (size_t i = 0; i < lines; i++) {
    memcpy(text + sizeof line * i, line, sizeof line);
  }
  assert_false(http_wire_headers(arena, text, lines * sizeof line, &headers, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_string_equal(e.text, "the answer has more than 256 headers");
  free(text);
  arena_drop(arena);
}

static void a_body_is_bounded(void **state) {
  (void)state;
  struct http_request request = {
      .method = SV("PUT"), .url = SV("http://h/"), .body = {"", LIMIT_REQUEST_BODY_BYTES + 1}};
  struct err e = {0};
  struct url url;
  assert_false(http_wire_check(&request, &url, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  assert_string_equal(e.text, "the request's body is longer than 8388608 bytes");
}

static void without_memory(void **state) {
  (void)state;
  struct arena *arena = arena_new(KIB(64));
  struct http_headers headers = {0};
  struct err e = {0};
  char head[] = "HTTP/1.1 200 OK\r\nA: 1\r\n\r\n";
  arena_fail_after(arena, 0);
  assert_false(http_header_add(arena, &headers, SV("A"), SV("1"), &e));
  assert_int_equal(e.code, ERR_MEMORY);
  assert_int_equal(headers.count, 0);
  err_clear(&e);
  assert_false(http_wire_headers(arena, head, sizeof head - 1, &headers, &e));
  assert_int_equal(e.code, ERR_MEMORY);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(get_finds_the_first_without_case),
      cmocka_unit_test(a_copy_is_not_touched_by_add),
      cmocka_unit_test(headers_are_bounded),
      cmocka_unit_test(a_nul_is_refused),
      cmocka_unit_test(heads_are_bounded),
      cmocka_unit_test(a_body_is_bounded),
      cmocka_unit_test(without_memory),
  };
  return cases_run("http headers", CASES, "headers", test_headers) +
         cases_run("http methods", CASES, "methods", test_method) +
         cases_run("http_wire_check", CASES, "wire", test_wire) +
         cases_run("http_wire_headers", CASES, "heads", test_head) +
         cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
