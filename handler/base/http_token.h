/* Tokens: what methods, names of headers and the parts of a media type are made of (RFC 9110 5.6.2). */
#ifndef ARAZZO_HTTP_TOKEN_H
#define ARAZZO_HTTP_TOKEN_H

#include <stdbool.h>

#include "sv.h"

/* True for a token: one or more of letters, digits and !#$%&'*+-.^_`|~. */
bool http_is_token(sv text);

#endif
