/* Errors of AWS services: what an answer says of itself, in whatever protocol the service speaks. */
#ifndef ARAZZO_AWS_ERROR_H
#define ARAZZO_AWS_ERROR_H

#include <stdbool.h>

#include "http.h"

/* Views of the response, or texts in the arena. Each is empty where the answer does not tell it. */
struct aws_error {
  sv type;         /* "ThrottlingException": a plain name, without namespace and URI */
  sv message;      /* as the service wrote it: it may repeat what was signed, so that it is not printed as it is */
  sv request_id;   /* visible ASCII, LIMIT_REQUEST_ID_BYTES at most; of a success, too */
  sv region;       /* S3: where the bucket is; as the service wrote it */
  sv endpoint;     /* S3: the host that the bucket is to be asked at; as the service wrote it */
  bool in_success; /* the status says 2xx, but the body is an error of S3 */
};

/* What an error type says about trying again. */
enum aws_error_kind {
  AWS_ERROR_OTHER,
  AWS_ERROR_THROTTLING, /* refused for now: certainly not applied */
  AWS_ERROR_TRANSIENT,  /* the service's own trouble: may have been applied */
  AWS_ERROR_EXPIRED,    /* the credentials are too old */
  AWS_ERROR_CLOCK,      /* the signature is refused, perhaps because of its time: certainly not applied */
  AWS_ERROR_QUOTA       /* refused until somebody raises a quota or deletes something */
};

/* Reads the error of an answer from 300 on; of a success its request id, and the error that S3 may have put into it. Bodies
 * over LIMIT_ERROR_BODY_BYTES, and those that do not parse, are not read: what only they tell is empty. ERR_MEMORY. */
bool aws_error_read(struct arena *arena, const struct http_response *response, struct aws_error *out, struct err *e);

/* The id that the service gave to the request, from the headers alone. */
sv aws_error_request_id(const struct http_headers *headers);

/* aws_error_kind.c: what is publicly documented about the error type; AWS_ERROR_OTHER for one that is not known. */
enum aws_error_kind aws_error_kind(sv type);

/* aws_error_kind.c: true when the service may mean that the credentials have expired: AWS_ERROR_EXPIRED, and RequestExpired,
 * which is EC2's word for it and for a request whose time is too long ago. */
bool aws_error_may_be_expired(sv type);

#endif
