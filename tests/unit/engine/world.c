/* A reply is {"status", "headers"?, "body"? (text, or JSON to be printed), "type"? (application/json; null: none)} or
 * {"failure": "network" | "timeout" | "tls" | "limit" | "invalid", "sent"?: bool}; "after" is how many milliseconds it takes. */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"

static void keep(struct world *world, const struct http_request *request) {
  assert_true(world->sent_count < WORLD_SENT_COUNT);
  struct sent *sent = &world->sent[world->sent_count++];
  snprintf(sent->method, sizeof sent->method, "%.*s", SV_ARG(request->method));
  snprintf(sent->url, sizeof sent->url, "%.*s", SV_ARG(request->url));
  snprintf(sent->body, sizeof sent->body, "%.*s", SV_ARG(request->body));
  size_t at = 0;
  sent->headers[0] = '\0';
  for (size_t i = 0; i < request->headers.count && at < sizeof sent->headers; i++) {
    at += (size_t)snprintf(sent->headers + at, sizeof sent->headers - at, "%.*s: %.*s\n",
                           SV_ARG(request->headers.items[i].name), SV_ARG(request->headers.items[i].value));
  }
}

static bool fail_send(const cJSON *reply, enum http_progress *progress, struct err *e) {
  static const struct {
    const char *name;
    enum err_code code;
  } codes[] = {{"network", ERR_NETWORK},
               {"timeout", ERR_TIMEOUT},
               {"tls", ERR_TLS},
               {"limit", ERR_LIMIT},
               {"invalid", ERR_INVALID}};
  const char *name = case_text(reply, "failure");
  *progress = cJSON_IsTrue(cJSON_GetObjectItem(reply, "sent")) ? HTTP_MAYBE_SENT : HTTP_NOT_SENT;
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
    if (strcmp(name, codes[i].name) == 0) {
      return err_set(e, codes[i].code, "the test's %s failure", name);
    }
  }
  fail_msg("no failure '%s'", name);
  return false;
}

static bool add(struct arena *arena, struct http_headers *headers, const char *name, const char *value, struct err *e) {
  return http_header_add(arena, headers, sv_from(name), sv_from(value), e);
}

static bool answer(const cJSON *reply, struct arena *arena, struct http_response *response, struct err *e) {
  const cJSON *body = cJSON_GetObjectItem(reply, "body");
  const cJSON *type = cJSON_GetObjectItem(reply, "type");
  const cJSON *header = NULL;
  response->status = (int)cJSON_GetNumberValue(cJSON_GetObjectItem(reply, "status"));
  if (body && !cJSON_IsNull(type) &&
      !add(arena, &response->headers, "Content-Type", type ? type->valuestring : "application/json", e)) {
    return false;
  }
  cJSON_ArrayForEach(header, cJSON_GetObjectItem(reply, "headers")) {
    if (!add(arena, &response->headers, header->string, header->valuestring, e)) {
      return false;
    }
  }
  if (body) {
    char *text = cJSON_IsString(body) ? strdup(body->valuestring) : cJSON_PrintUnformatted(body);
    response->body = sv_copy(arena, sv_from(text));
    bool whole = response->body.len == strlen(text);
    free(text);
    return whole || err_memory(e);
  }
  return true;
}

static bool play(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
                 struct http_response *response, enum http_progress *progress, struct err *e) {
  struct world *world = context;
  int count = cJSON_GetArraySize(world->replies);
  assert_true(timeout_ms > 0);
  keep(world, request);
  if (world->fail_send_at == (long)world->sent_count - 1) {
    *progress = HTTP_NOT_SENT;
    return err_set(e, ERR_NETWORK, "the test's connection failure");
  }
  if ((int)world->played >= count && !world->repeat_last) {
    fail_msg("%s %s was not expected", world->sent[world->sent_count - 1].method,
             world->sent[world->sent_count - 1].url);
  }
  int index = (int)world->played < count ? (int)world->played : count - 1;
  const cJSON *reply = cJSON_GetArrayItem(world->replies, index);
  const cJSON *after = cJSON_GetObjectItem(reply, "after");
  world->played++;
  world->now_ms += after ? (int64_t)cJSON_GetNumberValue(after) : 40;
  *progress = HTTP_MAYBE_SENT;
  return case_text(reply, "failure") ? fail_send(reply, progress, e) : answer(reply, arena, response, e);
}

