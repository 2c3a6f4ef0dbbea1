/* Log lines: each is one line and, where JSON is asked for, one JSON object, whatever the values are; levels, formats, the
 * fields of all lines, and the cut of long values. */
#include "logger.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"

#define CASES "tests/unit/base/logger.json"
#define TIME_MS INT64_C(1440938160123)

struct capture {
  char text[LIMIT_LOG_LINE_BYTES + 1];
  size_t len;
  unsigned writes;
};

static void capture_line(void *context, sv line) {
  struct capture *capture = context;
  assert_true(line.len <= LIMIT_LOG_LINE_BYTES);
  memcpy(capture->text, line.ptr, line.len);
  capture->text[line.len] = '\0';
  capture->len = line.len;
  capture->writes++;
}

static int64_t fixed_wall(void *context) {
  (void)context;
  return TIME_MS;
}

static const char *from_case(void *context, const char *name) {
  return case_text(context, name);
}

static void open_for(struct logger *logger, struct capture *capture, cJSON *variables, bool json_by_default) {
  struct environment environment = {.get = from_case, .context = variables};
  struct err e = {0};
  assert_true(logger_open(logger, 1, json_by_default, &environment, &e));
  logger->write = capture_line;
  logger->context = capture;
  logger->clock.wall_ms = fixed_wall;
  *capture = (struct capture){.len = 0};
}

/* The only line that was written, parsed. */
static cJSON *parse_line(const struct capture *capture) {
  assert_int_equal(capture->writes, 1);
  assert_int_equal(strcspn(capture->text, "\n"), capture->len - 1);
  cJSON *line = cJSON_ParseWithOpts(capture->text, NULL, false);
  assert_non_null(line);
  return line;
}

static void configures(void **state) {
  const struct case_state *c = *state;
  struct environment environment = {.get = from_case, .context = cJSON_GetObjectItem(c->data, "environment")};
  const cJSON *error = cJSON_GetObjectItem(c->data, "error");
  struct logger logger;
  struct err e = {0};
  assert_int_equal(logger_open(&logger, 2, false, &environment, &e), error == NULL);
  if (error) {
    assert_int_equal(e.code, ERR_INVALID);
    assert_non_null(strstr(e.text, error->valuestring));
  } else {
    assert_int_equal(logger.threshold, (int)cJSON_GetNumberValue(cJSON_GetObjectItem(c->data, "level")));
    assert_int_equal(logger.as_json, cJSON_IsTrue(cJSON_GetObjectItem(c->data, "json")));
  }
  logger_close(&logger);
}

static void a_json_line_has_its_fields(void **state) {
  (void)state;
  const struct log_field fields[] = {log_text("text", SV("é")), log_integer("whole", -5), log_real("real", 1.5),
                                     log_boolean("yes", true),  log_boolean("no", false), log_json("json", SV("[{}]")),
                                     log_text("none", SV("")),  log_json("none", SV(""))};
  struct logger logger;
  struct capture capture;
  open_for(&logger, &capture, NULL, true);
  log_common_set(&logger, log_text("service", SV("a")));
  log_common_set(&logger, log_text("service", SV("arazzo")));
  log_line(&logger, LOG_WARN, (struct log_place){"somewhere", 7}, "it \"happened\"", fields, 8);
  assert_string_equal(
      capture.text,
      "{\"timestamp\":\"2015-08-30T12:36:00.123Z\",\"level\":\"WARN\",\"location\":\"somewhere:7\",\"message\":\"it "
      "\\\"happened\\\"\",\"service\":\"arazzo\",\"text\":\"é\",\"whole\":-5,\"real\":1.500,\"yes\":true,\"no\":false,"
      "\"json\":[{}]}\n");
  logger_close(&logger);
}

/* The macro gives the function that it stands in. */
static void a_line_tells_its_place(void **state) {
  (void)state;
  struct logger logger;
  struct capture capture;
  open_for(&logger, &capture, NULL, true);
  LOG(&logger, LOG_INFO, "x", log_integer("n", 1));
  assert_non_null(strstr(capture.text, "\"location\":\"a_line_tells_its_place:"));
  logger_close(&logger);
}

