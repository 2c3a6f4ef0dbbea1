/* The parameters of a step with their values. */
#ifndef ARAZZO_ARGUMENT_H
#define ARAZZO_ARGUMENT_H

#include <stdbool.h>

#include "document.h"

/* A parameter with its value, as JSON (for $request.…) and as it is written. */
struct argument {
  sv name;
  enum parameter_in in;
  const struct operation_parameter *declared; /* NULL: the description does not know it */
  const json *value;                          /* as $request.… reads it; NULL: left out */
  const json *sent;                           /* the same, or the text of its `content` */
  struct parameter_style style;
};

struct argument_list {
  struct argument *items;
  size_t count;
};

/* Evaluates the step's parameters, and adds the required ones that it does not give but that may have one value only.
 * ERR_UNRESOLVED when one that is needed has no value; ERR_INVALID, ERR_LIMIT, ERR_MEMORY. */
bool arguments_evaluate(struct arena *arena, const struct step *step, const struct scope *scope,
                        struct argument_list *out, struct err *e);

/* The argument of this name and place; NULL when there is none. */
const struct argument *argument_find(const struct argument_list *list, sv name, enum parameter_in in);

#endif
