/* AWS Signature Version 4, in the Authorization header. Every intermediate can be looked at. */
#ifndef ARAZZO_SIGV4_H
#define ARAZZO_SIGV4_H

#include <stdbool.h>
#include <stdint.h>

#include "credentials.h"
#include "http.h"

struct sigv4_settings {
  struct credentials credentials;
  sv region;
  sv service;              /* the signing name */
  int64_t time_ms;         /* the signing time */
  bool normalize_path;     /* remove dot segments and repeated slashes; false for S3 */
  bool double_encode_path; /* encode each path segment once more; false for S3 */
  bool sign_body;          /* send and sign x-amz-content-sha256 */
  bool omit_session_token; /* add the token after signing, unsigned (a few services and test cases) */
};

struct sigv4_result {
  sv canonical_request;
  sv string_to_sign;
  sv signed_headers;
  sv signature;
  sv authorization;
};

/* Adds Host (when absent), X-Amz-Date, X-Amz-Security-Token, X-Amz-Content-Sha256 (when asked) and Authorization to the
 * request's headers. Everything it makes lives in the arena; derived keys are wiped. ERR_INVALID for a URL that can't
 * be signed, ERR_MEMORY, ERR_LIMIT. */
bool sigv4_sign(struct arena *arena, struct http_request *request, const struct sigv4_settings *settings,
                struct sigv4_result *result, struct err *e);

#endif
