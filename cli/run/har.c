/* HTTP Archive 1.2 (the format's specification, "HAR 1.2 Spec", sections entries, request, response, content): one entry for each
 * try. A try without an answer has status 0, as browsers write it, and why in "_error". Cookies are left out, because they are
 * credentials; sizes of headers are not known (-1). "_stepId" and "_try" tell where an entry belongs. */
#include "har.h"

#include "errinfo.h"
#include "percent.h"
#include "record_json.h"
#include "sb.h"

#define HEAD                                                                                                           \
  "{\"log\": {\"version\": \"1.2\", \"creator\": {\"name\": \"arazzo\", \"version\": \"" ARAZZO_VERSION                \
  "\"}, \"entries\": [\n"
#define TAIL "\n]}}\n"
#define ENTRIES_BYTES MIB(256)

/* One entry that is being made. */
struct entry {
  struct record *record;
  const json *step;
  const json *attempt;
};

bool har_open(struct har *har, sv path, struct err *e) {
  *har = (struct har){.has_entries = false};
  har->is_open = new_file_open(&har->file, path, e) || err_in(e, "--har");
  return har->is_open && new_file_add(&har->file, SV(HEAD), SV(TAIL), e);
}

static json *copy(const struct entry *entry, const json *value) {
  return json_copy(entry->record->arena, value);
}

static json *empty_list(const struct entry *entry) {
  return json_new_array(entry->record->arena);
}

static sv header_of(const json *headers, sv name) {
  for (const json *each = json_first(headers); each; each = each->next) {
    if (sv_eq_nocase(json_string(json_get(each, SV("name"))), name)) {
      return json_string(json_get(each, SV("value")));
    }
  }
  return SV("");
}

/* ---- request ---- */

static sv decoded(const struct entry *entry, sv text) {
  struct err ignored;
  sv out = text;
  err_clear(&ignored);
  return percent_decode(entry->record->arena, text, &out, &ignored) ? out : text;
}

static json *query_of(const struct entry *entry, sv url) {
  json *list = empty_list(entry);
  sv ignored;
  sv rest = SV("");
  sv_split(url, '?', &ignored, &rest);
  while (rest.len) {
    sv part = rest;
    sv tail = SV("");
    sv_split(rest, '&', &part, &tail);
    sv name = part;
    sv value = SV("");
    sv_split(part, '=', &name, &value);
    json *item = json_new_object(entry->record->arena);
    record_set_text(entry->record, item, "name", decoded(entry, name));
    record_set_text(entry->record, item, "value", decoded(entry, value));
    entry->record->is_lost = entry->record->is_lost || !json_append(list, item);
    rest = tail;
  }
  return list;
}

/* The text of a body, and whether it is base64. */
static sv text_of(const struct entry *entry, const json *body, bool *is_base64) {
  struct sb text = sb_new(entry->record->arena, ENTRIES_BYTES);
  const json *value = json_get(body, SV("json"));
  *is_base64 = json_get(body, SV("base64")) != NULL;
  if (value) {
    json_write(&text, value);
    return sb_view(&text);
  }
  return json_string(json_get(body, *is_base64 ? SV("base64") : SV("text")));
}

static int64_t bytes_of(const json *body) {
  int64_t bytes = 0;
  json_to_int(json_get(body, SV("bytes")), &bytes);
  return bytes;
}

static json *post_data(const struct entry *entry, const json *body, const json *headers) {
  json *object = json_new_object(entry->record->arena);
  bool is_base64 = false;
  record_set_text(entry->record, object, "mimeType", header_of(headers, SV("Content-Type")));
  record_set_text(entry->record, object, "text", text_of(entry, body, &is_base64));
  if (is_base64) {
    record_set_text(entry->record, object, "comment", SV("base64"));
  }
  return object;
}

static void set_sizes(const struct entry *entry, json *object, int64_t body_bytes) {
  record_set_integer(entry->record, object, "headersSize", -1);
  record_set_integer(entry->record, object, "bodySize", body_bytes);
}

static json *request_of(const struct entry *entry) {
  json *object = json_new_object(entry->record->arena);
  const json *request = json_get(entry->step, SV("request"));
  const json *body = json_get(request, SV("body"));
  const json *headers = json_get(entry->attempt, SV("headers"));
  record_set(entry->record, object, "method", copy(entry, json_get(request, SV("method"))));
  record_set(entry->record, object, "url", copy(entry, json_get(entry->attempt, SV("url"))));
  record_set_text(entry->record, object, "httpVersion", SV("HTTP/1.1"));
  record_set(entry->record, object, "cookies", empty_list(entry));
  record_set(entry->record, object, "headers", copy(entry, headers));
  record_set(entry->record, object, "queryString", query_of(entry, json_string(json_get(entry->attempt, SV("url")))));
  if (body) {
    record_set(entry->record, object, "postData", post_data(entry, body, headers));
  }
  set_sizes(entry, object, bytes_of(body));
  return object;
}