/* A record is for programs: neither the threshold nor the format of the text lines has a say. */
static void a_record_is_always_json(void **state) {
  (void)state;
  const struct log_field field = log_integer("n", 1);
  struct logger logger;
  struct capture capture;
  open_for(&logger, &capture, NULL, false);
  logger.threshold = LOG_FATAL;
  log_record(&logger, (struct log_place){"f", 1}, "x", &field, 1);
  assert_string_equal(capture.text, "{\"timestamp\":\"2015-08-30T12:36:00.123Z\",\"level\":\"INFO\","
                                    "\"location\":\"f:1\",\"message\":\"x\",\"n\":1}\n");
  logger_close(&logger);
}

static void a_text_line_has_its_fields(void **state) {
  (void)state;
  struct logger logger;
  struct capture capture;
  open_for(&logger, &capture, NULL, false);
  LOG(&logger, LOG_INFO, "done", log_text("a", SV("x y")), log_integer("n", 7));
  assert_string_equal(capture.text, "2015-08-30T12:36:00.123Z INFO done a=\"x y\" n=7\n");
  logger_close(&logger);
}

/* Every byte, in both formats: no value can end its line, and a JSON line stays JSON. */
static void no_value_starts_a_line_of_its_own(void **state) {
  (void)state;
  for (int as_json = 0; as_json < 2; as_json++) {
    for (unsigned byte = 0; byte < 256; byte++) {
      struct logger logger;
      struct capture capture;
      const char value[] = {'a', (char)(unsigned char)byte, '"', '}', '\n', '{', '\r', (char)(unsigned char)byte};
      open_for(&logger, &capture, NULL, as_json != 0);
      LOG(&logger, LOG_ERROR, "x", log_text("value", (sv){value, sizeof value}));
      assert_int_equal(strcspn(capture.text, "\n"), capture.len - 1);
      assert_null(memchr(capture.text, '\r', capture.len));
      if (as_json && byte) {
        cJSON_Delete(parse_line(&capture));
      }
      logger_close(&logger);
    }
  }
}

static void only_lines_of_the_threshold_and_above_are_written(void **state) {
  (void)state;
  for (int threshold = LOG_TRACE; threshold <= LOG_FATAL; threshold++) {
    for (int level = LOG_TRACE; level <= LOG_FATAL; level++) {
      struct logger logger;
      struct capture capture;
      open_for(&logger, &capture, NULL, true);
      logger.threshold = (enum log_level)threshold;
      LOG(&logger, (enum log_level)level, "x", log_integer("n", level));
      assert_int_equal(capture.writes, level >= threshold);
      logger_close(&logger);
    }
  }
}

static void long_values_are_cut(void **state) {
  (void)state;
  static char value[3 * 2048];
  static const char *const units[] = {"a", "é", "€", "😀"};
  for (size_t i = 0; i < 4; i++) {
    struct logger logger;
    struct capture capture;
    size_t length = strlen(units[i]);
    for (size_t at = 0; at + length <= sizeof value; at += length) {
      memcpy(value + at, units[i], length);
    }
    open_for(&logger, &capture, NULL, true);
    LOG(&logger, LOG_INFO, "x", log_text("value", (sv){value, sizeof value}));
    cJSON *line = parse_line(&capture);
    assert_true(strlen(case_text(line, "value")) <= LIMIT_LOG_VALUE_BYTES + 8);
    cJSON_Delete(line);
    logger_close(&logger);
  }
}

static const char *const common_names[] = {"A", "B", "C", "D", "E", "F", "G", "H", "I",
                                           "J", "K", "L", "M", "N", "O", "P", "Q", "R"};

