/* HTTP messages, values and times as JSON; for the files of traces. */
#ifndef ARAZZO_RECORD_JSON_H
#define ARAZZO_RECORD_JSON_H

#include "expression.h"
#include "http.h"
#include "record.h"

/* Sets a member; a record that runs out of memory is lost as a whole. */
void record_set(struct record *record, json *object, const char *name, json *value);
void record_set_text(struct record *record, json *object, const char *name, sv text);
void record_set_integer(struct record *record, json *object, const char *name, int64_t value);

/* [{"name", "value"}…]: headers that carry credentials or cookies have MASKING_MASK as their value. */
json *record_headers(struct record *record, const struct http_headers *headers);

/* {"json": value}, {"text": …} or {"base64": …}, and "bytes". */
json *record_body(struct record *record, sv body);

/* The bytes that record_body was made of; JSON is written compactly. ERR_INVALID, ERR_MEMORY. */
bool record_body_bytes(struct arena *arena, const json *body, sv *out, struct err *e);

/* Appends {"expression", "value"}: "absent" or "unknown" in place of a value that there is not, "isLong" of one that takes more than
 * 4 KiB. */
struct record_values {
  struct record *record;
  const struct scope *scope;
  json *list;
};
bool record_value(void *context, const struct expression *expression);

/* "2026-01-13T08:05:09.123Z". */
json *record_time(struct record *record, int64_t wall_ms);

#endif
