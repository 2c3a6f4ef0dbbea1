/* Fetching secrets from AWS Secrets Manager and the Systems Manager Parameter Store. */
#ifndef ARAZZO_SECRET_STORE_H
#define ARAZZO_SECRET_STORE_H

#include "aws_client.h"
#include "secret_cache.h"
#include "secret_reference.h"

/* What secrets are fetched by; `client` also has the environment for references to its variables. */
struct secret_store {
  struct aws_client client;
  sv region; /* of references that name none */
  struct secret_cache *cache;
};

/* The whole secret that the reference names, as text in the arena. What is fetched is kept for LIMIT_SECRET_AGE_MS, under
 * secret_store_key; `*was_kept`: it comes from there. ERR_NETWORK, ERR_TLS, ERR_TIMEOUT when trying again later may help; ERR_UNRESOLVED
 * for what does not exist or may not be read, with the permission that is needed; ERR_INVALID for an endpoint that is configured
 * though another kind of AWS's is asked for; ERR_UNSUPPORTED for a secret of bytes; errors
 * of the credentials; ERR_LIMIT, ERR_MEMORY. No error holds what was fetched. */
bool secret_store_get(const struct secret_store *store, struct arena *arena, const struct secret_reference *reference,
                      int64_t deadline_ms, sv *out, bool *was_kept, struct err *e);

/* The key of a reference in the cache; empty without memory. */
sv secret_store_key(const struct secret_store *store, struct arena *arena, const struct secret_reference *reference);

#endif
