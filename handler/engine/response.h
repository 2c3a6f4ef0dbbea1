/* From an HTTP response to what $statusCode and $response.… read. */
#ifndef ARAZZO_RESPONSE_H
#define ARAZZO_RESPONSE_H

#include <stdbool.h>

#include "errinfo.h"
#include "http.h"
#include "run.h"

/* A response's body, as it was read. */
struct response_body {
  json *value;    /* NULL: none, or malformed; of XML its text */
  json *tree;     /* of XML: what pointers, names and queries read; else NULL */
  struct err why; /* why it is malformed: not what its media type, or the description, says; ERR_NONE: it is not */
  bool is_text;   /* of another type than JSON and XML */
  bool is_page;   /* an HTML page where JSON or XML is promised: it came from something in between */
};

/* Reads the body. ERR_MEMORY. */
bool response_read(struct arena *arena, const struct step *step, const struct http_response *response,
                   struct response_body *out, struct err *e);

/* Puts "statusCode" and "response" into the run's scope; the body's value becomes part of it. ERR_MEMORY. */
bool response_describe(struct arena *arena, struct run *run, const struct http_response *response,
                       const struct response_body *body, struct err *e);

/* The response that a DELETE is taken to have had when its resource is gone because an earlier delivery deleted it: its
 * body is made of the request's parameters, which is what such answers repeat. */
bool response_assume_deleted(struct arena *arena, struct run *run, struct err *e);

/* Makes $statusCode the success that the operation's description promises, for a request whose first delivery had it: the criteria of
 * the steps that run its workflow are met by both deliveries. Left as it is where nothing is promised. ERR_MEMORY. */
bool response_assume_status(struct arena *arena, struct run *run, const struct operation *operation, struct err *e);

#endif
