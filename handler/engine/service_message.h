/* What an AWS service says about a refusal, as far as it may be repeated. */
#ifndef ARAZZO_SERVICE_MESSAGE_H
#define ARAZZO_SERVICE_MESSAGE_H

#include "credentials.h"

struct arena;

/* The first line of a service's message; the empty view when there is none. It is at most 400 bytes long, and "..." where it
 * was cut; it never holds a secret of the credentials that signed the request. */
sv service_message(const struct credentials *credentials, sv message, struct arena *arena);

#endif
