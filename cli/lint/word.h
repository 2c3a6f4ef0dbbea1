/* Names as people write them: clientToken, client_token and Client-Token are one word. */
#ifndef ARAZZO_WORD_H
#define ARAZZO_WORD_H

#include <stdbool.h>

#include "sv.h"

/* Whether the name is one of the words, which are in lower case without '-' and '_'; the list ends with NULL. */
bool word_is_among(sv name, const char *const *words);

#endif
