/* How structural errors are worded. The measure of likeness is cheap and catches case and typing errors: what is left of two
 * names when their common start and end are taken away. It does not know transpositions far apart. */
#include "wording.h"

#include <stdio.h>
#include <string.h>

#include "shape.h"

#define DIFFERENCE_MAX 2
#define SHOWN_BYTES 120

const char *article(const char *what) {
  return strchr("AEIOaeio", what[0]) ? "an" : "a";
}

const char *types_text(unsigned types, char buffer[WORDING_BYTES]) {
  static const struct {
    unsigned type;
    const char *text;
  } names[] = {{SHAPE_STRING, "a string"}, {SHAPE_NUMBER, "a number"},  {SHAPE_BOOLEAN, "true or false"},
               {SHAPE_ARRAY, "an array"},  {SHAPE_OBJECT, "an object"}, {SHAPE_NULL, "null"}};
  size_t at = 0;
  unsigned left = types;
  buffer[0] = '\0';
  for (size_t i = 0; i < sizeof names / sizeof names[0] && at < WORDING_BYTES; i++) {
    if (left & names[i].type) {
      left &= ~names[i].type;
      const char *separator = at == 0 ? "" : left ? ", " : " or ";
      at += (size_t)snprintf(buffer + at, WORDING_BYTES - at, "%s%s", separator, names[i].text);
    }
  }
  return buffer;
}

sv shown_text(sv text) {
  size_t end = 0;
  while (end < text.len && end < SHOWN_BYTES && (unsigned char)text.ptr[end] >= ' ') {
    end++;
  }
  while (end > 0 && end < text.len && ((unsigned char)text.ptr[end] & 0xC0) == 0x80) {
    end--; /* cut between two characters */
  }
  return sv_slice(text, 0, end);
}

/* The number of bytes in which two names differ, between their common start (in any case) and their common end. */
static size_t difference(sv a, sv b) {
  size_t longer = a.len > b.len ? a.len : b.len;
  size_t same_start = 0;
  size_t same_end = 0;
  while (same_start < a.len && same_start < b.len &&
         sv_eq_nocase(sv_slice(a, same_start, same_start + 1), sv_slice(b, same_start, same_start + 1))) {
    same_start++;
  }
  while (same_end + same_start < a.len && same_end + same_start < b.len &&
         a.ptr[a.len - 1 - same_end] == b.ptr[b.len - 1 - same_end]) {
    same_end++;
  }
  return longer - same_start - same_end;
}

struct nearest nearest_to(sv wanted) {
  return (struct nearest){.wanted = wanted, .difference = DIFFERENCE_MAX + 1};
}

void nearest_offer(struct nearest *nearest, const char *name) {
  size_t distance = difference(nearest->wanted, sv_from(name));
  if (distance < nearest->difference) {
    nearest->difference = distance;
    nearest->name = name;
  }
}
