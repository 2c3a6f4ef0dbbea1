/* One line for each fact, in one write, as JSON or text. Names follow Powertools' keys. Payloads are never logged. */
#ifndef ARAZZO_LOGGER_H
#define ARAZZO_LOGGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "limits.h"
#include "sv.h"

struct arena;
struct environment;
struct masking;

enum log_level { LOG_TRACE, LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_FATAL };

enum log_kind { LOG_TEXT, LOG_INTEGER, LOG_REAL, LOG_BOOLEAN, LOG_JSON };

/* One named value of a line. Make it with log_text, log_integer, log_real, log_boolean, log_json. */
struct log_field {
  const char *name;
  enum log_kind kind;
  sv text;
  int64_t integer;
  double real;
};

/* Fields that lines have in common. Plain data: keep a copy to go back to it. */
struct log_common {
  struct log_field items[LIMIT_LOG_COMMON_FIELDS]; /* texts outlive the logger's use of them */
  size_t count;
};

/* Where in the program a line comes from. */
struct log_place {
  const char *function;
  int line;
};

/* Where lines go and what each of them carries. `write` gets one whole line with its LF. */
struct logger {
  enum log_level threshold;
  bool as_json;
  void (*write)(void *context, sv line);
  void *context;
  struct clock clock;
  struct arena *scratch; /* emptied after each line */
  struct log_common common;
  const struct masking *masking; /* what every text is searched for; NULL: nothing. Whoever sets it outlives its use */
};

/* A logger that writes to standard output (1) or standard error (2), configured by AWS_LAMBDA_LOG_FORMAT (Text, JSON; `json_by_default` when
 * unset), AWS_LAMBDA_LOG_LEVEL, then POWERTOOLS_LOG_LEVEL; POWERTOOLS_SERVICE_NAME becomes a field of each line. False with ERR_INVALID for a level or format that does not
 * exist, with ERR_MEMORY; the logger is usable all the same. End it with logger_close. */
bool logger_open(struct logger *logger, int fd, bool json_by_default, const struct environment *environment,
                 struct err *e);
void logger_close(struct logger *logger);

/* Sets (or, with a field of the same name, replaces) a field of all later lines. Beyond LIMIT_LOG_COMMON_FIELDS: nothing. */
void log_common_set(struct logger *logger, struct log_field field);

/* Writes one line: time, level, place (in JSON), message, the common fields, then `fields`; texts that are empty are left out. Values are
 * cut at LIMIT_LOG_VALUE_BYTES. Nothing is written below the threshold, or when memory runs out. */
void log_line(struct logger *logger, enum log_level level, struct log_place place, const char *message,
              const struct log_field *fields, size_t count);

/* The same at level INFO, but always written, and always as JSON: for lines that programs read. */
void log_record(struct logger *logger, struct log_place place, const char *message, const struct log_field *fields,
                size_t count);

#define LOG_PLACE ((struct log_place){__func__, __LINE__})

/* log_line with its fields as arguments: LOG(logger, LOG_INFO, "step done", log_text("stepId", id)). */
#define LOG(logger, level, message, ...)                                                                               \
  log_line(logger, level, LOG_PLACE, message, (const struct log_field[]){__VA_ARGS__},                                 \
           sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))

struct log_field log_text(const char *name, sv value);
struct log_field log_integer(const char *name, int64_t value);
struct log_field log_real(const char *name, double value);
struct log_field log_boolean(const char *name, bool value);

/* Text of JSON that this program made of its own names and numbers: it is neither masked nor cut. */
struct log_field log_json(const char *name, sv value);

#endif
