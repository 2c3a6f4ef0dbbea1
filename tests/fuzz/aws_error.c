/* The input is an answer's body: what is read of it is a plain name and visible text, whatever the status. */
#include <stdint.h>
#include <stdlib.h>

#include "arena.h"
#include "aws_error.h"
#include "errinfo.h"
#include "limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_visible(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    if (text.ptr[i] <= ' ' || text.ptr[i] > '~') {
      abort();
    }
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const int statuses[] = {200, 301, 400, 503};
  struct arena *arena = arena_new(MIB(64));
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    struct http_response response = {.status = statuses[i], .body = {(const char *)data, size}};
    struct aws_error error;
    struct err e = {0};
    if (!aws_error_read(arena, &response, &error, &e)) {
      abort();
    }
    is_visible(error.type);
    is_visible(error.request_id);
    is_visible(error.region);
    is_visible(error.endpoint);
    if (error.in_success && (statuses[i] != 200 || error.type.len == 0)) {
      abort();
    }
  }
  arena_drop(arena);
  return 0;
}
