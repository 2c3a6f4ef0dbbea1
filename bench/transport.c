/* The client of bench/transport.py: sends a request for each line "METHOD URL" of its standard input, over the transport
 * of the function, and writes "STATUS MICROSECONDS". */
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "clock.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "transport_curl.h"

static bool send_one(const struct transport *transport, const struct clock *clock, sv method, sv url) {
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct http_request request = {.method = method, .url = url};
  struct http_response response;
  enum http_progress progress = HTTP_NOT_SENT;
  struct err e = {0};
  int64_t began_us = clock_monotonic_us(clock);
  bool ok = transport->send(transport->context, &request, LIMIT_REQUEST_MS, arena, &response, &progress, &e);
  long long took_us = clock_monotonic_us(clock) - began_us;
  if (ok) {
    printf("%d %lld\n", response.status, took_us);
  } else {
    fprintf(stderr, "%s\n", e.text);
  }
  fflush(stdout);
  arena_drop(arena);
  return ok;
}

int main(void) {
  struct environment environment = environment_of_process();
  struct clock clock = clock_system();
  struct err e = {0};
  struct transport_curl *curl = transport_curl_open(&environment, &clock, &e);
  char line[512];
  bool ok = curl != NULL;
  while (ok && fgets(line, sizeof line, stdin)) {
    struct transport transport = transport_curl_transport(curl);
    sv text = sv_trim(sv_from(line));
    size_t space = sv_find(text, ' ');
    ok = send_one(&transport, &clock, sv_slice(text, 0, space), sv_trim(sv_slice(text, space, text.len)));
  }
  transport_curl_close(curl);
  return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