/* ---- response ---- */

static json *content_of(const struct entry *entry, const json *response) {
  json *object = json_new_object(entry->record->arena);
  const json *body = json_get(response, SV("body"));
  bool is_base64 = false;
  record_set_integer(entry->record, object, "size", bytes_of(body));
  record_set_text(entry->record, object, "mimeType", header_of(json_get(response, SV("headers")), SV("Content-Type")));
  if (response) {
    record_set_text(entry->record, object, "text", text_of(entry, body, &is_base64));
  }
  if (is_base64) {
    record_set_text(entry->record, object, "encoding", SV("base64"));
  }
  return object;
}

static json *response_of(const struct entry *entry) {
  json *object = json_new_object(entry->record->arena);
  const json *response = json_get(entry->attempt, SV("response"));
  const json *headers = json_get(response, SV("headers"));
  int64_t status = 0;
  json_to_int(json_get(response, SV("status")), &status);
  record_set_integer(entry->record, object, "status", status);
  record_set_text(entry->record, object, "statusText", SV(""));
  record_set_text(entry->record, object, "httpVersion", SV("HTTP/1.1"));
  record_set(entry->record, object, "cookies", empty_list(entry));
  record_set(entry->record, object, "headers", headers ? copy(entry, headers) : empty_list(entry));
  record_set(entry->record, object, "content", content_of(entry, response));
  record_set_text(entry->record, object, "redirectURL", header_of(headers, SV("Location")));
  set_sizes(entry, object, response ? bytes_of(json_get(response, SV("body"))) : -1);
  if (!response) {
    record_set(entry->record, object, "_error",
               copy(entry, json_get(json_get(entry->attempt, SV("failure")), SV("message"))));
  }
  return object;
}

/* ---- the entry ---- */

static json *timings_of(const struct entry *entry) {
  json *object = json_new_object(entry->record->arena);
  record_set_integer(entry->record, object, "send", 0);
  record_set(entry->record, object, "wait", copy(entry, json_get(entry->attempt, SV("durationMs"))));
  record_set_integer(entry->record, object, "receive", 0);
  return object;
}

static json *start_of(const struct entry *entry) {
  int64_t started_ms = 0;
  int64_t offset_us = 0;
  json_to_int(json_get(entry->step, SV("startedMs")), &started_ms);
  json_to_int(json_get(entry->attempt, SV("startUs")), &offset_us);
  return record_time(entry->record, started_ms + offset_us / 1000);
}

static json *make_entry(const struct entry *entry, int64_t number) {
  json *object = json_new_object(entry->record->arena);
  record_set(entry->record, object, "startedDateTime", start_of(entry));
  record_set(entry->record, object, "time", copy(entry, json_get(entry->attempt, SV("durationMs"))));
  record_set(entry->record, object, "request", request_of(entry));
  record_set(entry->record, object, "response", response_of(entry));
  record_set(entry->record, object, "cache", json_new_object(entry->record->arena));
  record_set(entry->record, object, "timings", timings_of(entry));
  record_set(entry->record, object, "_stepId", copy(entry, json_get(entry->step, SV("stepId"))));
  record_set_integer(entry->record, object, "_try", number);
  return object;
}

/* A try that was cut has no end, and is no entry. */
static bool is_over(const json *attempt) {
  return json_get(attempt, SV("durationMs")) != NULL;
}

bool har_add(struct har *har, const struct record *record, const json *step, struct err *e) {
  struct record own = *record;
  struct sb text = sb_new(record->arena, ENTRIES_BYTES);
  struct entry entry = {.record = &own, .step = step};
  int64_t number = 0;
  sv view;
  for (const json *each = json_first(json_get(step, SV("tries"))); each; each = each->next) {
    entry.attempt = each;
    number++;
    if (is_over(each)) {
      sb_put(&text, har->has_entries ? SV(",\n") : SV(""));
      json_write_pretty(&text, make_entry(&entry, number));
      har->has_entries = true;
    }
  }
  return (!own.is_lost || err_memory(e)) && sb_finish(&text, "the entries of a step", &view, e) &&
         new_file_add(&har->file, view, SV(TAIL), e);
}

bool har_finish(struct har *har, struct err *e) {
  har->is_open = false;
  return new_file_finish(&har->file, e) || err_in(e, "--har");
}

void har_drop(struct har *har) {
  new_file_drop(&har->file);
  har->is_open = false;
}
