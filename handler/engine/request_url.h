/* From an operation's path and a step's arguments to the request's URL. */
#ifndef ARAZZO_REQUEST_URL_H
#define ARAZZO_REQUEST_URL_H

#include <stdbool.h>

#include "argument.h"
#include "endpoint.h"

/* Builds the URL. ERR_UNRESOLVED for a part of the path without a value, ERR_INVALID for a value that can't stand in its place or would
 * address another resource, ERR_LIMIT for LIMIT_URL_BYTES, ERR_MEMORY. */
bool request_url_build(struct arena *arena, const struct operation *operation, const struct endpoint *endpoint,
                       const struct argument_list *arguments, sv *out, struct err *e);

#endif
