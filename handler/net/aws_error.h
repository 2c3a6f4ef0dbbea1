/* AWS error types: which error an AWS service answered with. */
#ifndef ARAZZO_AWS_ERROR_H
#define ARAZZO_AWS_ERROR_H

#include <stdbool.h>

#include "http.h"

/* What an error type says about trying again. */
enum aws_error_kind {
  AWS_ERROR_OTHER,
  AWS_ERROR_THROTTLING, /* refused for now: certainly not applied */
  AWS_ERROR_TRANSIENT,  /* the service's own trouble: may have been applied */
  AWS_ERROR_EXPIRED,    /* the credentials, or the signature's time, are too old */
  AWS_ERROR_QUOTA       /* refused until somebody raises a quota or deletes something */
};

/* The code of the AWS error in a response: header x-amzn-errortype, else "__type", "code" or "Code" of a JSON body of
 * at most LIMIT_ERROR_BODY_BYTES, without namespace and URI; the empty view when there is none. ERR_MEMORY. */
bool aws_error_type(struct arena *arena, const struct http_response *response, sv *out, struct err *e);

/* What is publicly documented about the error type; AWS_ERROR_OTHER for one that is not known. */
enum aws_error_kind aws_error_kind(sv error_type);

#endif
