/* What libcurl's failures mean, for the person who must act. */
#ifndef ARAZZO_TRANSPORT_FAILURE_H
#define ARAZZO_TRANSPORT_FAILURE_H

#include <stdbool.h>

#include "sv.h"

struct err;
struct trust;

struct transport_failure {
  int code;            /* CURLcode */
  const char *detail;  /* libcurl's own words; "" none */
  long verify_result;  /* OpenSSL's, of the server's certificate or the proxy's */
  long connect_status; /* what the proxy answered to CONNECT; 0: nothing, or there is no proxy */
  sv host;             /* of the URL, or "the proxy" when its certificate is meant */
  const struct trust *trust;
};

/* Sets ERR_TLS for a server that is not to be trusted (its certificate, or a TLS version below 1.2), else ERR_NETWORK,
 * ERR_INVALID or ERR_LIMIT. No text holds a proxy's password. Always false. */
bool transport_failure_report(const struct transport_failure *failure, struct err *e);

#endif
