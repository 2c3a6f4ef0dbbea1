/* Log lines. Lambda filters by level only lines that are JSON with `level` and an RFC 3339 `timestamp`; others get its own
 * time and INFO. A line is built in the scratch arena and written by a single write, so that lines of several threads or
 * processes do not mix. Text that comes from outside is always quoted: it cannot start a line of its own. */
#include "logger.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"
#include "quote.h"
#include "sb.h"

static const char *const level_names[] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};
#define LEVEL_COUNT (sizeof level_names / sizeof level_names[0])

static void write_to_fd(void *context, sv line) {
  int fd = *(const int *)context;
  while (line.len) {
    ssize_t written = write(fd, line.ptr, line.len);
    if (written <= 0) {
      return;
    }
    line = sv_slice(line, (size_t)written, line.len);
  }
}

static bool read_level(const struct environment *environment, const char *name, enum log_level *level, bool *found,
                       struct err *e) {
  sv text;
  if (*found || !environment_get(environment, name, &text)) {
    return true;
  }
  for (size_t i = 0; i < LEVEL_COUNT; i++) {
    if (sv_eq_nocase(text, sv_from(level_names[i]))) {
      *level = (enum log_level)i;
      *found = true;
      return true;
    }
  }
  /* Powertools' names for two of the levels. */
  if (sv_eq_nocase(text, SV("WARNING")) || sv_eq_nocase(text, SV("CRITICAL"))) {
    *level = sv_eq_nocase(text, SV("WARNING")) ? LOG_WARN : LOG_FATAL;
    *found = true;
    return true;
  }
  return err_set(e, ERR_INVALID, "%s is '%.*s'; use TRACE, DEBUG, INFO, WARN, ERROR or FATAL", name, SV_ARG(text));
}

static bool read_format(const struct environment *environment, bool *as_json, struct err *e) {
  sv text;
  if (!environment_get(environment, "AWS_LAMBDA_LOG_FORMAT", &text)) {
    return true;
  }
  *as_json = sv_eq_nocase(text, SV("JSON"));
  if (!*as_json && !sv_eq_nocase(text, SV("Text"))) {
    return err_set(e, ERR_INVALID, "AWS_LAMBDA_LOG_FORMAT is '%.*s'; use JSON or Text", SV_ARG(text));
  }
  return true;
}

bool logger_open(struct logger *logger, int fd, bool json_by_default, const struct environment *environment,
                 struct err *e) {
  static int descriptors[] = {STDOUT_FILENO, STDERR_FILENO};
  bool found = false;
  *logger = (struct logger){.threshold = LOG_INFO, .as_json = json_by_default, .write = write_to_fd};
  logger->context = &descriptors[fd == STDERR_FILENO];
  logger->clock = clock_system();
  logger->scratch = arena_new(LIMIT_LOG_ARENA_BYTES);
  if (!logger->scratch) {
    return err_memory(e);
  }
  sv service;
  if (environment_get(environment, "POWERTOOLS_SERVICE_NAME", &service)) {
    log_common_set(logger, log_text("service", service));
  }
  return read_format(environment, &logger->as_json, e) &&
         read_level(environment, "AWS_LAMBDA_LOG_LEVEL", &logger->threshold, &found, e) &&
         read_level(environment, "POWERTOOLS_LOG_LEVEL", &logger->threshold, &found, e);
}

void logger_close(struct logger *logger) {
  arena_drop(logger->scratch);
  logger->scratch = NULL;
}

void log_common_set(struct logger *logger, struct log_field field) {
  struct log_common *common = &logger->common;
  size_t at = 0;
  while (at < common->count && strcmp(common->items[at].name, field.name) != 0) {
    at++;
  }
  if (at < LIMIT_LOG_COMMON_FIELDS) {
    common->items[at] = field;
    common->count = at == common->count ? at + 1 : common->count;
  }
}

static void put_timestamp(struct sb *out, int64_t wall_ms) {
  struct clock_utc utc = clock_utc_from(wall_ms);
  sb_format(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second,
            utc.millisecond);
}

