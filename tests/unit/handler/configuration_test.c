/* The environment: each variable's default, good values and bad ones. */
#include "configuration.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "aws_endpoint.h"
#include "cases.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

#define CASES "tests/unit/handler/configuration.json"

static const char *from_case(void *context, const char *name) {
  return case_text(context, name);
}

static void is_text(const cJSON *want, const char *name, sv got) {
  const char *text = case_text(want, name);
  if (text && !sv_eq(got, sv_from(text))) {
    fail_msg("%s is '%.*s'", name, SV_ARG(got));
  }
}

static void is_number(const cJSON *want, const char *name, int64_t got) {
  const cJSON *member = cJSON_GetObjectItem(want, name);
  if (member && (int64_t)cJSON_GetNumberValue(member) != got) {
    fail_msg("%s is %lld", name, (long long)got);
  }
}

static void is_flag(const cJSON *want, const char *name, bool got) {
  const cJSON *member = cJSON_GetObjectItem(want, name);
  assert_true(!member || cJSON_IsTrue(member) == got);
}

static void are_names(const cJSON *want, const struct token_names *got) {
  const cJSON *names = cJSON_GetObjectItem(want, "tokens");
  assert_true(!names || (size_t)cJSON_GetArraySize(names) == got->count);
  for (int i = 0; i < cJSON_GetArraySize(names); i++) {
    assert_true(sv_eq(got->items[i], sv_from(cJSON_GetArrayItem(names, i)->valuestring)));
  }
}

static void reads(void **state) {
  const struct case_state *c = *state;
  const cJSON *want = cJSON_GetObjectItem(c->data, "expect");
  struct environment environment = {.get = from_case, .context = cJSON_GetObjectItem(c->data, "environment")};
  struct arena *arena = arena_new(MIB(1));
  struct configuration configuration;
  struct err e = {0};
  if (!configuration_read(arena, &environment, &configuration, &e)) {
    fail_msg("%s", e.text);
  }
  struct sb inputs = sb_new(arena, KIB(4));
  json_write(&inputs, configuration.inputs);
  is_text(want, "document", configuration.document_path);
  is_text(want, "region", configuration.region);
  is_text(want, "inputs", sb_view(&inputs));
  is_number(want, "poll", configuration.poll_seconds);
  is_number(want, "steps", configuration.max_steps);
  is_number(want, "timeout", configuration.run_timeout_seconds);
  is_number(want, "state", (int64_t)configuration.max_state_bytes);
  is_number(want, "attempts", configuration.max_attempts);
  is_flag(want, "ignores", configuration.ignores_endpoint_urls);
  is_flag(want, "fips", (configuration.variant & AWS_VARIANT_FIPS) != 0);
  is_flag(want, "dualStack", (configuration.variant & AWS_VARIANT_DUAL_STACK) != 0);
  is_flag(want, "wakes", configuration.wakes_early);
  const char *continuation = case_text(want, "continuation");
  const char *group = case_text(want, "group");
  assert_int_equal(configuration.continuation == CONTINUATION_SCHEDULER, continuation != NULL);
  assert_true(sv_eq(configuration.scheduler.group, sv_from(group ? group : "default")));
  are_names(want, &configuration.tokens);
  arena_drop(arena);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct environment environment = {.get = from_case, .context = cJSON_GetObjectItem(c->data, "environment")};
  struct arena *arena = arena_new(MIB(1));
  struct configuration configuration;
  struct err e = {0};
  assert_false(configuration_read(arena, &environment, &configuration, &e));
  struct sb text = sb_new(arena, KIB(4));
  err_write(&e, &text);
  if (!sv_contains(sb_view(&text), sv_from(case_text(c->data, "message")))) {
    fail_msg("'%.*s'", SV_ARG(sb_view(&text)));
  }
  assert_null(strstr(e.text, "secret"));
  arena_drop(arena);
}

static void every_allocation_fails(void **state) {
  (void)state;
  cJSON *variables =
      cJSON_Parse("{\"ARAZZO_INPUTS\": \"{\\\"a\\\": [1, \\\"b\\\"]}\", \"LAMBDA_TASK_ROOT\": \"/var/task\"}");
  struct environment environment = {.get = from_case, .context = variables};
  long n = 0;
  for (bool passed = false; !passed; n++) {
    struct arena *arena = arena_new(MIB(1));
    struct configuration configuration;
    struct err e = {0};
    arena_fail_after(arena, n);
    passed = configuration_read(arena, &environment, &configuration, &e);
    assert_int_equal(e.code, passed ? ERR_NONE : ERR_MEMORY);
    arena_drop(arena);
  }
  assert_true(n > 3);
  cJSON_Delete(variables);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_fails)};
  return cases_run("configuration: read", CASES, "read", reads) +
         cases_run("configuration: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("configuration", tests, NULL, NULL);
}
