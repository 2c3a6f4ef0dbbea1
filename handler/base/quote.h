/* Text as a JSON string literal. */
#ifndef ARAZZO_QUOTE_H
#define ARAZZO_QUOTE_H

#include "sv.h"

struct sb;

/* Appends `text` in double quotes, escaped by RFC 8259 section 7. Bytes that are not UTF-8 become U+FFFD; U+2028 and
 * U+2029 stay as they are. */
void quote_json(struct sb *out, sv text);

#endif
