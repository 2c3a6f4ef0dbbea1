/* Writing values into an XML text. Internal to xpath_*.c. */
#ifndef ARAZZO_XPATH_REPLACE_H
#define ARAZZO_XPATH_REPLACE_H

#include "xpath_evaluate.h"

/* Writes the document with `value` in place of the text of each node of the set; ERR_UNRESOLVED when none of them has a text
 * that can be set. */
bool xml_replace(const struct xevaluation *ev, const struct xvalue *nodes, sv value, sv *out, struct err *e);

#endif
