/* Error reports: POST /invocation/{id}/error, /init/error and /restore/error take the same body and headers.
 *
 * Callers and Step Functions see the body's errorType, which therefore goes through untouched. The platform's own metrics
 * and its decision what to do with the sandbox read the header; it must match (Runtime|Function)\.[A-Z][A-Za-z]+, or it is
 * stored as Runtime.Unknown. So "Arazzo.InvalidEvent" is "Function.InvalidEvent" there.
 *
 * A header may hold neither control characters nor, to be safe with every server, anything but ASCII: the X-Ray cause is
 * JSON with every other character escaped. There is no stack to tell: stackTrace is empty. */
#include "error_report.h"

#include <stdint.h>

#include "limits.h"
#include "quote.h"
#include "sb.h"
#include "utf8.h"

#define UNKNOWN SV("Function.Unknown")
#define BODY_BYTES ((LIMIT_ERROR_MESSAGE_BYTES + LIMIT_ERROR_TYPE_BYTES) * 6 + 128) /* a byte becomes at most \u0000 */
#define CUT_MARK SV("...")

static bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static char upper(char c) {
  return (char)(c >= 'a' && c <= 'z' ? c - ('a' - 'A') : c);
}

/* What stands behind the last dot. */
static sv last_part(sv error_type) {
  sv head;
  sv tail;
  while (sv_split(error_type, '.', &head, &tail)) {
    error_type = tail;
  }
  return error_type;
}

bool error_report_type(struct arena *arena, sv error_type, sv *out, struct err *e) {
  error_type = sv_slice(error_type, 0, LIMIT_ERROR_TYPE_BYTES);
  sv prefix = sv_starts(error_type, SV("Runtime.")) ? SV("Runtime.") : SV("Function.");
  sv name = last_part(error_type);
  struct sb type = sb_new(arena, LIMIT_ERROR_TYPE_BYTES + prefix.len);
  sb_put(&type, prefix);
  for (size_t i = 0; i < name.len; i++) {
    if (is_letter(name.ptr[i])) {
      sb_char(&type, type.len == prefix.len ? upper(name.ptr[i]) : name.ptr[i]);
    }
  }
  if (!sb_finish(&type, "an error type", out, e)) {
    return false;
  }
  if (out->len < prefix.len + 2) {
    *out = UNKNOWN;
  }
  return true;
}

/* At most `max_bytes` of the text, not cut inside a character. */
static sv cut(sv text, size_t max_bytes) {
  size_t end = text.len < max_bytes ? text.len : max_bytes;
  while (end < text.len && end > 0 && ((unsigned char)text.ptr[end] & 0xC0) == 0x80) {
    end--;
  }
  return sv_slice(text, 0, end);
}

static sv message_of(struct arena *arena, sv message, size_t max_bytes, struct sb *storage) {
  *storage = sb_new(arena, max_bytes);
  if (message.len <= max_bytes) {
    return message;
  }
  sb_put(storage, cut(message, max_bytes - CUT_MARK.len));
  sb_put(storage, CUT_MARK);
  return sb_view(storage);
}

bool error_report_body(struct arena *arena, sv error_type, sv message, sv *out, struct err *e) {
  struct sb storage;
  struct sb body = sb_new(arena, BODY_BYTES);
  sv text = message_of(arena, message, LIMIT_ERROR_MESSAGE_BYTES, &storage);
  sb_put(&body, SV("{\"errorMessage\":"));
  quote_json(&body, text);
  sb_put(&body, SV(",\"errorType\":"));
  quote_json(&body, error_type.len ? cut(error_type, LIMIT_ERROR_TYPE_BYTES) : UNKNOWN);
  sb_put(&body, SV(",\"stackTrace\":[]}"));
  return sb_check(&storage, "an error message", e) && sb_finish(&body, "an error report", out, e);
}

/* JSON's escape of a code point: RFC 8259 7, a surrogate pair beyond the Basic Multilingual Plane. */
static void put_escape(struct sb *out, uint32_t code_point) {
  if (code_point > 0xFFFF) {
    uint32_t rest = code_point - 0x10000;
    sb_format(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + (rest >> 10)), (unsigned)(0xDC00 + (rest & 0x3FF)));
  } else {
    sb_format(out, "\\u%04x", (unsigned)code_point);
  }
}

/* Appends JSON text with all that is not printable ASCII escaped; `json` is valid UTF-8, as quote_json makes it. */
static void put_ascii(struct sb *out, sv json) {
  while (json.len) {
    uint32_t code_point = 0;
    size_t step = utf8_decode(json, &code_point);
    if (code_point < 0x7F) {
      sb_put(out, sv_slice(json, 0, step));
    } else {
      put_escape(out, code_point);
    }
    json = sv_slice(json, step ? step : 1, json.len);
  }
}

bool error_report_cause(struct arena *arena, sv error_type, sv message, sv *out, struct err *e) {
  struct sb quoted = sb_new(arena, LIMIT_XRAY_CAUSE_BYTES);
  sb_put(&quoted, SV("{\"exceptions\":[{\"type\":"));
  quote_json(&quoted, error_type.len ? cut(error_type, LIMIT_ERROR_TYPE_BYTES) : UNKNOWN);
  sb_put(&quoted, SV(",\"message\":"));
  quote_json(&quoted, cut(message, LIMIT_XRAY_MESSAGE_BYTES));
  sb_put(&quoted, SV(",\"stack\":[]}],\"paths\":[]}"));
  struct sb cause = sb_new(arena, LIMIT_XRAY_CAUSE_BYTES);
  put_ascii(&cause, sb_view(&quoted));
  return sb_check(&quoted, "an X-Ray error cause", e) && sb_finish(&cause, "an X-Ray error cause", out, e);
}
