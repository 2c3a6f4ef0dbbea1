/* Request bodies (Arazzo 1.1.0, Request Body Object and Payload Replacement Object). */
#ifndef ARAZZO_BODY_H
#define ARAZZO_BODY_H

#include <stdbool.h>

#include "locator.h"
#include "media.h"
#include "openapi.h"
#include "template.h"

struct compiler;

/* A place in the payload and what is put there. A value without a value leaves its target as it is. */
struct body_replacement {
  struct locator target;
  const struct template *value;
};

/* A compiled request body. */
struct step_body {
  sv content_type;
  enum media_kind kind;
  const struct media *media; /* what the operation says of this type; NULL: nothing */
  const struct operation *operation;
  const struct template *payload; /* NULL: none */
  const struct body_replacement *replacements;
  size_t replacement_count;
};

/* Compiles the `requestBody` of a Step Object `step`; `*out` stays NULL when it has none. The media type is the body's own,
 * else the operation's. ERR_SYNTAX, ERR_INVALID, ERR_UNSUPPORTED, ERR_LIMIT at the place of what is wrong. */
bool body_compile(struct compiler *compiler, const json *step, const struct operation *operation,
                  const struct step_body **out, struct err *e);

/* Calls `visit` for each expression of the body, until it returns false; returns what it returned. */
bool body_each(const struct step_body *body, bool (*visit)(void *context, const struct expression *expression),
               void *context);

#endif
