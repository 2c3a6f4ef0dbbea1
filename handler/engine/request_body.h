/* From a step's request body to the bytes that are sent. */
#ifndef ARAZZO_REQUEST_BODY_H
#define ARAZZO_REQUEST_BODY_H

#include <stdbool.h>

#include "body.h"

/* Evaluates the body. `*value` is what $request.body reads, `*bytes` what is sent; `*has_body` is false, and both stay as
 * they are, when the payload has no value. ERR_UNRESOLVED, ERR_INVALID for what can't be sent; ERR_LIMIT; ERR_MEMORY. */
bool request_body_build(struct arena *arena, const struct step_body *body, const struct scope *scope, json **value,
                        sv *bytes, bool *has_body, struct err *e);

#endif