/* A line is never lost: the common fields, and those of a step's line, each as long and as costly to escape as can be. */
static void costly_values_do_not_lose_the_line(void **state) {
  (void)state;
  static char value[LIMIT_LOG_VALUE_BYTES];
  struct logger logger;
  struct capture capture;
  memset(value, 1, sizeof value);
  sv text = {value, sizeof value};
  open_for(&logger, &capture, NULL, true);
  for (size_t i = 0; i < LIMIT_LOG_COMMON_FIELDS; i++) {
    log_common_set(&logger, log_text(common_names[i], text));
  }
  LOG(&logger, LOG_INFO, "step", log_text("a", text), log_text("b", text), log_text("c", text), log_text("d", text),
      log_text("e", text), log_text("f", text), log_text("g", text), log_text("h", text));
  assert_int_equal(capture.writes, 1);
  cJSON_Delete(parse_line(&capture));
  logger_close(&logger);
}

static void numbers_that_json_has_not_leave_the_line_whole(void **state) {
  (void)state;
  const double values[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
  for (size_t i = 0; i < 3; i++) {
    struct logger logger;
    struct capture capture;
    open_for(&logger, &capture, NULL, true);
    LOG(&logger, LOG_INFO, "x", log_real("value", values[i]));
    cJSON_Delete(parse_line(&capture));
    logger_close(&logger);
  }
}

static void there_are_so_many_common_fields(void **state) {
  (void)state;
  struct logger logger;
  struct capture capture;
  open_for(&logger, &capture, NULL, true);
  for (size_t i = 0; i < LIMIT_LOG_COMMON_FIELDS + 2; i++) {
    log_common_set(&logger, log_integer(common_names[i], (int64_t)i));
  }
  LOG(&logger, LOG_INFO, "x", log_integer("own", 1));
  cJSON *line = parse_line(&capture);
  assert_int_equal(cJSON_GetArraySize(line), 4 + LIMIT_LOG_COMMON_FIELDS + 1);
  cJSON_Delete(line);
  logger_close(&logger);
}

/* A field's text, and a message, with a secret that lies across the place where long values are cut. */
static void secrets_are_masked(void **state) {
  (void)state;
  static const char secret[] = "correct horse";
  static char text[LIMIT_LOG_VALUE_BYTES + sizeof secret];
  for (int as_json = 0; as_json < 2; as_json++) {
    for (size_t visible = 0; visible < sizeof secret; visible++) {
      struct logger logger;
      struct capture capture;
      struct err e = {0};
      struct arena *arena = arena_new(MIB(1));
      struct masking *masking = masking_new(arena);
      open_for(&logger, &capture, NULL, as_json);
      assert_true(masking_add(masking, sv_from(secret), &e));
      logger.masking = masking;
      memset(text, '-', sizeof text);
      memcpy(text + LIMIT_LOG_VALUE_BYTES - visible, secret, sizeof secret - 1);
      log_common_set(&logger, log_text("common", SV("a correct+horse%21")));
      LOG(&logger, LOG_INFO, "correct horse", log_text("text", (sv){text, sizeof text}), log_integer("n", 1));
      assert_non_null(strstr(capture.text, "***"));
      assert_non_null(strstr(capture.text, "a ***%21"));
      assert_null(strstr(capture.text, "-c"));
      assert_null(strstr(capture.text, "correct"));
      assert_null(strstr(capture.text, "horse"));
      arena_drop(arena);
      logger_close(&logger);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_json_line_has_its_fields),
      cmocka_unit_test(a_line_tells_its_place),
      cmocka_unit_test(a_record_is_always_json),
      cmocka_unit_test(a_text_line_has_its_fields),
      cmocka_unit_test(no_value_starts_a_line_of_its_own),
      cmocka_unit_test(only_lines_of_the_threshold_and_above_are_written),
      cmocka_unit_test(long_values_are_cut),
      cmocka_unit_test(costly_values_do_not_lose_the_line),
      cmocka_unit_test(numbers_that_json_has_not_leave_the_line_whole),
      cmocka_unit_test(there_are_so_many_common_fields),
      cmocka_unit_test(secrets_are_masked),
  };
  return cases_run("logger: settings", CASES, NULL, configures) +
         cmocka_run_group_tests_name("logger", tests, NULL, NULL);
}
