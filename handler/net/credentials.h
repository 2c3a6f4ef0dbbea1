/* AWS credentials. They are views of their source (the environment, or an arena), never logged and never in state. */
#ifndef ARAZZO_CREDENTIALS_H
#define ARAZZO_CREDENTIALS_H

#include <stdbool.h>

#include "sv.h"

struct environment;
struct err;

struct credentials {
  sv access_key_id;
  sv secret_access_key;
  sv session_token; /* empty: none */
};

/* From AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. ERR_UNRESOLVED names what is not set,
 * ERR_INVALID what holds a character that no credential has. The views live as long as the environment. */
bool credentials_from_environment(const struct environment *environment, struct credentials *out, struct err *e);

#endif
