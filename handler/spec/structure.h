/* The structure of Arazzo documents. */
#ifndef ARAZZO_STRUCTURE_H
#define ARAZZO_STRUCTURE_H

#include "document.h"

struct findings;

/* Checks the structure of an Arazzo document, used or not, as the published JSON Schema of its version does (2024-08-01 for
 * 1.0, the work in progress of 2025 for 1.1), but for what contradicts the specification. Input schemas are only checked to be objects or booleans; what references,
 * expressions and conditions say is not looked at. ERR_INVALID with the place of the offending node and the path to it;
 * ERR_MEMORY. The work is n log n in the size of the document. With `findings` (NULL: the first error ends the check) the nodes that errors are
 * about are noted there, and where they are gathered, all are. */
bool structure_check(const struct source *source, enum arazzo_version version, struct findings *findings,
                     struct err *e);

/* Checks a Parameter Object or a Reusable Object in its place, where the published schema takes any value: among the parameters
 * of an action. Errors as above. */
bool structure_check_parameter(const struct source *source, enum arazzo_version version, const json *node,
                               struct err *e);

#endif
