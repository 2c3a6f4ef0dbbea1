/* Pieces of a record. A body that is JSON is kept as a value, so that a trace can be read and searched; its members keep their order
 * and its numbers their text, and white space is all that is lost. What is no UTF-8 is base64. */
#include "record_json.h"

#include "arena.h"
#include "base64.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"
#include "sb.h"
#include "utf8.h"

#define VALUE_BYTES KIB(4)
#define HIDDEN_LEAST 8      /* bytes of a text that may be a secret */
#define JSON_DEPTH_MOST 100 /* of a body; a trace around it must stay below LIMIT_JSON_DEPTH */

void record_set(struct record *record, json *object, const char *name, json *value) {
  record->is_lost = record->is_lost || !json_set(record->arena, object, sv_from(name), value);
}

/* Text that is not UTF-8, or holds U+0000, can't be a JSON string. */
void record_set_text(struct record *record, json *object, const char *name, sv text) {
  json *value = json_new_string(record->arena, text);
  record_set(record, object, name, value ? value : json_new_string(record->arena, SV("(unprintable)")));
}

void record_set_integer(struct record *record, json *object, const char *name, int64_t value) {
  record_set(record, object, name, json_new_integer(record->arena, value));
}

/* ---- headers ---- */

static bool is_one_of(sv name, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (sv_eq_nocase(name, sv_from(names[i]))) {
      return true;
    }
  }
  return false;
}

/* "X-Vendor-Api-Key", whoever the vendor is; not "Idempotency-Key" or "X-Page-Token". */
static bool has_ending(sv name, const char *const *endings, size_t count) {
  for (size_t i = 0; i < count; i++) {
    sv ending = sv_from(endings[i]);
    if (name.len >= ending.len && sv_eq_nocase(sv_slice(name, name.len - ending.len, name.len), ending)) {
      return true;
    }
  }
  return false;
}

static bool is_hidden(sv name) {
  static const char *const names[] = {"Cookie",    "Set-Cookie",    "Api-Key",        "ApiKey",         "Private-Token",
                                      "Job-Token", "X-Vault-Token", "X-Consul-Token", "X-Functions-Key"};
  static const char *const endings[] = {"Authorization", "-Api-Key",    "-ApiKey",         "-Api-Token",
                                        "-Auth-Token",   "-Auth-Key",   "-Access-Token",   "-Session-Token",
                                        "-Csrf-Token",   "-Xsrf-Token", "-Security-Token", "-Subscription-Key",
                                        "-Secret",       "-Password"};
  return is_one_of(name, names, sizeof names / sizeof *names) ||
         has_ending(name, endings, sizeof endings / sizeof *endings);
}

static void hide_text(struct record *record, sv text) {
  struct err ignored;
  err_clear(&ignored);
  if (text.len >= HIDDEN_LEAST && record->hidden && !masking_add(record->hidden, text, &ignored)) {
    record->is_lost = true;
  }
}

/* The values of "a=x; b=y". */
static void hide_cookies(struct record *record, sv rest) {
  while (rest.len) {
    sv part = rest;
    sv tail = SV("");
    sv name;
    sv value = SV("");
    sv_split(rest, ';', &part, &tail);
    sv_split(part, '=', &name, &value);
    hide_text(record, sv_trim(value));
    rest = tail;
  }
}

/* Of 'AWS4-HMAC-SHA256 Credential=KEY/SCOPE, SignedHeaders=..., Signature=...' the key's id and the signature: services repeat them
 * when they refuse one (S3's AWSAccessKeyId, SignatureProvided). */
static void hide_signature(struct record *record, sv rest) {
  while (rest.len) {
    sv part = rest;
    sv tail = SV("");
    sv name;
    sv value;
    sv_split(rest, ',', &part, &tail);
    if (sv_split(sv_trim(part), '=', &name, &value) && !sv_eq(name, SV("SignedHeaders"))) {
      hide_text(record, sv_slice(value, 0, sv_find(value, '/')));
    }
    rest = tail;
  }
}

/* What is secret of a header may stand elsewhere in the step, too, as the value of an expression: the token of "Bearer token", the
 * value of a cookie, but not its attributes. Texts that are too short to be secrets would hide other things. */
