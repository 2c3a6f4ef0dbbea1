/* Where a secret is kept, as configuration says it: never the secret itself. */
#ifndef ARAZZO_SECRET_REFERENCE_H
#define ARAZZO_SECRET_REFERENCE_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;

enum secret_origin { SECRET_OF_SECRETS_MANAGER, SECRET_OF_PARAMETER_STORE, SECRET_OF_ENVIRONMENT };

struct secret_reference {
  enum secret_origin origin;
  sv id;      /* ARN or name of the secret or parameter, or the variable's name */
  sv region;  /* of the ARN; empty: the function's */
  sv member;  /* of the JSON object that the secret is: the one value that is meant; empty: all of it */
  sv pointer; /* the same by a JSON Pointer; empty: all of it */
};

/* Reads one of
 *   arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME, or NAME      a secret of Secrets Manager
 *   arn:aws:ssm:REGION:ACCOUNT:parameter/NAME, or /NAME             a parameter of the Parameter Store
 *   env:NAME                                                        an environment variable
 * with, behind it, "#/json/pointer", or for Secrets Manager ":member". The views are of `text` or live in the arena. ERR_SYNTAX for
 * everything else; ERR_MEMORY. */
bool secret_reference_read(struct arena *arena, sv text, struct secret_reference *out, struct err *e);

#endif
