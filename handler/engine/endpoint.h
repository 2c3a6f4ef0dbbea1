/* Where an operation is: its server's URL and, for AWS, its signing name and region. */
#ifndef ARAZZO_ENDPOINT_H
#define ARAZZO_ENDPOINT_H

#include <stdbool.h>

#include "environment.h"
#include "openapi.h"

struct endpoint_settings {
  sv region;
  sv override_url;                       /* for every operation (--endpoint-url); empty: none */
  const struct environment *environment; /* AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL */
};

struct endpoint {
  sv base_url; /* without a trailing '/' */
  sv service;  /* signing name; empty when the operation is not signed */
  sv region;
  bool is_configured; /* by --endpoint-url or the environment */
};

/* Chooses the server: a configured endpoint first, then the description's https servers for the region's partition, then
 * other ones. ERR_INVALID when the description has no usable server, or when signed requests would go out over plain http to
 * anything but a loopback address or a configured endpoint. ERR_MEMORY, ERR_LIMIT. */
bool endpoint_choose(struct arena *arena, const struct operation *operation, const struct endpoint_settings *settings,
                     struct endpoint *out, struct err *e);

/* True for text that has the form of an AWS region: lower-case words and a number, joined by '-'. */
bool region_is_valid(sv region);

#endif
