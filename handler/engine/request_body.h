/* From a step's request body to the bytes that are sent. */
#ifndef ARAZZO_REQUEST_BODY_H
#define ARAZZO_REQUEST_BODY_H

#include <stdbool.h>

#include "body.h"

/* A request's body. */
struct request_body {
  json *
      value; /* what $request.body reads: the tree of JSON, of a form, of multipart, of bytes; else the text. NULL: no body */
  sv bytes; /* what is sent */
  sv content_type;
};

/* Evaluates the body and its replacements; it is no body when the payload has no value. ERR_UNRESOLVED, ERR_INVALID for what can't be
 * sent; ERR_LIMIT for LIMIT_REQUEST_BODY_BYTES and LIMIT_JSON_DEPTH; ERR_MEMORY. */
bool request_body_build(struct arena *arena, const struct step_body *body, const struct scope *scope,
                        struct request_body *out, struct err *e);

#endif
