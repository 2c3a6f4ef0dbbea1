/* AWS Signature Version 4, in the Authorization header or in the query. Every intermediate can be looked at. */
#ifndef ARAZZO_SIGV4_H
#define ARAZZO_SIGV4_H

#include <stdbool.h>
#include <stdint.h>

#include "credentials.h"
#include "http.h"

/* How the body takes part. */
enum sigv4_body {
  SIGV4_BODY_DECLARED, /* its hash is signed, and sent in x-amz-content-sha256, which is signed as well */
  SIGV4_BODY_IMPLIED,  /* its hash is signed; the service computes it for itself */
  SIGV4_BODY_UNSIGNED  /* UNSIGNED-PAYLOAD stands for it: S3 only, and only TLS protects it then */
};

struct sigv4_settings {
  struct credentials credentials;
  sv region;
  sv service;              /* the signing name */
  int64_t time_ms;         /* the signing time */
  bool normalize_path;     /* remove dot segments and repeated slashes; false for S3 */
  bool double_encode_path; /* encode each path segment once more; false for S3 */
  enum sigv4_body body;
  bool omit_session_token; /* add the token after signing, unsigned (a few services and test cases) */
};

struct sigv4_result {
  sv canonical_request;
  sv string_to_sign;
  sv signed_headers;
  sv signature;
  sv authorization; /* the header's value; empty when the signature is in the query */
};

/* True for the signing names of S3, whose paths are signed as they are: an object's key may hold dot segments and empty
 * ones. */
bool sigv4_keeps_path(sv service);

/* Adds Host (when absent), X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-Sha256 (unless the body is implied; a given one
 * wins) and Authorization to the request's headers. Everything it makes lives in the arena; derived keys are wiped.
 * ERR_INVALID for a URL that can't be signed, ERR_MEMORY, ERR_LIMIT. */
bool sigv4_sign(struct arena *arena, struct http_request *request, const struct sigv4_settings *settings,
                struct sigv4_result *result, struct err *e);

/* Puts the signature into the URL instead ("presigned"): whoever has it can send this request, with these headers and this
 * body, for `expires_seconds` (1 to LIMIT_PRESIGN_SECONDS) from the signing time. Only Host is added to the headers; the
 * body's hash is signed, or UNSIGNED-PAYLOAD, but not sent. The URL is a secret for as long as it is valid. Errors as above;
 * ERR_INVALID for a URL that has a signature already. */
bool sigv4_presign(struct arena *arena, struct http_request *request, const struct sigv4_settings *settings,
                   unsigned expires_seconds, struct sigv4_result *result, struct err *e);

#endif