/* The text without secrets. More of it than will be shown is looked at, so that none is cut before it is seen. */
static sv masked(const struct logger *logger, sv text) {
  return masking_apply(logger->masking, logger->scratch, sv_slice(text, 0, 2 * LIMIT_LOG_VALUE_BYTES));
}

static void put_value(const struct logger *logger, struct sb *out, const struct log_field *field) {
  switch (field->kind) {
  case LOG_TEXT:
    quote_json(out, sv_slice(masked(logger, field->text), 0, LIMIT_LOG_VALUE_BYTES));
    return;
  case LOG_INTEGER:
    sb_format(out, "%lld", (long long)field->integer);
    return;
  case LOG_REAL:
    if (isfinite(field->real)) {
      sb_format(out, "%.3f", field->real);
    } else {
      sb_put(out, SV("null"));
    }
    return;
  case LOG_BOOLEAN:
    sb_put(out, field->integer ? SV("true") : SV("false"));
    return;
  case LOG_JSON:
    sb_put(out, field->text);
    return;
  }
}

static bool is_empty(const struct log_field *field) {
  return field->text.len == 0 && (field->kind == LOG_TEXT || field->kind == LOG_JSON);
}

static void put_fields(const struct logger *logger, bool as_json, struct sb *out, const struct log_field *fields,
                       size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (is_empty(&fields[i])) {
      continue;
    }
    sb_format(out, as_json ? ",\"%s\":" : " %s=", fields[i].name);
    put_value(logger, out, &fields[i]);
  }
}

/* The place is for whoever has the source beside the log; on a terminal it would only be in the way. */
static void put_head(const struct logger *logger, bool as_json, enum log_level level, struct log_place place,
                     const char *message, struct sb *out) {
  sb_put(out, as_json ? SV("{\"timestamp\":\"") : SV(""));
  put_timestamp(out, clock_wall_ms(&logger->clock));
  if (as_json) {
    sb_format(out, "\",\"level\":\"%s\",\"location\":\"%s:%d\",\"message\":", level_names[level], place.function,
              place.line);
    quote_json(out, masked(logger, sv_from(message)));
  } else {
    sb_format(out, " %s %.*s", level_names[level], SV_ARG(masked(logger, sv_from(message))));
  }
}

static void write_line(struct logger *logger, bool as_json, enum log_level level, struct log_place place,
                       const char *message, const struct log_field *fields, size_t count) {
  struct sb line = sb_new(logger->scratch, LIMIT_LOG_LINE_BYTES);
  put_head(logger, as_json, level, place, message, &line);
  put_fields(logger, as_json, &line, logger->common.items, logger->common.count);
  put_fields(logger, as_json, &line, fields, count);
  sb_put(&line, as_json ? SV("}\n") : SV("\n"));
  if (line.state == SB_OK) {
    logger->write(logger->context, sb_view(&line));
  }
  arena_reset(logger->scratch);
}

void log_line(struct logger *logger, enum log_level level, struct log_place place, const char *message,
              const struct log_field *fields, size_t count) {
  if (level >= logger->threshold && logger->scratch) {
    write_line(logger, logger->as_json, level, place, message, fields, count);
  }
}

void log_record(struct logger *logger, struct log_place place, const char *message, const struct log_field *fields,
                size_t count) {
  if (logger->scratch) {
    write_line(logger, true, LOG_INFO, place, message, fields, count);
  }
}

struct log_field log_text(const char *name, sv value) {
  return (struct log_field){.name = name, .kind = LOG_TEXT, .text = value};
}

struct log_field log_integer(const char *name, int64_t value) {
  return (struct log_field){.name = name, .kind = LOG_INTEGER, .integer = value};
}

struct log_field log_real(const char *name, double value) {
  return (struct log_field){.name = name, .kind = LOG_REAL, .real = value};
}

struct log_field log_boolean(const char *name, bool value) {
  return (struct log_field){.name = name, .kind = LOG_BOOLEAN, .integer = value};
}

struct log_field log_json(const char *name, sv value) {
  return (struct log_field){.name = name, .kind = LOG_JSON, .text = value};
}
