/* The function's own requests to AWS: each one signed, sent again where that may help, to the service's endpoint. */
#ifndef ARAZZO_AWS_CLIENT_H
#define ARAZZO_AWS_CLIENT_H

#include "clock_skew.h"
#include "credentials.h"

/* What they are made with; `inquiry` has a clock skew. */
struct aws_client {
  struct inquiry inquiry;
  struct credentials_provider credentials;
  const struct environment *environment; /* AWS_ENDPOINT_URL… */
  bool ignores_endpoint_urls;            /* of the environment */
  unsigned variant;                      /* of AWS's hosts: bits of enum aws_variant */
};

struct aws_client_service {
  sv signing_name;               /* also what its host begins with */
  const char *endpoint_variable; /* "AWS_ENDPOINT_URL_SSM" */
};

struct aws_call {
  const struct aws_client_service *service;
  sv region;
  sv method;
  sv path; /* from '/' on, with the query, encoded */
  sv content_type;
  sv target; /* X-Amz-Target; empty: none */
  sv body;   /* empty: none */
  int64_t deadline_ms;
};

/* Sends the call, as inquiry_send does, to the endpoint of the service's own variable, of AWS_ENDPOINT_URL, or to AWS's host for the
 * region. Any status that no retry would better is a success. Besides the errors of inquiry_send and of the credentials:
 * ERR_INVALID when an endpoint is configured though another kind of AWS's hosts is asked for. */
bool aws_client_send(const struct aws_client *client, struct arena *arena, const struct aws_call *call,
                     struct http_response *response, struct err *e);

/* What an answer that is no success says of itself; credentials that it calls expired are refused, which is ERR_NETWORK. */
bool aws_client_read_error(const struct aws_client *client, struct arena *arena, const struct http_response *response,
                           sv *type, struct err *e);

#endif
