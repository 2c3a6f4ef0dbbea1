/* Which of a description's servers an operation is sent to. */
#ifndef ARAZZO_ENDPOINT_SERVER_H
#define ARAZZO_ENDPOINT_SERVER_H

#include "aws_endpoint.h"
#include "openapi.h"
#include "url.h"

/* A server with its variables filled in. */
struct endpoint_server {
  sv text;
  struct url url; /* of the text */
  bool is_aws;
  struct aws_host host; /* when it is */
};

/* The server that suits best: of the region's partition, then https, then in the region (before hosts without a region, before
 * hosts of others), then the first. `*found` is false when there is none; `why` then says what is wrong with the first absolute
 * one, if there is any (ERR_INVALID). The variable `region` of AWS's hosts, and of operations that are signed for AWS, is
 * `region`; others have their defaults. ERR_MEMORY, ERR_LIMIT. */
bool endpoint_server_choose(struct arena *arena, const struct operation *operation, sv region,
                            struct endpoint_server *out, bool *found, struct err *why, struct err *e);

#endif
