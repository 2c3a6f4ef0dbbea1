/* Metrics in CloudWatch's embedded metric format: a log line of JSON whose member `_aws` says which of the line's other members
 * are metrics, with their units, and which are their dimensions (Amazon CloudWatch User Guide, "Specification: Embedded
 * metric format"). No request is sent for them; CloudWatch Logs makes them out of the line.
 *
 * A line is written for each invocation that ran a part of a run, and for each cold start. It has up to two directives, since
 * ColdStart has Powertools' dimensions and is no matter of a workflow. Counts are there also when they are zero: an
 * average is then a rate. What a run made elsewhere, such as how long a build took, no document tells in general.
 *
 * The line is one of the log otherwise, so that secrets are masked in it as in any other. */
#include "metrics.h"

#include <string.h>

#include "arena.h"
#include "clock.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "logger.h"
#include "quote.h"
#include "run.h"
#include "sb.h"
#include "step.h"

#define METRICS_COUNT 8

/* The line under construction: metrics first, then what else it says. */
struct line {
  struct arena *arena;
  struct log_field fields[METRICS_COUNT + 1];
  const char *units[METRICS_COUNT];
  size_t count;
  size_t run_count; /* those of the run; what follows is ColdStart */
};

/* ---- opening ---- */

static bool is_namespace_character(char c) {
  bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  bool is_digit = c >= '0' && c <= '9';
  return is_letter || is_digit || (c && strchr(".-_/#: ", c));
}

/* Amazon CloudWatch API Reference, PutMetricData: what a namespace is made of; "AWS/" is AWS's own. */
static bool is_namespace(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    if (!is_namespace_character(text.ptr[i])) {
      return false;
    }
  }
  return sv_trim(text).len && !sv_starts(text, SV(":")) && !sv_starts(text, SV("AWS/"));
}

bool metrics_open(struct metrics *metrics, struct logger *logger, const struct environment *environment,
                  struct err *e) {
  const char *name = "POWERTOOLS_METRICS_NAMESPACE";
  sv text;
  *metrics = (struct metrics){.logger = logger};
  if (!environment_get(environment, name, &text)) {
    return true;
  }
  if (text.len > LIMIT_METRICS_NAMESPACE_BYTES) {
    return err_set(e, ERR_LIMIT, "%s has %zu bytes; CloudWatch takes at most %d", name, text.len,
                   LIMIT_METRICS_NAMESPACE_BYTES);
  }
  if (!is_namespace(text)) {
    return err_set(e, ERR_INVALID,
                   "%s is '%.*s'; use letters, digits, spaces and . - _ / # : with neither ':' nor 'AWS/' at the front",
                   name, SV_ARG(text));
  }
  metrics->name_space = text;
  return true;
}

/* ---- metrics ---- */

static void add(struct line *line, struct log_field field, const char *unit) {
  line->fields[line->count] = field;
  line->units[line->count] = unit;
  line->count++;
}

static void add_flag(struct line *line, const char *name, bool is_so) {
  add(line, log_integer(name, is_so), "Count");
}

static void add_run(struct line *line, const struct run *run, const struct advance *advance, int64_t now_ms) {
  bool is_running = advance->status == RUN_RUNNING;
  add_flag(line, "Steps", advance->sent);
  add_flag(line, "Polls", is_running && advance->is_poll);
  add_flag(line, "Waits", is_running && advance->action == RUN_WAIT);
  add_flag(line, "Retries", is_running && advance->action == RUN_RETRY);
  if (!is_running) {
    int64_t duration_ms = now_ms > run->started_ms ? now_ms - run->started_ms : 0;
    add_flag(line, "RunsSucceeded", advance->status == RUN_SUCCEEDED);
    add_flag(line, "RunsFailed", advance->status == RUN_FAILED);
    add(line, log_real("RunDuration", (double)duration_ms / 1000.0), "Seconds");
  }
}

/* ---- the member _aws ---- */

