/* AWS credentials, and what gives them. They are never logged, never part of an error and never in state. */
#ifndef ARAZZO_CREDENTIALS_H
#define ARAZZO_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "inquiry.h"

struct environment;

struct credentials {
  sv access_key_id;
  sv secret_access_key;
  sv session_token; /* empty: none */
};

/* What signs requests gets its credentials from. */
struct credentials_provider {
  /* Credentials that are valid now, asked for until `deadline_ms` (wall clock) at most; they are views that live until the
   * next call of either function. False: ERR_NETWORK, ERR_TLS, ERR_TIMEOUT when trying again later may help; ERR_UNRESOLVED
   * when there are none, ERR_INVALID and ERR_UNSUPPORTED for those that can't be used; ERR_MEMORY, ERR_LIMIT. */
  bool (*get)(void *context, int64_t deadline_ms, struct credentials *out, struct err *e);
  /* AWS says that those of the last call have expired: the next call asks for others. */
  void (*refuse)(void *context);
  void *context;
};

/* What one source of credentials has. */
struct credentials_found {
  bool is_found; /* false: nothing is configured here, the next source is asked */
  struct credentials credentials;
  int64_t expires_ms; /* wall clock; 0: not known, or never */
};

/* What sources of credentials reach the world by. */
struct credentials_world {
  const struct environment *environment;
  struct inquiry inquiry;
};

/* Asks one place where credentials may be: the environment, an endpoint, a profile. Errors as those of a provider. What is
 * found lives in the arena or in the environment. */
typedef bool credentials_load(const struct credentials_world *world, struct arena *arena, int64_t deadline_ms,
                              struct credentials_found *out, struct err *e);

/* ERR_INVALID, with `what` and the byte's place, when the value holds a space, a line end or another character that no credential
 * has. */
bool credentials_check_text(const char *what, sv value, struct err *e);

/* AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; nothing is found when neither of the first two is set.
 * ERR_UNRESOLVED names what is missing beside the other. */
credentials_load credentials_from_environment;

#endif
