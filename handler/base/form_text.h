/* Form data: the text of application/x-www-form-urlencoded (WHATWG URL Standard, section 5.2). */
#ifndef ARAZZO_FORM_TEXT_H
#define ARAZZO_FORM_TEXT_H

#include "sv.h"

struct sb;

/* Appends `text` as a name or value of form data: letters, digits and * - . _ as they are, a space as '+', every other byte as
 * %XX. */
void form_put(struct sb *out, sv text);

#endif
