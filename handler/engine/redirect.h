/* Redirects, which are never followed, and AWS's answers that a bucket is in another region. */
#ifndef ARAZZO_REDIRECT_H
#define ARAZZO_REDIRECT_H

#include <stdbool.h>

#include "aws_error.h"
#include "endpoint.h"

struct sb;

/* True for 301, 302, 303, 307 and 308. */
bool redirect_is(int status);

/* Appends where a redirect leads to, without its query, and what to do about it; for an answer of S3 also the bucket's region.
 * Nothing for any other answer. */
void redirect_describe(const struct endpoint *endpoint, const struct http_response *response,
                       const struct aws_error *error, struct sb *text);

#endif
