/* From a step to its HTTP request, and to what $request.… reads afterwards. */
#ifndef ARAZZO_REQUEST_H
#define ARAZZO_REQUEST_H

#include <stdbool.h>

#include "endpoint.h"
#include "http.h"
#include "inputs.h"
#include "run.h"

struct step_request {
  struct http_request http; /* unsigned */
  struct endpoint endpoint;
  bool carries_token; /* sending it twice has the effect of sending it once, by its idempotency token */
  sv action;          /* the operation that the step names by Action or X-Amz-Target, as it is written; empty: none */
};

/* Builds the request of the step at the top and puts "url", "method" and "request" into the run's scope. ERR_UNRESOLVED when a
 * required parameter has no value, ERR_INVALID for a value that can't be sent or an operation without server: nothing was
 * sent then. ERR_LIMIT, ERR_MEMORY. */
bool request_build(struct arena *arena, struct run *run, const struct endpoint_settings *settings,
                   const struct token_names *tokens, struct step_request *out, struct err *e);

/* True when sending the request a second time has the effect of sending it once: by its token, its method, or, in AWS's protocols
 * that have one path for all operations, the operation's name (Describe…, Get…, List…), and the one that the step puts in its place: reading is
 * a POST there, and a GET may create something. */
bool request_may_repeat(const struct step_request *request, const struct operation *operation);

#endif
