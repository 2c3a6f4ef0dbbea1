/* Signs cases from standard input, one JSON object a line (those with "expires" in the query), and prints what each came to
 * as one JSON object a line. */
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"
#include "signing_case.h"

static void put_member(struct sb *out, const char *name, sv value) {
  sb_format(out, "%s\"%s\":", out->len > 1 ? "," : "", name);
  quote_json(out, value);
}

static void put_result(struct sb *out, const struct http_request *request, const struct sigv4_result *result) {
  put_member(out, "canonicalRequest", result->canonical_request);
  put_member(out, "stringToSign", result->string_to_sign);
  put_member(out, "signature", result->signature);
  if (result->authorization.len) {
    put_member(out, "authorization", result->authorization);
  } else {
    put_member(out, "url", request->url);
  }
}

static bool sign(struct arena *arena, const cJSON *data, struct http_request *request, struct sigv4_result *result,
                 struct err *e) {
  return cJSON_HasObjectItem(data, "expires") ? signing_case_presign(arena, data, request, result, e)
                                              : signing_case_sign(arena, data, request, result, e);
}

static bool sign_line(const char *line) {
  struct arena *arena = arena_new(MIB(8));
  struct sb out = sb_new(arena, MIB(4));
  struct sigv4_result result;
  struct http_request request;
  struct err e = {0};
  cJSON *data = cJSON_Parse(line);
  sb_char(&out, '{');
  if (data && sign(arena, data, &request, &result, &e)) {
    put_result(&out, &request, &result);
  } else {
    put_member(&out, "error", data ? sv_from(e.text) : SV("the line is not JSON"));
  }
  sb_put(&out, SV("}\n"));
  sv text = sb_view(&out);
  bool ok = fwrite(text.ptr, 1, text.len, stdout) == text.len && text.len != 0;
  cJSON_Delete(data);
  arena_drop(arena);
  return ok;
}

int main(void) {
  char *line = NULL;
  size_t room = 0;
  bool ok = true;
  while (ok && getline(&line, &room, stdin) > 0) {
    ok = sign_line(line);
  }
  free(line);
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
