/* The transport over libcurl: connections reused, verified TLS, no redirects, bounded answers. */
#ifndef ARAZZO_TRANSPORT_CURL_H
#define ARAZZO_TRANSPORT_CURL_H

#include <stdbool.h>

#include "http.h"

struct clock;
struct environment;
struct transport_curl;

/* Reads AWS_CA_BUNDLE and SSL_CERT_FILE (ERR_INVALID when the named file can't be read) and the proxy variables
 * (ERR_INVALID for one that names no proxy). The clock bounds the phases of requests and the age of connections. libcurl
 * and TLS are initialised when the first request needs them, not here. NULL with ERR_MEMORY. End it with
 * transport_curl_close. */
struct transport_curl *transport_curl_open(const struct environment *environment, const struct clock *clock,
                                           struct err *e);

/* Closes the connections. NULL is ignored. */
void transport_curl_close(struct transport_curl *curl);

/* The transport, valid until transport_curl_close. Not for use by several threads at once; a process that was forked
 * off makes its own connections. */
struct transport transport_curl_transport(struct transport_curl *curl);

/* For programs with somebody in front of them: `look` is called every quarter of a second while a request is under way, and cuts
 * it by returning false; then sending ends with ERR_NETWORK. NULL: nobody looks. */
typedef bool transport_curl_look(void *context);
void transport_curl_watch(struct transport_curl *curl, transport_curl_look *look, void *context);

#endif
