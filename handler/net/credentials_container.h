/* Credentials from the endpoint that AWS serves to containers, and to Lambda functions under SnapStart. */
#ifndef ARAZZO_CREDENTIALS_CONTAINER_H
#define ARAZZO_CREDENTIALS_CONTAINER_H

#include "credentials.h"

/* Asks AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (at 169.254.170.2), else AWS_CONTAINER_CREDENTIALS_FULL_URI (https; http only to a
 * loopback host and to url_is_container_host), with AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or
 * AWS_CONTAINER_AUTHORIZATION_TOKEN as Authorization. Nothing is found when neither URI is set. */
credentials_load credentials_from_container;

#endif
