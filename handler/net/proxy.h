/* Which proxy a request goes through. */
#ifndef ARAZZO_PROXY_H
#define ARAZZO_PROXY_H

#include <stdbool.h>

struct arena;
struct environment;
struct err;
struct url;

struct proxies {
  const char *http;   /* for http URLs; "" none */
  const char *https;  /* for https URLs; "" none */
  const char *except; /* what is reached directly, separated by commas; "*" all; "" none */
};

/* http_proxy; https_proxy, HTTPS_PROXY; all_proxy, ALL_PROXY for both; no_proxy, NO_PROXY. ERR_INVALID names a variable
 * that holds no proxy's URL, and never quotes it; ERR_MEMORY. The texts, which may hold a password, live in the arena. */
bool proxies_from_environment(struct arena *arena, const struct environment *environment, struct proxies *out,
                              struct err *e);

/* The proxy for this URL, exceptions aside; "" for none, and always for a loopback host and the hosts of
 * containers' credentials. */
const char *proxies_for(const struct proxies *proxies, const struct url *url);

#endif
