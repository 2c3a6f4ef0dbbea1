/* Idempotency tokens. */
#ifndef ARAZZO_TOKEN_H
#define ARAZZO_TOKEN_H

#include <stdbool.h>

#include "sv.h"

struct sb;
struct sha256;

/* Derives a token, a UUID, from what tells one use of a workflow from another (`pass`: the run's id), the workflow and the
 * token's name. ERR_MEMORY, ERR_LIMIT. */
bool token_derive(struct arena *arena, sv pass, sv workflow_id, sv name, sv *out, struct err *e);

/* Appends a UUID made of a digest. */
void token_put_uuid(struct sb *out, const struct sha256 *digest);

#endif
