/* Names and character data of XML 1.0, as they are written. */
#ifndef ARAZZO_XML_TEXT_H
#define ARAZZO_XML_TEXT_H

#include <stdbool.h>

#include "sv.h"

struct err;
struct sb;

/* Whether the text is a name without a colon (NCName, Namespaces in XML 1.0 3). */
bool xml_is_name(sv text);

/* Appends character data: as the content of an element, or in the double quotes of an attribute. ERR_INVALID for characters that
 * XML 1.0 can not hold, which no reference can stand for either. */
bool xml_text_put(struct sb *out, sv text, struct err *e);
bool xml_text_put_attribute(struct sb *out, sv text, struct err *e);

#endif
