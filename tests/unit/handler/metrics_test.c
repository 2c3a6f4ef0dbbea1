/* Lines of metrics: what an invocation came to in, the line out; namespaces that CloudWatch would not take; and each allocation
 * failing. */
#include "metrics.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "run.h"
#include "world.h"

#define CASES "tests/unit/handler/metrics.json"

/* Everything that a line of metrics needs. */
struct counting {
  struct world world;
  struct metrics metrics;
  struct run run;
  struct advance advance;
  char text[LIMIT_LOG_LINE_BYTES + 1];
  unsigned lines;
};

static void capture_line(void *context, sv line) {
  struct counting *counting = context;
  memcpy(counting->text, line.ptr, line.len);
  counting->text[line.len] = '\0';
  counting->lines++;
}

static enum run_status status_named(const char *name) {
  return strcmp(name, "RUNNING") == 0 ? RUN_RUNNING : strcmp(name, "SUCCEEDED") == 0 ? RUN_SUCCEEDED : RUN_FAILED;
}

static enum run_action action_named(const char *name) {
  enum run_action action = RUN_FAIL;
  while (strcmp(run_action_name(action), name) != 0) {
    action++;
  }
  return action;
}

static void read_advance(struct counting *counting, const cJSON *data) {
  const cJSON *seconds = cJSON_GetObjectItem(data, "seconds");
  counting->run.started_ms = WORLD_START_MS - (int64_t)(seconds ? cJSON_GetNumberValue(seconds) * 1000 : 0);
  counting->advance = (struct advance){
      .status = status_named(case_text(data, "status")),
      .action = action_named(case_text(data, "action")),
      .is_poll = cJSON_IsTrue(cJSON_GetObjectItem(data, "isPoll")),
      .sent = !cJSON_IsFalse(cJSON_GetObjectItem(data, "sent")),
  };
}

static void open_for(struct counting *counting, const cJSON *data) {
  const cJSON *field = NULL;
  struct err e = {0};
  world_open(&counting->world);
  struct logger *logger = &counting->world.logger;
  counting->world.environment = cJSON_GetObjectItem(data, "environment");
  counting->lines = 0;
  logger->write = capture_line;
  logger->context = counting;
  cJSON_ArrayForEach(field, cJSON_GetObjectItem(data, "common")) {
    log_common_set(logger, log_text(field->string, sv_from(field->valuestring)));
  }
  assert_true(metrics_open(&counting->metrics, logger, &counting->world.variables, &e));
  counting->metrics.is_cold_start = cJSON_IsTrue(cJSON_GetObjectItem(data, "cold"));
}

static void write_line(struct counting *counting, const cJSON *data, struct arena *arena) {
  const cJSON *advance = cJSON_GetObjectItem(data, "advance");
  if (advance) {
    read_advance(counting, advance);
  }
  metrics_write(&counting->metrics, advance ? &counting->run : NULL, advance ? &counting->advance : NULL, arena);
}

/* The line without what every line of the log has. */
static cJSON *parse_line(const struct counting *counting) {
  cJSON *line = cJSON_ParseWithOpts(counting->text, NULL, false);
  assert_non_null(line);
  assert_string_equal(case_text(line, "level"), "INFO");
  assert_non_null(case_text(line, "timestamp"));
  cJSON_DeleteItemFromObject(line, "level");
  cJSON_DeleteItemFromObject(line, "timestamp");
  cJSON_DeleteItemFromObject(line, "location");
  return line;
}

static void writes(void **state) {
  const struct case_state *c = *state;
  const cJSON *want = cJSON_GetObjectItem(c->data, "line");
  struct counting *counting = calloc(1, sizeof *counting);
  struct arena *arena = arena_new(MIB(1));
  open_for(counting, c->data);
  const size_t common_count = counting->world.logger.common.count;
  write_line(counting, c->data, arena);
  assert_int_equal(counting->lines, want != NULL);
  assert_int_equal(counting->world.logger.common.count, common_count);
  if (want) {
    cJSON *line = parse_line(counting);
    if (!cJSON_Compare(line, want, true)) {
      fail_msg("%s", counting->text);
    }
    cJSON_Delete(line);
  }
  world_close(&counting->world);
  arena_drop(arena);
  free(counting);
}

static void refuses(void **state) {
  const struct case_state *c = *state;
  struct world world;
  struct metrics metrics;
  struct err e = {0};
  world_open(&world);
  world.environment = cJSON_GetObjectItem(c->data, "environment");
  assert_false(metrics_open(&metrics, &world.logger, &world.variables, &e));
  assert_int_equal(e.code, strcmp(case_text(c->data, "code"), "LIMIT") == 0 ? ERR_LIMIT : ERR_INVALID);
  if (!strstr(e.text, case_text(c->data, "message"))) {
    fail_msg("%s", e.text);
  }
  world_close(&world);
}

/* The whole line, or none. */
static void every_allocation_fails(void **state) {
  const struct case_state *c = *state;
  struct counting *counting = calloc(1, sizeof *counting);
  open_for(counting, c->data);
  long n = 0;
  while (counting->lines == 0) {
    struct arena *arena = arena_new(MIB(1));
    assert_true(n < 50);
    arena_fail_after(arena, n++);
    write_line(counting, c->data, arena);
    arena_drop(arena);
  }
  cJSON *line = parse_line(counting);
  assert_true(n > 1 && cJSON_Compare(line, cJSON_GetObjectItem(c->data, "line"), true));
  cJSON_Delete(line);
  world_close(&counting->world);
  free(counting);
}

int main(void) {
  return cases_run("metrics", CASES, "lines", writes) + cases_run("metrics: refuse", CASES, "refuse", refuses) +
         cases_run("metrics: torture", CASES, "torture", every_allocation_fails);
}