static void hide(struct record *record, sv name, sv value) {
  sv scheme;
  sv token;
  hide_text(record, value);
  if (sv_eq_nocase(name, SV("Cookie"))) {
    hide_cookies(record, value);
  } else if (sv_eq_nocase(name, SV("Set-Cookie"))) {
    hide_cookies(record, sv_slice(value, 0, sv_find(value, ';')));
  } else if (sv_split(value, ' ', &scheme, &token)) {
    hide_text(record, token);
    if (sv_eq(scheme, SV("AWS4-HMAC-SHA256"))) {
      hide_signature(record, token);
    }
  }
}

json *record_headers(struct record *record, const struct http_headers *headers) {
  json *list = json_new_array(record->arena);
  for (size_t i = 0; i < headers->count; i++) {
    const struct http_header *header = &headers->items[i];
    json *item = json_new_object(record->arena);
    record_set_text(record, item, "name", header->name);
    if (is_hidden(header->name)) {
      hide(record, header->name, header->value);
    }
    record_set_text(record, item, "value", is_hidden(header->name) ? SV(MASKING_MASK) : header->value);
    record->is_lost = record->is_lost || !json_append(list, item);
  }
  return list;
}

/* ---- bodies ---- */

static json *parse_body(struct record *record, sv body) {
  struct err ignored;
  json *value = NULL;
  sv text = sv_trim(body);
  bool looks_like_json = text.len && (text.ptr[0] == '{' || text.ptr[0] == '[' || text.ptr[0] == '"');
  err_clear(&ignored);
  bool is_json = looks_like_json && json_parse(record->arena, body, &value, &ignored);
  return is_json && json_depth(value) <= JSON_DEPTH_MOST ? value : NULL;
}

static void set_base64(struct record *record, json *object, sv body) {
  struct sb text = sb_new(record->arena, 2 * LIMIT_RESPONSE_BODY_BYTES);
  base64_put(&text, body, BASE64_STANDARD);
  record_set(record, object, "base64", text.state == SB_OK ? json_new_string(record->arena, sb_view(&text)) : NULL);
}

json *record_body(struct record *record, sv body) {
  json *object = json_new_object(record->arena);
  json *value = parse_body(record, body);
  json *text = value ? NULL : json_new_string(record->arena, body);
  if (value) {
    record_set(record, object, "json", value);
  } else if (text && utf8_valid_prefix(body) == body.len) {
    record_set(record, object, "text", text);
  } else {
    set_base64(record, object, body);
  }
  record_set_integer(record, object, "bytes", (int64_t)body.len);
  return object;
}

bool record_body_bytes(struct arena *arena, const json *body, sv *out, struct err *e) {
  const json *value = json_get(body, SV("json"));
  const json *base64 = json_get(body, SV("base64"));
  struct sb text = sb_new(arena, 2 * LIMIT_RESPONSE_BODY_BYTES);
  if (value) {
    json_write(&text, value);
    return sb_finish(&text, "a body", out, e);
  }
  if (base64) {
    return base64_decode(arena, json_string(base64), out, e);
  }
  *out = json_string(json_get(body, SV("text")));
  return true;
}

/* ---- values ---- */

static void set_value(struct record_values *values, json *item, const json *value) {
  struct record *record = values->record;
  struct sb text = sb_new(record->arena, VALUE_BYTES);
  json_write(&text, value);
  if (text.state == SB_OK) {
    record_set(record, item, "value", json_copy(record->arena, value));
  } else {
    record_set(record, item, "isLong", json_new_boolean(record->arena, true));
  }
}

bool record_value(void *context, const struct expression *expression) {
  struct record_values *values = context;
  struct record *record = values->record;
  json *item = json_new_object(record->arena);
  const json *value = NULL;
  record_set_text(record, item, "expression", expression->text);
  switch (expression_eval(expression, values->scope, &value)) {
  case EXPRESSION_FOUND:
    set_value(values, item, value);
    break;
  case EXPRESSION_ABSENT:
    record_set(record, item, "absent", json_new_boolean(record->arena, true));
    break;
  case EXPRESSION_MALFORMED:
    record_set(record, item, "unknown", json_new_boolean(record->arena, true));
    break;
  }
  record->is_lost = record->is_lost || !json_append(values->list, item);
  return true;
}

json *record_time(struct record *record, int64_t wall_ms) {
  struct clock_utc utc = clock_utc_from(wall_ms);
  struct sb text = sb_new(record->arena, 64);
  sb_format(&text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", utc.year, utc.month, utc.day, utc.hour, utc.minute,
            utc.second, utc.millisecond);
  return json_new_string(record->arena, sb_view(&text));
}
