/* Inputs and expected errors of the json layer's case files. */
#include "text_case.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "limits.h"
#include "sb.h"

#define INPUT_BYTES_MAX MIB(64)

static sv hex_bytes(struct arena *arena, const char *hex) {
  struct sb bytes = sb_new(arena, INPUT_BYTES_MAX);
  for (; hex[0] && hex[1]; hex += 2) {
    const char digits[] = {hex[0], hex[1], '\0'};
    sb_char(&bytes, (char)strtoul(digits, NULL, 16));
  }
  return sb_view(&bytes);
}

static sv joined_parts(struct arena *arena, const cJSON *parts) {
  struct sb text = sb_new(arena, INPUT_BYTES_MAX);
  for (const cJSON *part = parts->child; part; part = part->next) {
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(part, "times");
    for (int i = 0; i < (times ? times->valueint : 1); i++) {
      sb_put(&text, sv_from(case_text(part, "text")));
    }
  }
  assert_int_equal(text.state, SB_OK);
  return sb_view(&text);
}

sv text_case_input(struct arena *arena, const cJSON *data) {
  const char *hex = case_text(data, "hex");
  const cJSON *parts = cJSON_GetObjectItemCaseSensitive(data, "parts");
  if (hex) {
    return hex_bytes(arena, hex);
  }
  if (parts) {
    return joined_parts(arena, parts);
  }
  assert_non_null(case_text(data, "text"));
  /* A copy without a NUL behind it, so that reading past the end is seen. */
  return sv_copy(arena, sv_from(case_text(data, "text")));
}

static const char *code_name(enum err_code code) {
  switch (code) {
  case ERR_NONE:
    return "ERR_NONE";
  case ERR_MEMORY:
    return "ERR_MEMORY";
  case ERR_LIMIT:
    return "ERR_LIMIT";
  case ERR_SYNTAX:
    return "ERR_SYNTAX";
  case ERR_INVALID:
    return "ERR_INVALID";
  case ERR_UNRESOLVED:
    return "ERR_UNRESOLVED";
  case ERR_UNSUPPORTED:
    return "ERR_UNSUPPORTED";
  case ERR_NETWORK:
    return "ERR_NETWORK";
  case ERR_TLS:
    return "ERR_TLS";
  case ERR_TIMEOUT:
    return "ERR_TIMEOUT";
  case ERR_KNOWN:
    return "KNOWN";
  case ERR_INTERNAL:
    return "ERR_INTERNAL";
  }
  return "unknown";
}

static unsigned expected_number(const cJSON *expected, const char *member) {
  const cJSON *number = cJSON_GetObjectItemCaseSensitive(expected, member);
  assert_true(cJSON_IsNumber(number));
  return (unsigned)number->valueint;
}

void text_case_assert_error(const cJSON *expected, const struct err *e) {
  const char *says = case_text(expected, "says");
  assert_string_equal(code_name(e->code), case_text(expected, "code"));
  assert_non_null(says);
  if (!strstr(e->text, says)) {
    fail_msg("the error \"%s\" does not say \"%s\"", e->text, says);
  }
  assert_int_equal(e->line, expected_number(expected, "line"));
  assert_int_equal(e->column, expected_number(expected, "column"));
}

void text_case_assert_text(const char *expected, sv actual) {
  assert_non_null(expected);
  if (!sv_eq(sv_from(expected), actual)) {
    fail_msg("expected %s, got %.*s", expected, SV_ARG(actual));
  }
}
