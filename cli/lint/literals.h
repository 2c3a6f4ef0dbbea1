/* The values that a document gives as they stand, without an expression: parameters, members of payloads, defaults of inputs. */
#ifndef ARAZZO_LITERALS_H
#define ARAZZO_LITERALS_H

#include "lint.h"

enum literal_role {
  LITERAL_PARAMETER, /* of a step */
  LITERAL_MEMBER,    /* of a payload */
  LITERAL_DEFAULT    /* of an input */
};

struct literal {
  enum literal_role role;
  sv name;
  sv text;
  const json *node;   /* the value */
  const json *schema; /* of the input; else NULL */
};

typedef void literal_visit(struct lint *lint, const struct document *document, const struct literal *literal);

/* Calls `visit` for each text that is not empty and holds no '$'. */
void literals_each(struct lint *lint, literal_visit *visit);

#endif
