/* What a workflow is given. */
#ifndef ARAZZO_INPUTS_H
#define ARAZZO_INPUTS_H

#include <stdbool.h>

#include "run.h"

/* Names of inputs (and of payload members) that are idempotency tokens. */
struct token_names {
  const sv *items;
  size_t count;
};

/* Derives the tokens that nobody gave, applies the schema's defaults, and checks the inputs. `pass` tells this use of the workflow
 * from every other: tokens are derived from it, so that the same pass of the same run has the same ones. ERR_INVALID for
 * inputs that do not suit the workflow, with the rule and the place, never the value. ERR_MEMORY. */
bool inputs_prepare(struct arena *arena, const struct token_names *tokens, const struct workflow *workflow, sv pass,
                    json *inputs, struct err *e);

/* The inputs of a workflow that another one depends on: those members of `inputs` that its schema declares, but for tokens, prepared. `pass` is
 * that of the dependent. Errors as above. */
bool inputs_of_dependency(struct arena *arena, const struct token_names *tokens, const struct workflow *workflow,
                          sv pass, const json *inputs, json **out, struct err *e);

/* Checks that everything that the workflow depends on can be given its inputs. Errors as above. */
bool inputs_check_dependencies(struct arena *arena, const struct token_names *tokens, const struct workflow *workflow,
                               sv pass, const json *inputs, struct err *e);

#endif
