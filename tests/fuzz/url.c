/* Fuzzes what reads URLs and header texts: parsing, decoding and its inverse, AWS's host names and theirs in other variants,
 * signing any URL that parses, dates. */
#include "url.h"

#include <stdint.h>

#include "arena.h"
#include "aws_endpoint.h"
#include "errinfo.h"
#include "http_date.h"
#include "limits.h"
#include "percent.h"
#include "sb.h"
#include "sigv4.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decoded_and_encoded_again(struct arena *arena, sv text) {
  struct sb encoded = sb_new(arena, 3 * text.len);
  struct err e = {0};
  sv back;
  percent_put(&encoded, text, "/:");
  if (percent_decode(arena, sb_view(&encoded), &back, &e) && !sv_eq(back, text)) {
    __builtin_trap();
  }
}

/* Of a regular host the same host can be made again, unless a rule has another one for the service. */
static void read_host(struct arena *arena, sv host) {
  struct aws_host parts;
  struct sb made = sb_new(arena, 2 * LIMIT_URL_BYTES);
  if (aws_host_read(host, &parts) && parts.is_regular) {
    struct aws_host again;
    aws_host_put(&made, parts.prefix, parts.region.len ? parts.region : SV("us-east-1"), parts.variant);
    if (!aws_host_read(sb_view(&made), &again)) {
      __builtin_trap();
    }
  }
}

static void sign(struct arena *arena, sv url, bool s3) {
  struct http_request request = {.method = SV("GET"), .url = url};
  struct sigv4_settings settings = {.credentials = {SV("A"), SV("s"), SV("t")},
                                    .region = SV("r"),
                                    .service = SV("s"),
                                    .normalize_path = !s3,
                                    .double_encode_path = !s3};
  struct sigv4_result result;
  struct err e = {0};
  if (!sigv4_sign(arena, &request, &settings, &result, &e) && e.code == ERR_NONE) {
    __builtin_trap();
  }
  err_clear(&e);
  if (sigv4_presign(arena, &request, &settings, 60, &result, &e) == (e.code != ERR_NONE)) {
    __builtin_trap();
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  sv text = {(const char *)data, size};
  struct arena *arena = arena_new(MIB(32));
  struct err e = {0};
  struct url url;
  int64_t wall_ms;
  if (url_parse(text, &url, &e) == (e.code != ERR_NONE)) {
    __builtin_trap();
  }
  read_host(arena, url.host);
  read_host(arena, text);
  decoded_and_encoded_again(arena, text);
  sign(arena, text, false);
  sign(arena, text, true);
  http_date_parse(text, 0, &wall_ms);
  arena_drop(arena);
  return 0;
}
