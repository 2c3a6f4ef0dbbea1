/* The command line, from a table: what is read, and what is refused with which words. */
#include "options.h"

#include <string.h>

#include "cases.h"
#include "errinfo.h"

#define CASES "tests/unit/handler/options.json"
#define ARGUMENTS_COUNT 160

static int arguments_of(const cJSON *data, char **arguments) {
  static char program[] = "arazzo";
  int count = 0;
  arguments[count++] = program;
  const cJSON *argument = NULL;
  cJSON_ArrayForEach(argument, cJSON_GetObjectItem(data, "arguments")) {
    arguments[count++] = argument->valuestring;
  }
  return count;
}

static void is_text(const cJSON *data, const char *name, sv got) {
  const char *want = case_text(data, name);
  assert_true(sv_eq(got, sv_from(want)));
}

static void reads(void **state) {
  static const char *const commands[] = {"help", "version", "run", "step"};
  const struct case_state *c = *state;
  const cJSON *want = cJSON_GetObjectItem(c->data, "expect");
  const cJSON *pair = NULL;
  char *arguments[ARGUMENTS_COUNT];
  struct options options;
  struct err e = {0};
  size_t at = 0;
  if (!options_read(arguments_of(c->data, arguments), arguments, &options, &e)) {
    fail_msg("%s", e.text);
  }
  is_text(want, "command", sv_from(commands[options.command]));
  is_text(want, "document", options.document);
  is_text(want, "workflow", options.workflow_id);
  is_text(want, "inputs", options.inputs);
  is_text(want, "endpoint", options.endpoint_url);
  is_text(want, "resume", options.resume);
  const cJSON *poll = cJSON_GetObjectItem(want, "poll");
  const cJSON *steps = cJSON_GetObjectItem(want, "steps");
  assert_int_equal(options.poll_seconds, poll ? (int64_t)cJSON_GetNumberValue(poll) : -1);
  assert_int_equal(options.max_steps, steps ? (int64_t)cJSON_GetNumberValue(steps) : -1);
  assert_int_equal(options.input_count, cJSON_GetArraySize(cJSON_GetObjectItem(want, "pairs")));
  cJSON_ArrayForEach(pair, cJSON_GetObjectItem(want, "pairs")) {
    assert_true(sv_eq(options.input_pairs[at++], sv_from(pair->valuestring)));
  }
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  char *arguments[ARGUMENTS_COUNT];
  struct options options;
  struct err e = {0};
  assert_false(options_read(arguments_of(c->data, arguments), arguments, &options, &e));
  assert_int_equal(e.code, ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("'%s'", e.text);
  }
}

static void inputs_are_counted(void **state) {
  (void)state;
  static char program[] = "arazzo", run[] = "run", document[] = "d.yml", pair[] = "--input=a=b";
  char *arguments[ARGUMENTS_COUNT] = {program, run, document};
  struct options options;
  struct err e = {0};
  for (int i = 0; i <= OPTIONS_INPUTS_COUNT; i++) {
    arguments[3 + i] = pair;
  }
  assert_true(options_read(3 + OPTIONS_INPUTS_COUNT, arguments, &options, &e));
  assert_int_equal(options.input_count, OPTIONS_INPUTS_COUNT);
  assert_false(options_read(4 + OPTIONS_INPUTS_COUNT, arguments, &options, &e));
  assert_non_null(strstr(e.text, "at most 64 times"));
}

static void help_names_what_is_read(void **state) {
  (void)state;
  static const char *const words[] = {
      "run DOC",  "step DOC",       "--workflow",  "--inputs",       "--input NAME=VALUE",
      "--resume", "--endpoint-url", "--max-steps", "--poll-seconds", "--version"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
    assert_non_null(strstr(options_help(), words[i]));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(inputs_are_counted), cmocka_unit_test(help_names_what_is_read)};
  return cases_run("options: read", CASES, "read", reads) + cases_run("options: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
