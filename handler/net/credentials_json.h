/* Credentials as JSON, as endpoints and credential processes give them. */
#ifndef ARAZZO_CREDENTIALS_JSON_H
#define ARAZZO_CREDENTIALS_JSON_H

#include "credentials.h"

/* Who made them: an endpoint writes {"AccessKeyId", "SecretAccessKey", "Token", "Expiration"}, a process {"Version": 1,
 * "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}. The last two may be missing. */
enum credentials_form { CREDENTIALS_OF_ENDPOINT, CREDENTIALS_OF_PROCESS };

/* Reads them. ERR_INVALID names the member that is missing or wrong, never a value; ERR_MEMORY. */
bool credentials_read_json(struct arena *arena, sv text, enum credentials_form form, struct credentials_found *out,
                           struct err *e);

#endif
