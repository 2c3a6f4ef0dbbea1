/* URLs: RFC 3986 parts and percent-encoding. */
#ifndef ARAZZO_URL_H
#define ARAZZO_URL_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;
struct sb;

/* The parts of an absolute http or https URL, as written (still encoded). */
struct url {
  sv scheme;     /* "http" or "https", lower case */
  sv host;       /* without port; an IPv6 address keeps its brackets */
  unsigned port; /* 0: the scheme's default */
  sv path;       /* with the leading '/'; may be empty */
  sv query;      /* without '?' */
  bool has_query;
};

/* Splits and checks an absolute URL of at most LIMIT_URL_BYTES; userinfo and fragments are refused. Spaces and
 * characters beyond ASCII pass in path and query (AWS signs them, a transport refuses them), control characters do not.
 * ERR_INVALID (ERR_LIMIT) says what is wrong. The parts are views of `text`. */
bool url_parse(sv text, struct url *out, struct err *e);

/* The Host header's value: host, and port unless it is the scheme's default. */
void url_put_host(struct sb *out, const struct url *url);

/* True for localhost, 127.0.0.0/8 and [::1]. */
bool url_is_loopback(const struct url *url);

/* True for the addresses at which AWS serves credentials to containers, over plain http: 169.254.170.2 (ECS), 169.254.170.23 and
 * [fd00:ec2::23] (EKS). */
bool url_is_container_host(const struct url *url);

#endif
