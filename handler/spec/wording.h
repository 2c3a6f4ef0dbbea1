/* The words of structural errors: types, articles, the nearest name. */
#ifndef ARAZZO_WORDING_H
#define ARAZZO_WORDING_H

#include <stddef.h>

#include "sv.h"

/* Room for the text of any set of types. */
#define WORDING_BYTES 96

/* "a" or "an", as it stands before `what`. */
const char *article(const char *what);

/* A set of types (SHAPE_ bits) in words, "a string or an object", written into `buffer`, which is also the result. */
const char *types_text(unsigned types, char buffer[WORDING_BYTES]);

/* What a message shows of a document's text: its start, at most one line. */
sv shown_text(sv text);

/* The name that is most like a wanted one, among those that are offered; `name` is NULL as long as none is alike. */
struct nearest {
  sv wanted;
  const char *name;
  size_t difference;
};

struct nearest nearest_to(sv wanted);
void nearest_offer(struct nearest *nearest, const char *name);

#endif
