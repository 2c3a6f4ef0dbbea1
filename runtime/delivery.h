/* What GET /invocation/next brings: the invocation, collected from headers and body while they arrive. */
#ifndef RUNTIME_DELIVERY_H
#define RUNTIME_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exchange.h"
#include "lambda_runtime.h"

struct arena;

enum delivery_event {
  DELIVERY_WHOLE,
  DELIVERY_TOO_LARGE, /* more than LIMIT_RUNTIME_EVENT_BYTES */
  DELIVERY_NO_ROOM    /* more than what the invocation's arena has left */
};

struct delivery {
  struct arena *headers_arena;
  struct arena *event_arena;
  struct lambda_invocation invocation;
  sv invocation_id;           /* to be sent back with the answer; empty when it was not received */
  sv deadline;                /* as it was received */
  const char *refused_header; /* the last one that was dropped, too long or with control characters; or NULL */
  char *event;                /* capacity bytes */
  size_t capacity;
  size_t received_bytes; /* the dropped ones of a too large event included */
  enum delivery_event state;
};

/* A delivery that puts its header values into one arena and the event into another; both are emptied when an answer is
 * about to come. */
struct delivery delivery_new(struct arena *headers_arena, struct arena *event_arena);

/* The sink that fills it. */
struct exchange_sink delivery_sink(struct delivery *delivery);

/* After the whole answer: completes the invocation. False when its request id is missing or can't be put into a URL, so
 * that nobody can be answered. `now_ms` stands in for a deadline that was not told. */
bool delivery_finish(struct delivery *delivery, int64_t now_ms);

/* True for 1 to LIMIT_REQUEST_ID_BYTES letters, digits and hyphens: safe as a part of a path. */
bool delivery_id_usable(sv request_id);

#endif
