/* Reads a signing case with plain cJSON. Header lists are built without http_header_add, because the suite signs values
 * with folded lines, which no request may carry. Services encode the path twice unless the case says otherwise. */
#include "signing_case.h"

#include <string.h>

#include "arena.h"
#include "clock.h"
#include "errinfo.h"
#include "limits.h"
#include "sb.h"

static sv text_of(const cJSON *data, const char *member) {
  return sv_from(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, member)));
}

static bool flag_of(const cJSON *data, const char *member, bool otherwise) {
  const cJSON *item = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(data, "flags"), member);
  return item ? cJSON_IsTrue(item) : otherwise;
}

static int digits(sv text, size_t from, size_t to) {
  unsigned long long value = 0;
  sv_to_uint(sv_slice(text, from, to), 9999, &value);
  return (int)value;
}

/* 2015-08-30T12:36:00Z */
static int64_t time_of(sv text) {
  struct clock_utc utc = {.year = digits(text, 0, 4),
                          .month = digits(text, 5, 7),
                          .day = digits(text, 8, 10),
                          .hour = digits(text, 11, 13),
                          .minute = digits(text, 14, 16),
                          .second = digits(text, 17, 19)};
  return clock_wall_from(&utc);
}

static bool read_headers(struct arena *arena, const cJSON *data, struct http_headers *out, struct err *e) {
  const cJSON *list = cJSON_GetObjectItemCaseSensitive(data, "headers");
  const cJSON *pair = NULL;
  out->items = arena_array(arena, (size_t)cJSON_GetArraySize(list) + 1, sizeof *out->items);
  if (!out->items) {
    return err_memory(e);
  }
  cJSON_ArrayForEach(pair, list) {
    out->items[out->count++] = (struct http_header){sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0))),
                                                    sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1)))};
  }
  return true;
}

static bool read_request(struct arena *arena, const cJSON *data, struct http_request *out, struct err *e) {
  struct sb url = sb_new(arena, LIMIT_URL_BYTES);
  sv origin = text_of(data, "origin");
  sv host;
  *out = (struct http_request){.method = text_of(data, "method"), .body = text_of(data, "body")};
  out->has_body = out->body.len != 0;
  if (!read_headers(arena, data, &out->headers, e)) {
    return false;
  }
  if (origin.len) {
    sb_put(&url, origin);
  } else if (http_header_get(&out->headers, SV("Host"), &host)) {
    sb_put(&url, SV("https://"));
    sb_put(&url, host);
  }
  sb_put(&url, text_of(data, "target"));
  return sb_finish(&url, "the case's URL", &out->url, e);
}

static struct sigv4_settings settings_of(const cJSON *data) {
  const cJSON *credentials = cJSON_GetObjectItemCaseSensitive(data, "credentials");
  return (struct sigv4_settings){
      .credentials = {text_of(credentials, "accessKeyId"), text_of(credentials, "secretAccessKey"),
                      text_of(credentials, "sessionToken")},
      .region = text_of(data, "region"),
      .service = text_of(data, "service"),
      .time_ms = time_of(text_of(data, "timestamp")),
      .normalize_path = flag_of(data, "normalizePath", true),
      .double_encode_path = flag_of(data, "doubleEncodePath", true),
      .body = flag_of(data, "unsignedBody", false) ? SIGV4_BODY_UNSIGNED
              : flag_of(data, "signBody", false)   ? SIGV4_BODY_DECLARED
                                                   : SIGV4_BODY_IMPLIED,
      .omit_session_token = flag_of(data, "omitSessionToken", false),
  };
}

bool signing_case_sign(struct arena *arena, const cJSON *data, struct http_request *request,
                       struct sigv4_result *result, struct err *e) {
  struct sigv4_settings settings = settings_of(data);
  return read_request(arena, data, request, e) && sigv4_sign(arena, request, &settings, result, e);
}

bool signing_case_presign(struct arena *arena, const cJSON *data, struct http_request *request,
                          struct sigv4_result *result, struct err *e) {
  struct sigv4_settings settings = settings_of(data);
  double expires = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(data, "expires"));
  return read_request(arena, data, request, e) &&
         sigv4_presign(arena, request, &settings, (unsigned)expires, result, e);
}
