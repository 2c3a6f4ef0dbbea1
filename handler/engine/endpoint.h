/* Where an operation is: its server's URL and, for AWS, its signing name and region. */
#ifndef ARAZZO_ENDPOINT_H
#define ARAZZO_ENDPOINT_H

#include <stdbool.h>

#include "environment.h"
#include "openapi.h"

/* Where the operations of one source description are sent (--server). */
struct source_endpoint {
  sv source; /* its name in the Arazzo document */
  sv url;
};

struct endpoint_settings {
  sv region;
  sv override_url;                       /* for every operation (--endpoint-url); empty: none */
  const struct source_endpoint *sources; /* for those of one source description; they come before override_url */
  size_t source_count;
  const struct environment *environment; /* AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL */
  bool ignores_environment;              /* AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: these two are not looked at */
  unsigned variant;                      /* of AWS's hosts: bits of enum aws_variant */
};

struct endpoint {
  sv base_url; /* without a trailing '/' */
  sv service;  /* signing name; empty when the operation is not signed */
  sv region;   /* to sign for: the host's own, where it names one or stands for a whole partition, else the settings' */
  bool is_configured; /* by --server, --endpoint-url or the environment */
};

/* Chooses where the operation is sent: a configured endpoint, else the description's best server (endpoint_server.h), whose
 * host becomes that of the region's partition, and a FIPS or dual-stack one where the settings ask for it. ERR_INVALID when
 * there is no usable server, when a variable of its URL has no value, when an endpoint is configured together with FIPS or
 * dual-stack, or when signed requests would go out over plain http to anything but a loopback address or a configured
 * endpoint. ERR_MEMORY, ERR_LIMIT. */
bool endpoint_choose(struct arena *arena, const struct operation *operation, const struct endpoint_settings *settings,
                     struct endpoint *out, struct err *e);

/* The settings for operations of the source description of this name. */
struct endpoint_settings endpoint_settings_for(const struct endpoint_settings *settings, sv source);

#endif
