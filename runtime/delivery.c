/* Collects an invocation. Header values and the event are copied once, out of libcurl's buffer into an arena; an announced
 * Content-Length makes that one allocation of the right size, a chunked event grows by doubling.
 *
 * Values are foreign text that goes on into URLs, headers, the environment and logs, so none with control characters is
 * kept. An event beyond our limits is read to its end and dropped: the connection stays usable and the caller gets a proper
 * error; only one beyond LIMIT_RUNTIME_DRAIN_BYTES ends the connection.
 *
 * Does not parse the event, and never looks at Content-Type: it may be missing. */
#include "delivery.h"

#include <stddef.h>
#include <string.h>

#include "arena.h"
#include "limits.h"

#define FIRST_CAPACITY KIB(16)
#define HEADER_PREFIX SV("Lambda-Runtime-")

/* Where a header's value goes. */
static const struct {
  const char *name; /* behind the prefix */
  size_t offset;
} fields[] = {
    {"Aws-Request-Id", offsetof(struct delivery, invocation.request_id)},
    {"Deadline-Ms", offsetof(struct delivery, deadline)},
    {"Invoked-Function-Arn", offsetof(struct delivery, invocation.invoked_function_arn)},
    {"Trace-Id", offsetof(struct delivery, invocation.trace_id)},
    {"Client-Context", offsetof(struct delivery, invocation.client_context)},
    {"Cognito-Identity", offsetof(struct delivery, invocation.cognito_identity)},
    {"Aws-Tenant-Id", offsetof(struct delivery, invocation.tenant_id)},
    {"Invocation-Id", offsetof(struct delivery, invocation_id)},
};

struct delivery delivery_new(struct arena *headers_arena, struct arena *event_arena) {
  return (struct delivery){.headers_arena = headers_arena, .event_arena = event_arena};
}

static void begin(void *context) {
  struct delivery *delivery = context;
  arena_reset(delivery->headers_arena);
  arena_reset(delivery->event_arena);
  *delivery = delivery_new(delivery->headers_arena, delivery->event_arena);
}

static bool has_control(sv text) {
  for (size_t i = 0; i < text.len; i++) {
    if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7F) {
      return true;
    }
  }
  return false;
}

/* A repeated header keeps its first value. */
static void keep(struct delivery *delivery, const char *name, sv value, sv *slot) {
  if (slot->len || !value.len) {
    return;
  }
  if (value.len <= LIMIT_HEADER_BYTES && !has_control(value)) {
    *slot = sv_copy(delivery->headers_arena, value);
  }
  if (!slot->len) {
    delivery->refused_header = name;
  }
}

static void take_header(void *context, sv name, sv value) {
  /* RFC 9110 5.1: field names are case-insensitive. */
  if (!sv_eq_nocase(sv_slice(name, 0, HEADER_PREFIX.len), HEADER_PREFIX)) {
    return;
  }
  sv rest = sv_slice(name, HEADER_PREFIX.len, name.len);
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    if (sv_eq_nocase(rest, sv_from(fields[i].name))) {
      keep(context, fields[i].name, value, (sv *)(void *)((char *)context + fields[i].offset));
    }
  }
}

static bool make_room(struct delivery *delivery, size_t needed) {
  if (needed <= delivery->capacity) {
    return true;
  }
  size_t capacity = delivery->capacity ? delivery->capacity * 2 : FIRST_CAPACITY;
  if (capacity < needed) {
    capacity = needed;
  }
  char *event = arena_grow(delivery->event_arena, delivery->event, delivery->capacity, capacity);
  if (event) {
    delivery->event = event;
    delivery->capacity = capacity;
  }
  return event != NULL;
}

static enum delivery_event store(struct delivery *delivery, sv piece, size_t announced_bytes) {
  size_t needed = delivery->received_bytes + piece.len;
  if (needed > LIMIT_RUNTIME_EVENT_BYTES || announced_bytes > LIMIT_RUNTIME_EVENT_BYTES) {
    return DELIVERY_TOO_LARGE;
  }
  if (!make_room(delivery, announced_bytes > needed ? announced_bytes : needed)) {
    return DELIVERY_NO_ROOM;
  }
  memcpy(delivery->event + delivery->received_bytes, piece.ptr, piece.len);
  return DELIVERY_WHOLE;
}

static bool take_body(void *context, sv piece, int64_t total_bytes) {
  struct delivery *delivery = context;
  if (piece.len && delivery->state == DELIVERY_WHOLE) {
    delivery->state = store(delivery, piece, total_bytes > 0 ? (size_t)total_bytes : 0);
  }
  delivery->received_bytes += piece.len;
  return delivery->received_bytes <= LIMIT_RUNTIME_DRAIN_BYTES;
}

struct exchange_sink delivery_sink(struct delivery *delivery) {
  return (struct exchange_sink){.begin = begin, .header = take_header, .body = take_body, .context = delivery};
}

bool delivery_id_usable(sv request_id) {
  for (size_t i = 0; i < request_id.len; i++) {
    char c = request_id.ptr[i];
    if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
      return false;
    }
  }
  return request_id.len > 0 && request_id.len <= LIMIT_REQUEST_ID_BYTES;
}

bool delivery_finish(struct delivery *delivery, int64_t now_ms) {
  struct lambda_invocation *invocation = &delivery->invocation;
  unsigned long long deadline_ms = 0;
  if (delivery->state == DELIVERY_WHOLE && delivery->received_bytes) {
    invocation->event = (sv){delivery->event, delivery->received_bytes};
  }
  bool told = sv_to_uint(delivery->deadline, INT64_MAX, &deadline_ms);
  invocation->deadline_ms = told ? (int64_t)deadline_ms : now_ms + LIMIT_INVOCATION_MS;
  return delivery_id_usable(invocation->request_id);
}
