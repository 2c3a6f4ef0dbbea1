/* Payload replacements at run time (Arazzo 1.1.0, Payload Replacement Object). */
#ifndef ARAZZO_REPLACEMENT_H
#define ARAZZO_REPLACEMENT_H

#include <stdbool.h>

#include "body.h"

/* Applies the body's replacements in order to the evaluated payload: a tree, which is changed in place, or XML as a string
 * node. A value that is unresolved leaves its target as it is. ERR_INVALID and ERR_UNRESOLVED, naming the target, for one that
 * has no place in the payload; ERR_LIMIT for LIMIT_JSON_DEPTH; ERR_MEMORY. */
bool replacements_apply(struct arena *arena, const struct step_body *body, const struct scope *scope, json *payload,
                        struct err *e);

#endif
