/* From a step's request body to the bytes that are sent. */
#ifndef ARAZZO_REQUEST_BODY_H
#define ARAZZO_REQUEST_BODY_H

#include <stdbool.h>

#include "body.h"

/* Evaluates the body and its replacements. `*value` is what $request.body reads (the tree of JSON and of a form object, else
 * the text), `*bytes` what is sent; `*has_body` is false, and both stay as they are, when the payload has no value.
 * ERR_UNRESOLVED, ERR_INVALID for what can't be sent; ERR_LIMIT for LIMIT_REQUEST_BODY_BYTES and LIMIT_JSON_DEPTH; ERR_MEMORY. */
bool request_body_build(struct arena *arena, const struct step_body *body, const struct scope *scope, json **value,
                        sv *bytes, bool *has_body, struct err *e);

#endif
