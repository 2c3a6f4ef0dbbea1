/* What the bytes of a response's body are: text, or bytes. */
#ifndef ARAZZO_RESPONSE_CONTENT_H
#define ARAZZO_RESPONSE_CONTENT_H

#include <stdbool.h>

#include "errinfo.h"
#include "http.h"

struct response_content {
  sv text;        /* in UTF-8; of bytes the bytes */
  bool is_bytes;  /* no text, by its media type or because it is none */
  struct err why; /* why it can't be read; ERR_NONE: it can */
};

/* Looks at Content-Encoding and Content-Type. False only with ERR_MEMORY. */
bool response_content_read(struct arena *arena, const struct http_response *response, struct response_content *out,
                           struct err *e);

/* True for a response that has no body whatever is promised (RFC 9110 6.4.1, 15.3.6): to HEAD, and 204, 205 and 304. */
bool response_has_no_content(sv method, int status);

#endif
