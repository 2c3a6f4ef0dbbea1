/* Arguments by a table: what is read, and what is refused with which words. */
#include "arguments.h"

#include <string.h>

#include "cases.h"
#include "errinfo.h"

#define CASES "tests/unit/cli/arguments.json"
#define MOST 160

static const struct option options[] = {
    {"--text", OPTION_TEXT, "TEXT", "a text", 0, 0},
    {"--list", OPTION_LIST, "TEXT", "several texts", 0, 0},
    {"--flag", OPTION_FLAG, NULL, "a flag", 0, 0},
    {"--number", OPTION_NUMBER, "N", "a number", 1, 86400},
    {"--choice", OPTION_CHOICE, "text|json|sarif", "a word", 0, 0},
    {"--pair", OPTION_PAIR, "NAME=VALUE", "pairs", 0, 0},
    {"--file", OPTION_FILE, "FILE", "a path", 0, 0},
    {"--new", OPTION_NEW_FILE, "FILE", "a path that is written", 0, 0},
    {"--at", OPTION_AT_FILE, "@FILE", "a path behind @", 0, 0},
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

static bool check(const struct arguments *arguments, struct err *e) {
  return !arguments_has(arguments, "--flag") || !arguments_has(arguments, "--file") ||
         err_set(e, ERR_INVALID, "--flag and --file don't go together");
}

static const struct command with_operands = {
    .name = "look", .operands = "DOC...", .least = 1, .most = 2, .options = options, .check = check};
static const struct command without_options = {.name = "rest", .operands = "", .least = 0, .most = 0};

static int texts_of(const cJSON *data, char **texts) {
  int count = 0;
  const cJSON *argument = NULL;
  cJSON_ArrayForEach(argument, cJSON_GetObjectItem(data, "arguments")) {
    texts[count++] = argument->valuestring;
  }
  return count;
}

static const struct command *command_of(const cJSON *data) {
  return cJSON_IsTrue(cJSON_GetObjectItem(data, "without options")) ? &without_options : &with_operands;
}

static void are_values(const struct arguments *got, const cJSON *want) {
  const cJSON *value = NULL;
  size_t n = 0;
  sv text;
  cJSON_ArrayForEach(value, want) {
    assert_true(arguments_nth(got, want->string, n++, &text));
    assert_string_equal(value->valuestring, sv_eq(text, sv_from(value->valuestring)) ? value->valuestring : "other");
  }
  assert_false(arguments_nth(got, want->string, n, &text));
  assert_true(arguments_has(got, want->string) == (n > 0));
  assert_true(sv_eq(arguments_text(got, want->string, SV("usual")),
                    n ? sv_from(cJSON_GetArrayItem(want, (int)n - 1)->valuestring) : SV("usual")));
}

static void reads(void **state) {
  const struct case_state *c = *state;
  const cJSON *want = NULL;
  char *texts[MOST];
  struct arguments got;
  struct err e = {0};
  size_t at = 0;
  if (!arguments_read(command_of(c->data), texts_of(c->data, texts), texts, &got, &e)) {
    fail_msg("%s", e.text);
  }
  assert_int_equal(got.wants_help, cJSON_IsTrue(cJSON_GetObjectItem(c->data, "help")));
  assert_int_equal(got.operand_count, cJSON_GetArraySize(cJSON_GetObjectItem(c->data, "operands")));
  cJSON_ArrayForEach(want, cJSON_GetObjectItem(c->data, "operands")) {
    assert_true(sv_eq(got.operands[at++], sv_from(want->valuestring)));
  }
  cJSON_ArrayForEach(want, cJSON_GetObjectItem(c->data, "options")) {
    are_values(&got, want);
  }
  const cJSON *number = cJSON_GetObjectItem(c->data, "number");
  assert_int_equal(arguments_number(&got, "--number", -1), number ? (int64_t)number->valuedouble : -1);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  char *texts[MOST];
  struct arguments got;
  struct err e = {0};
  assert_false(arguments_read(command_of(c->data), texts_of(c->data, texts), texts, &got, &e));
  assert_int_equal(e.code, ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("'%s'", e.text);
  }
}

static void options_are_counted(void **state) {
  (void)state;
  static char document[] = "d.yml", pair[] = "--pair=a=b";
  char *texts[MOST] = {document};
  struct arguments got;
  struct err e = {0};
  for (int i = 0; i <= ARGUMENTS_OPTIONS; i++) {
    texts[1 + i] = pair;
  }
  assert_true(arguments_read(&with_operands, 1 + ARGUMENTS_OPTIONS, texts, &got, &e));
  assert_false(arguments_read(&with_operands, 2 + ARGUMENTS_OPTIONS, texts, &got, &e));
  assert_non_null(strstr(e.text, "more than 128 options"));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(options_are_counted)};
  return cases_run("arguments: read", CASES, "read", reads) + cases_run("arguments: refuse", CASES, "refuse", refuses) +
         cmocka_run_group_tests_name("arguments", tests, NULL, NULL);
}
