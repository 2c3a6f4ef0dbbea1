/* What is said of answers that are no success: redirects, regions, and the services' own messages. */
#include "redirect.h"

#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"
#include "service_message.h"

#define CASES "tests/unit/engine/redirect.json"
#define HEADERS_MAX 4

static void assert_text(const cJSON *data, sv got) {
  const char *text = case_text(data, "text");
  const char *part = case_text(data, "part");
  if (text ? !sv_eq(got, sv_from(text)) : !sv_contains(got, sv_from(part))) {
    fail_msg("the text is '%.*s'", SV_ARG(got));
  }
}

static void test_describe(void **state) {
  const struct case_state *c = *state;
  const cJSON *error = cJSON_GetObjectItem(c->data, "error");
  const cJSON *header = NULL;
  struct arena *arena = arena_new(MIB(1));
  struct http_header room[HEADERS_MAX];
  struct http_response response = {.status = (int)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "status")),
                                   .headers = {.items = room}};
  struct endpoint endpoint = {.service = sv_from(case_text(c->data, "service")),
                              .region = SV("eu-central-1"),
                              .is_configured = cJSON_IsTrue(cJSON_GetObjectItem(c->data, "configured"))};
  struct aws_error said = {.region = sv_from(case_text(error, "region")),
                           .endpoint = sv_from(case_text(error, "endpoint"))};
  struct sb text = sb_new(arena, KIB(16));
  cJSON_ArrayForEach(header, cJSON_GetObjectItem(c->data, "headers")) {
    room[response.headers.count++] = (struct http_header){sv_from(header->string), sv_from(header->valuestring)};
  }
  redirect_describe(&endpoint, &response, &said, &text);
  assert_text(c->data, sb_view(&text));
  arena_drop(arena);
}

static const struct credentials credentials = {
    {"AKIDEXAMPLE", 11}, {"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 40}, {"session-token-example", 21}};

static void test_message(void **state) {
  const struct case_state *c = *state;
  struct arena *arena = arena_new(MIB(1));
  assert_text(c->data, service_message(&credentials, sv_from(case_text(c->data, "message")), arena));
  arena_drop(arena);
}

static void long_messages_and_locations_are_cut(void **state) {
  static char text[2000];
  struct arena *arena = arena_new(MIB(1));
  (void)state;
  memset(text, 'x', sizeof text - 1);
  sv message = service_message(&credentials, sv_from(text), arena);
  assert_int_equal(message.len, 403);
  assert_true(sv_ends(message, SV("x...")));
  text[0] = '/';
  struct http_header location = {SV("Location"), sv_from(text)};
  struct http_response response = {.status = 301, .headers = {&location, 1}};
  struct endpoint endpoint = {.is_configured = true};
  struct aws_error said = {.in_success = false};
  struct sb out = sb_new(arena, KIB(16));
  redirect_describe(&endpoint, &response, &said, &out);
  assert_true(sb_view(&out).len > 400 && sb_view(&out).len < 600);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(long_messages_and_locations_are_cut)};
  return cases_run("redirect_describe", CASES, "descriptions", test_describe) +
         cases_run("service_message", CASES, "messages", test_message) +
         cmocka_run_group_tests_name("redirect", tests, NULL, NULL);
}
