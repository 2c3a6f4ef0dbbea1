/* Authentication for APIs that are not AWS (OpenAPI, Security Requirement Object): keys, logins and tokens that are kept as secrets. */
#ifndef ARAZZO_API_SECURITY_H
#define ARAZZO_API_SECURITY_H

#include "api_secret.h"
#include "document.h"
#include "endpoint.h"
#include "secret_store.h"

struct logger;
struct masking;

struct api_security {
  struct api_secrets secrets;
  struct secret_store store;
};

/* The request that something is added to. */
struct api_call {
  const struct step *step;
  const struct endpoint *endpoint;
  int64_t deadline_ms;     /* wall clock; nothing is fetched beyond it */
  struct masking *masking; /* whatever is secret goes in */
};

/* What was added to a request. */
struct api_authentication {
  sv keys[2 * LIMIT_SECURITY_SCHEMES]; /* of what is kept of it; texts in the arena */
  size_t count;
  bool was_kept; /* some of it was fetched for an earlier request: it may be too old */
};

/* Adds to the request what the first alternative of the step's operation asks for that has a secret for each of its schemes, or a
 * parameter of the step in its place; nothing when there is none. The request's header list is changed, its URL replaced.
 * ERR_NETWORK, ERR_TLS, ERR_TIMEOUT when trying again later may help; ERR_INVALID for a secret that has not the form that its
 * scheme needs, and for plain http; errors of secret_store_get and oauth_token_fetch. */
bool api_security_apply(const struct api_security *security, struct arena *arena, const struct api_call *call,
                        struct http_request *request, struct api_authentication *out, struct err *e);

/* The API refused what was added: it is fetched anew when it is needed again. */
void api_security_forget(const struct api_security *security, const struct api_authentication *authentication);

/* Checks the configuration against the documents: ERR_INVALID for a secret of no scheme, of schemes in two descriptions, or of a
 * scheme that can't be worked with. What requires authentication and has none is a warning in the log. */
bool api_security_check(const struct api_security *security, const struct document_set *set, struct logger *logger,
                        struct err *e);

/* Checks one step: ERR_INVALID when a secret would be sent over plain http. */
bool api_security_check_step(const struct api_security *security, const struct step *step,
                             const struct endpoint *endpoint, struct err *e);

#endif
