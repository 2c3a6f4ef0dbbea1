/* Access tokens by OAuth 2.0's client credentials grant (RFC 6749, 4.4). */
#ifndef ARAZZO_OAUTH_TOKEN_H
#define ARAZZO_OAUTH_TOKEN_H

#include "inquiry.h"

struct sb;

struct oauth_client {
  sv id;
  sv secret;
  sv scope;     /* names, separated by spaces; empty: none is asked for */
  sv token_url; /* absolute */
};

struct oauth_token {
  sv text;
  int64_t lifetime_ms; /* 0: not told */
};

/* Asks the token endpoint, which must be https or at a loopback host. The token lives in the arena. ERR_NETWORK, ERR_TLS,
 * ERR_TIMEOUT when trying again later may help; ERR_UNRESOLVED when the endpoint refuses; ERR_INVALID for its URL, ERR_UNSUPPORTED
 * for a token that is not a bearer's; ERR_LIMIT, ERR_MEMORY. No error holds the client's secret or a token. */
bool oauth_token_fetch(const struct inquiry *inquiry, struct arena *arena, const struct oauth_client *client,
                       int64_t deadline_ms, struct oauth_token *out, struct err *e);

/* Appends the credentials of HTTP's Basic scheme: "Basic " and user:password in base64 (RFC 7617). */
void basic_put(struct sb *out, struct arena *arena, sv user, sv password);

#endif
