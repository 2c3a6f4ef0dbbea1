/* Plays transport_curl from outside: commands on standard input, one JSON object a line, results on standard output.
 *   {"environment": {...}, "clockSpeed": n}                  opens the transport (first); its clock runs n times as fast
 *   {"method":, "url":, "headers":, "body":, "timeoutMs":}   sends; "bodyBytes": n sends n times 'x' instead,
 *                                                            "failAfter": n lets the n-th allocation fail
 *   {"frozen": seconds}                                      the wall clock goes on, the monotonic one does not
 *   {"fork": true}                                           goes on in a child process
 * Looking up a name under "silent.invalid" takes a minute, as it does when no name server answers. */
#include <dlfcn.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cjson/cJSON.h>

#include "arena.h"
#include "clock.h"
#include "environment.h"
#include "errinfo.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"
#include "transport_curl.h"

#define HEADERS_MAX 300

static int64_t clock_speed = 1;
static int64_t frozen_ms;

static int64_t lines_wall_ms(void *context) {
  (void)context;
  struct clock system = clock_system();
  return clock_wall_ms(&system) + frozen_ms;
}

static int64_t lines_monotonic_us(void *context) {
  (void)context;
  struct clock system = clock_system();
  return clock_monotonic_us(&system) * clock_speed;
}

/* In place of the C library's, for libcurl. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result) {
  int (*system)(const char *, const char *, const struct addrinfo *, struct addrinfo **) = NULL;
  void *found = dlsym(RTLD_NEXT, "getaddrinfo");
  memcpy(&system, &found, sizeof system);
  if (strcmp(node, "silent.invalid") == 0) {
    sleep(60);
  }
  return system(node, service, hints, result);
}

static const char *member(const cJSON *data, const char *name) {
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, name));
}

static const char *from_object(void *context, const char *name) {
  return member(context, name);
}

static const char *code_name(enum err_code code) {
  static const char *const names[] = {"none",        "memory",  "limit", "syntax",  "invalid", "unresolved",
                                      "unsupported", "network", "tls",   "timeout", "internal"};
  return names[code];
}

static void put_response(struct sb *out, const struct http_response *response) {
  sb_format(out, "{\"status\":%d,\"headers\":[", response->status);
  for (size_t i = 0; i < response->headers.count; i++) {
    sb_put(out, i ? SV(",[") : SV("["));
    quote_json(out, response->headers.items[i].name);
    sb_char(out, ',');
    quote_json(out, response->headers.items[i].value);
    sb_char(out, ']');
  }
  sb_format(out, "],\"bodyBytes\":%zu,\"body\":", response->body.len);
  quote_json(out, sv_slice(response->body, 0, KIB(4)));
  sb_put(out, SV("}\n"));
}

static void put_failure(struct sb *out, enum http_progress progress, const struct err *e) {
  sb_format(out, "{\"code\":\"%s\",\"sent\":%s,\"error\":", code_name(e->code),
            progress == HTTP_MAYBE_SENT ? "true" : "false");
  quote_json(out, sv_from(e->text));
  sb_put(out, SV("}\n"));
}

static void print(const struct sb *out) {
  sv text = sb_view(out);
  fwrite(text.ptr, 1, text.len, stdout);
  fflush(stdout);
}

static sv body_of(const cJSON *data, struct arena *arena) {
  const cJSON *bytes = cJSON_GetObjectItemCaseSensitive(data, "bodyBytes");
  size_t length = bytes ? (size_t)cJSON_GetNumberValue(bytes) : 0;
  char *text = length ? arena_alloc(arena, length) : NULL;
  if (!text) {
    return sv_from(member(data, "body"));
  }
  memset(text, 'x', length);
  return (sv){text, length};
}

static void run(struct transport_curl *curl, const cJSON *data) {
  struct arena *arena = arena_new(LIMIT_INVOCATION_ARENA_BYTES);
  struct sb out = sb_new(arena, MIB(4));
  struct transport transport = transport_curl_transport(curl);
  struct http_header room[HEADERS_MAX];
  struct http_request request = {.method = sv_from(member(data, "method")),
                                 .url = sv_from(member(data, "url")),
                                 .headers = {.items = room},
                                 .body = body_of(data, arena),
                                 .has_body = member(data, "body") != NULL};
  struct http_response response;
  enum http_progress progress = HTTP_MAYBE_SENT;
  struct err e = {0};
  const cJSON *pair = NULL;
  cJSON_ArrayForEach(pair, cJSON_GetObjectItemCaseSensitive(data, "headers")) {
    room[request.headers.count].name = sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 0)));
    room[request.headers.count++].value = sv_from(cJSON_GetStringValue(cJSON_GetArrayItem(pair, 1)));
  }
  const cJSON *fail_after = cJSON_GetObjectItemCaseSensitive(data, "failAfter");
  int64_t timeout = (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(data, "timeoutMs"));
  arena_fail_after(arena, fail_after ? (long)cJSON_GetNumberValue(fail_after) : -1);
  bool ok = transport.send(transport.context, &request, timeout, arena, &response, &progress, &e);
  arena_fail_after(arena, -1);
  if (ok) {
    put_response(&out, &response);
  } else {
    put_failure(&out, progress, &e);
  }
  print(&out);
  arena_drop(arena);
}

/* The child goes on; the parent only waits for it and ends as it ended. The child leaves by _exit, since it has left
 * alone (leaked, to a leak checker) the parent's libcurl handle. */
static bool go_on_in_child(struct transport_curl *curl) {
  pid_t child = fork();
  int status = 0;
  if (child > 0) {
    waitpid(child, &status, 0);
    transport_curl_close(curl);
    exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE);
  }
  puts("{}");
  fflush(stdout);
  return true;
}

static struct transport_curl *open_from(const cJSON *data) {
  struct environment environment = {.get = from_object,
                                    .context = cJSON_GetObjectItemCaseSensitive(data, "environment")};
  const struct clock clock = {.wall_ms = lines_wall_ms, .monotonic_us = lines_monotonic_us};
  const cJSON *speed = cJSON_GetObjectItemCaseSensitive(data, "clockSpeed");
  struct arena *arena = arena_new(KIB(64));
  struct sb out = sb_new(arena, KIB(32));
  struct err e = {0};
  clock_speed = speed ? (int64_t)cJSON_GetNumberValue(speed) : 1;
  struct transport_curl *curl = transport_curl_open(&environment, &clock, &e);
  if (curl) {
    sb_put(&out, SV("{}\n"));
  } else {
    put_failure(&out, HTTP_NOT_SENT, &e);
  }
  print(&out);
  arena_drop(arena);
  return curl;
}

int main(void) {
  struct transport_curl *curl = NULL;
  char *line = NULL;
  size_t room = 0;
  bool forked = false;
  while (getline(&line, &room, stdin) > 0) {
    cJSON *data = cJSON_Parse(line);
    if (!data) {
      return EXIT_FAILURE;
    }
    if (!curl) {
      curl = open_from(data);
    } else if (cJSON_GetObjectItemCaseSensitive(data, "frozen")) {
      frozen_ms += (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(data, "frozen")) * 1000;
      puts("{}");
      fflush(stdout);
    } else if (cJSON_GetObjectItemCaseSensitive(data, "fork")) {
      forked = go_on_in_child(curl);
    } else {
      run(curl, data);
    }
    cJSON_Delete(data);
  }
  free(line);
  transport_curl_close(curl);
  if (forked) {
    _exit(EXIT_SUCCESS);
  }
  return EXIT_SUCCESS;
}
