/* What an AWS service says about a refusal, as far as it may be repeated. */
#ifndef ARAZZO_SERVICE_MESSAGE_H
#define ARAZZO_SERVICE_MESSAGE_H

#include "environment.h"
#include "json.h"

/* The first line of the message in the response's body (in the scope of a run); the empty view when there is none. It is
 * at most 400 bytes long, and "..." where it was cut; it never holds a secret of the environment. */
sv service_message(const struct environment *environment, const json *scope, struct arena *arena);

#endif
