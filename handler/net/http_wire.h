/* HTTP at the wire, without a connection: what may be sent, and how the head of an answer reads. */
#ifndef ARAZZO_HTTP_WIRE_H
#define ARAZZO_HTTP_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "http.h"
#include "url.h"

/* True when the request can be sent as it is; then `*url` holds the parts of its URL. ERR_INVALID for a URL that is not
 * encoded, a method that is none, headers that would inject or contradict others; ERR_LIMIT for a body or header that
 * is too large. */
bool http_wire_check(const struct http_request *request, struct url *url, struct err *e);

/* Splits the head of a response (status line and header lines with their line ends) into headers, which are views of
 * `text`. Folded lines are unfolded in place. Lines without a colon are left out. ERR_LIMIT for more than
 * LIMIT_HEADERS_COUNT, ERR_MEMORY. */
bool http_wire_headers(struct arena *arena, char *text, size_t length, struct http_headers *out, struct err *e);

#endif
