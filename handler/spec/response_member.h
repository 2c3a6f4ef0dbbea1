/* What a description says of a member of a response, for checks of documents. */
#ifndef ARAZZO_RESPONSE_MEMBER_H
#define ARAZZO_RESPONSE_MEMBER_H

#include <stdbool.h>

#include "openapi.h"

struct response_member {
  const json *values; /* its enum; NULL: none */
  bool is_optional;   /* an object on the way to it says what is required, and this is not */
};

/* Looks up the value at a JSON Pointer in the JSON body of the operation's successful response. False when the description says
 * nothing certain: no such member, no schema, several that apply, one that can't be read. The description must have been
 * kept (document.h). */
bool response_member_find(struct openapi *openapi, const struct operation *operation, sv pointer,
                          struct response_member *out);

#endif
