/* Text that was meant as a runtime expression but is none. */
#ifndef ARAZZO_EXPRESSION_SLIP_H
#define ARAZZO_EXPRESSION_SLIP_H

#include <stdbool.h>

#include "sv.h"

enum expression_place {
  EXPRESSION_IN_BRACES, /* behind '{' */
  EXPRESSION_AT_START,  /* at the start of a string */
  EXPRESSION_IN_TEXT    /* anywhere in text of a 1.0.x document */
};

/* True when `text`, which starts with '$' and is no expression, was surely meant as one, so that it must be refused instead
 * of being sent as text. The rules are in expression_slip.c. */
bool expression_is_slip(sv text, enum expression_place place);

/* The part of `text`, from its '$' on, that the author seems to have meant as the expression. */
sv expression_slip_text(sv text);

#endif
