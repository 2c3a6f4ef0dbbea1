/* The secrets of a run: what must not be printed while it is worked on. */
#ifndef ARAZZO_SECRETS_H
#define ARAZZO_SECRETS_H

#include <stdbool.h>

#include "document.h"

struct masking;

/* Adds those of the workflow's inputs that its schema marks `format: password`. ERR_MEMORY; ERR_LIMIT when there are too many. */
bool secrets_add(struct masking *masking, const struct workflow *workflow, const json *inputs, struct arena *arena,
                 struct err *e);

#endif