/* A directive: the metrics from `from` up to `to`, by two dimensions. */
static void put_directive(struct sb *out, sv name_space, const struct line *line, size_t from, size_t to,
                          const char *first, const char *second) {
  sb_put(out, SV("{\"Namespace\":"));
  quote_json(out, name_space);
  sb_format(out, ",\"Dimensions\":[[\"%s\",\"%s\"]],\"Metrics\":[", first, second);
  for (size_t i = from; i < to; i++) {
    sb_format(out, "%s{\"Name\":\"%s\",\"Unit\":\"%s\"}", i > from ? "," : "", line->fields[i].name, line->units[i]);
  }
  sb_put(out, SV("]}"));
}

static sv directives(const struct metrics *metrics, const struct line *line, int64_t now_ms) {
  struct sb out = sb_new(line->arena, LIMIT_METRICS_BYTES);
  bool has_both = line->run_count && line->count > line->run_count;
  sb_format(&out, "{\"Timestamp\":%lld,\"CloudWatchMetrics\":[", (long long)now_ms);
  if (line->run_count) {
    put_directive(&out, metrics->name_space, line, 0, line->run_count, "service", "workflowId");
  }
  sb_put(&out, has_both ? SV(",") : SV(""));
  if (line->count > line->run_count) {
    put_directive(&out, metrics->name_space, line, line->run_count, line->count, "function_name", "service");
  }
  sb_put(&out, SV("]}"));
  return sb_view(&out);
}

/* ---- dimensions ---- */

static sv common_text(const struct logger *logger, const char *name) {
  for (size_t i = 0; i < logger->common.count; i++) {
    if (sv_eq(sv_from(logger->common.items[i].name), sv_from(name))) {
      return logger->common.items[i].text;
    }
  }
  return SV("");
}

/* Amazon CloudWatch API Reference, Dimension: a value is of ASCII without control characters, and of more than spaces. False
 * without memory. */
static bool make_dimension(struct arena *arena, sv text, const char *otherwise, sv *out) {
  sv value = sv_slice(sv_trim(text), 0, LIMIT_LOG_VALUE_BYTES);
  char *copy = arena_alloc(arena, value.len + 1);
  for (size_t i = 0; copy && i < value.len; i++) {
    bool is_taken = value.ptr[i] >= ' ' && value.ptr[i] <= '~';
    copy[i] = is_taken ? value.ptr[i] : '_';
  }
  *out = value.len ? (sv){copy, value.len} : sv_from(otherwise);
  return copy != NULL;
}

/* Every dimension must be a member of the line. Powertools' word for a service without a name is service_undefined. */
static bool set_dimensions(struct logger *logger, struct arena *arena) {
  static const struct {
    const char *name;
    const char *otherwise;
  } dimensions[] = {{"service", "service_undefined"}, {"workflowId", "_"}, {"function_name", "_"}};
  for (size_t i = 0; i < sizeof dimensions / sizeof *dimensions; i++) {
    sv value;
    if (!make_dimension(arena, common_text(logger, dimensions[i].name), dimensions[i].otherwise, &value)) {
      return false;
    }
    log_common_set(logger, log_text(dimensions[i].name, value));
  }
  return true;
}

/* ---- the line ---- */

static void write_line(const struct metrics *metrics, struct line *line, int64_t now_ms) {
  struct logger *logger = metrics->logger;
  const struct log_common before = logger->common;
  sv about = directives(metrics, line, now_ms);
  line->fields[line->count] = log_json("_aws", about);
  if (about.len && set_dimensions(logger, line->arena)) {
    log_record(logger, LOG_PLACE, "metrics", line->fields, line->count + 1);
  }
  logger->common = before;
}

void metrics_write(const struct metrics *metrics, const struct run *run, const struct advance *advance,
                   struct arena *arena) {
  bool has_run = run && advance;
  struct line line = {.arena = arena};
  if (metrics->name_space.len == 0 || (!has_run && !metrics->is_cold_start)) {
    return;
  }
  int64_t now_ms = clock_wall_ms(&metrics->logger->clock);
  if (has_run) {
    add_run(&line, run, advance, now_ms);
  }
  line.run_count = line.count;
  if (metrics->is_cold_start) {
    add_flag(&line, "ColdStart", true);
  }
  write_line(metrics, &line, now_ms);
}
