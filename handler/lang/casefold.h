/* Comparison of text without case. */
#ifndef ARAZZO_CASEFOLD_H
#define ARAZZO_CASEFOLD_H

#include "sv.h"

/* Orders two UTF-8 texts by their case-folded code points: negative, zero, positive. Folds as Unicode's simple folding does
 * for Latin, modern Greek, Cyrillic, Armenian and full-width letters; other code points, and bytes that are not UTF-8, compare as
 * they are. No locale, no normalisation: e + combining accent is not the accented letter. */
int casefold_compare(sv a, sv b);

#endif