struct transport world_transport(struct world *world) {
  return (struct transport){.send = play, .context = world};
}

static int64_t wall(void *context) {
  return ((const struct world *)context)->now_ms;
}

static int64_t monotonic(void *context) {
  return ((const struct world *)context)->now_ms * 1000;
}

static void sleep_for(void *context, int64_t duration_ms) {
  ((struct world *)context)->now_ms += duration_ms;
}

struct clock world_clock(struct world *world) {
  return (struct clock){.wall_ms = wall, .monotonic_us = monotonic, .sleep_ms = sleep_for, .context = world};
}

static uint64_t middle(void *context) {
  (void)context;
  return 500;
}

struct entropy world_entropy(void) {
  return (struct entropy){.next = middle};
}

static const char *variable(void *context, const char *name) {
  const struct world *world = context;
  const cJSON *given = cJSON_GetObjectItem(world->environment, name);
  if (given) {
    return cJSON_GetStringValue(given);
  }
  return strcmp(name, "AWS_ACCESS_KEY_ID") == 0       ? "AKIDEXAMPLE"
         : strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0 ? "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
         : strcmp(name, "AWS_SESSION_TOKEN") == 0     ? "session-token-example"
                                                      : NULL;
}

static void count_line(void *context, sv line) {
  struct world *world = context;
  world->log_count++;
  assert_true(line.len > 0 && line.ptr[line.len - 1] == '\n');
  assert_false(sv_contains(line, SV("EXAMPLEKEY")));
  assert_false(sv_contains(line, SV("session-token")));
}

void world_open(struct world *world) {
  struct err e = {0};
  *world = (struct world){.now_ms = WORLD_START_MS, .fail_send_at = -1};
  world->variables = (struct environment){.get = variable, .context = world};
  assert_true(logger_open(&world->logger, 2, true, &world->variables, &e));
  world->logger.threshold = LOG_TRACE;
  world->logger.write = count_line;
  world->logger.context = world;
  world->logger.clock = world_clock(world);
}

void world_close(struct world *world) {
  logger_close(&world->logger);
}

static bool get_credentials(void *context, int64_t deadline_ms, struct credentials *out, struct err *e) {
  struct world *world = context;
  struct credentials_world from = {.environment = &world->variables};
  struct credentials_found found;
  if (world->no_credentials) {
    return err_set(e, world->no_credentials, "the test has no credentials");
  }
  bool good = credentials_from_environment(&from, NULL, deadline_ms, &found, e);
  *out = found.credentials;
  if (world->has_others && world->refused_count) {
    out->access_key_id = SV("AKIDOTHER");
  }
  return good;
}

static void refuse_credentials(void *context) {
  ((struct world *)context)->refused_count++;
}

struct credentials_provider world_credentials(struct world *world) {
  return (struct credentials_provider){.get = get_credentials, .refuse = refuse_credentials, .context = world};
}

struct engine world_engine(struct world *world) {
  static const sv tokens[] = {{"clientToken", 11}};
  return (struct engine){
      .endpoints = {.region = SV("eu-central-1"), .environment = &world->variables},
      .tokens = {tokens, 1},
      .transport = world_transport(world),
      .clock = world_clock(world),
      .entropy = world_entropy(),
      .credentials = world_credentials(world),
      .security = &world->security,
      .memory = &world->memory,
      .logger = &world->logger,
      .max_attempts = 3,
      .poll_seconds = 60,
      .max_steps = 100,
      .run_timeout_seconds = 86400,
  };
}
