/* HTTP messages as plain data, and the transport that carries them. */
#ifndef ARAZZO_HTTP_H
#define ARAZZO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sv.h"

struct arena;
struct err;

struct http_header {
  sv name;
  sv value;
};

struct http_headers {
  struct http_header *items;
  size_t count;
};

struct http_request {
  sv method;
  sv url; /* absolute, encoded as it goes onto the wire */
  struct http_headers headers;
  sv body;
  bool has_body; /* an empty body is sent with Content-Length: 0 */
};

struct http_response {
  int status;
  struct http_headers headers; /* in wire order; of the final response only */
  sv body;
};

/* How far a failed request got: what decides whether it may be sent again. */
enum http_progress {
  HTTP_NOT_SENT,  /* no byte of the request can have reached the server */
  HTTP_MAYBE_SENT /* it may have been applied */
};

/* Something that carries a request: libcurl, a recording, or a test. */
struct transport {
  /* Sends and receives within `timeout_ms`. The response lives in the arena. False when there is no whole response:
   * ERR_NETWORK, ERR_TLS, ERR_TIMEOUT, ERR_LIMIT (headers or body too large), ERR_MEMORY; ERR_INVALID for a request
   * that can't be put onto the wire; `*progress` tells how far it got. */
  bool (*send)(void *context, const struct http_request *request, int64_t timeout_ms, struct arena *arena,
               struct http_response *response, enum http_progress *progress, struct err *e);
  void *context;
};

/* The first header's value with this name (compared without case); false when there is none. */
bool http_header_get(const struct http_headers *headers, sv name, sv *value);

/* ERR_INVALID (ERR_LIMIT) when the name is no RFC 9110 token or the value holds CR, LF, NUL or other control characters
 * but tab (is longer than LIMIT_HEADER_BYTES). The error never quotes the value. */
bool http_header_check(sv name, sv value, struct err *e);

/* Adds a header. Errors of http_header_check; ERR_LIMIT beyond LIMIT_HEADERS_COUNT; ERR_MEMORY. The texts must outlive
 * the headers. A copy of the struct that was made before keeps its own view: its headers are not touched. */
bool http_header_add(struct arena *arena, struct http_headers *headers, sv name, sv value, struct err *e);

/* Puts the value in place of the first header of this name and removes further ones, or adds it. Errors as above. Works
 * in place: copies of the struct see the change. */
bool http_header_set(struct arena *arena, struct http_headers *headers, sv name, sv value, struct err *e);

/* True when sending the method twice has the effect of sending it once (RFC 9110 9.2.2). */
bool http_method_is_idempotent(sv method);

/* True when sending the method has no effect on the server that the client asked for (RFC 9110 9.2.1). */
bool http_method_is_safe(sv method);

#endif
