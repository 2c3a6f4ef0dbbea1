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
    log_common(logger, log_text("service", service));
  }
  return read_format(environment, &logger->as_json, e) &&
         read_level(environment, "AWS_LAMBDA_LOG_LEVEL", &logger->threshold, &found, e) &&
         read_level(environment, "POWERTOOLS_LOG_LEVEL", &logger->threshold, &found, e);
}

void logger_close(struct logger *logger) {
  arena_drop(logger->scratch);
  logger->scratch = NULL;
}

void log_common(struct logger *logger, struct log_field field) {
  size_t at = 0;
  while (at < logger->common_count && strcmp(logger->common[at].name, field.name) != 0) {
    at++;
  }
  if (at < LOG_COMMON_FIELDS_COUNT) {
    logger->common[at] = field;
    logger->common_count = at == logger->common_count ? at + 1 : logger->common_count;
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
  }
}

static void put_fields(const struct logger *logger, struct sb *out, const struct log_field *fields, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (fields[i].kind == LOG_TEXT && fields[i].text.len == 0) {
      continue;
    }
    sb_format(out, logger->as_json ? ",\"%s\":" : " %s=", fields[i].name);
    put_value(logger, out, &fields[i]);
  }
}

void log_line(struct logger *logger, enum log_level level, const char *message, const struct log_field *fields,
              size_t count) {
  if (level < logger->threshold || !logger->scratch) {
    return;
  }
  struct sb line = sb_new(logger->scratch, LIMIT_LOG_LINE_BYTES);
  if (logger->as_json) {
    sb_put(&line, SV("{\"timestamp\":\""));
    put_timestamp(&line, clock_wall_ms(&logger->clock));
    sb_format(&line, "\",\"level\":\"%s\",\"message\":", level_names[level]);
    quote_json(&line, masked(logger, sv_from(message)));
  } else {
    put_timestamp(&line, clock_wall_ms(&logger->clock));
    sb_format(&line, " %s %.*s", level_names[level], SV_ARG(masked(logger, sv_from(message))));
  }
  put_fields(logger, &line, logger->common, logger->common_count);
  put_fields(logger, &line, fields, count);
  sb_put(&line, logger->as_json ? SV("}\n") : SV("\n"));
  if (line.state == SB_OK) {
    logger->write(logger->context, sb_view(&line));
  }
  arena_reset(logger->scratch);
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
