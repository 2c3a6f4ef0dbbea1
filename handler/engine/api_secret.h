/* Secrets of APIs as they are stored: plain text, or JSON. */
#ifndef ARAZZO_API_SECRET_H
#define ARAZZO_API_SECRET_H

#include <stdbool.h>

#include "oauth_token.h"
#include "secret_reference.h"

/* What ARAZZO_SECRETS says: the secret of a security scheme. */
struct api_secret {
  sv name; /* "scheme", or "source.scheme" */
  struct secret_reference reference;
};

struct api_secrets {
  const struct api_secret *items;
  size_t count;
};

/* Reads ARAZZO_SECRETS, a JSON object: scheme -> reference (secret_reference_read). ERR_SYNTAX, ERR_INVALID with the scheme;
 * ERR_LIMIT beyond LIMIT_SECRETS; ERR_MEMORY. */
bool api_secrets_read(struct arena *arena, sv text, struct api_secrets *out, struct err *e);

/* The part of a secret that the reference means; all of it when it names none. A part that is an object or array is JSON text again.
 * ERR_INVALID; no error of these functions holds a value. */
bool api_secret_part(struct arena *arena, sv secret, const struct secret_reference *reference, sv *out, struct err *e);

/* A key or token: the text, or "value" or "token" of a JSON object. */
bool api_secret_token(struct arena *arena, sv secret, sv *out, struct err *e);

/* A login: "user:password", or {"username", "password"}. */
bool api_secret_login(struct arena *arena, sv secret, sv *user, sv *password, struct err *e);

/* An OAuth client: {"client_id" or "clientId", "client_secret" or "clientSecret"}, and what overrules the description: "scope",
 * "token_url". */
bool api_secret_client(struct arena *arena, sv secret, struct oauth_client *out, struct err *e);

#endif
