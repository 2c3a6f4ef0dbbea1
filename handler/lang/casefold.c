/* Simple case folding (Unicode's CaseFolding.txt, status C and S) for the scripts that have case and are in common use.
 *
 * The table holds runs in which the lower-case letter lies at a fixed distance (step 1), or in which upper and lower case
 * alternate (step 2: only every second code point folds, by one). It is searched from the start: it is a dozen lines, and
 * ASCII never gets there. Full folding (one letter to several, as the German sharp s) is not done: a text never changes
 * its length. */
#include "casefold.h"

#include <stdint.h>

#include "utf8.h"

struct fold_run {
  uint32_t first;
  uint32_t last;
  uint32_t step;
  int32_t delta;
};

static const struct fold_run runs[] = {
    {0x00B5, 0x00B5, 1, 775}, {0x00C0, 0x00D6, 1, 32},   {0x00D8, 0x00DE, 1, 32}, {0x0100, 0x012E, 2, 1},
    {0x0132, 0x0136, 2, 1},   {0x0139, 0x0147, 2, 1},    {0x014A, 0x0176, 2, 1},  {0x0178, 0x0178, 1, -121},
    {0x0179, 0x017D, 2, 1},   {0x017F, 0x017F, 1, -268}, {0x0386, 0x0386, 1, 38}, {0x0388, 0x038A, 1, 37},
    {0x038C, 0x038C, 1, 64},  {0x038E, 0x038F, 1, 63},   {0x0391, 0x03A1, 1, 32}, {0x03A3, 0x03AB, 1, 32},
    {0x03C2, 0x03C2, 1, 1},   {0x0400, 0x040F, 1, 80},   {0x0410, 0x042F, 1, 32}, {0x0460, 0x0480, 2, 1},
    {0x048A, 0x04BE, 2, 1},   {0x04C0, 0x04C0, 1, 15},   {0x04C1, 0x04CD, 2, 1},  {0x04D0, 0x052E, 2, 1},
    {0x0531, 0x0556, 1, 48},  {0x1E00, 0x1E94, 2, 1},    {0x1EA0, 0x1EFE, 2, 1},  {0xFF21, 0xFF3A, 1, 32},
};

static uint32_t fold(uint32_t code_point) {
  if (code_point < 0x80) {
    return code_point >= 'A' && code_point <= 'Z' ? code_point + 32 : code_point;
  }
  for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
    const struct fold_run *run = &runs[i];
    if (code_point >= run->first && code_point <= run->last && (code_point - run->first) % run->step == 0) {
      return (uint32_t)((int32_t)code_point + run->delta);
    }
  }
  return code_point;
}

/* Takes one folded code point off the front; a byte that is not UTF-8 sorts behind every code point. */
static uint32_t next_folded(sv *text) {
  uint32_t code_point = 0;
  size_t length = utf8_decode(*text, &code_point);
  uint32_t folded = length ? fold(code_point) : 0x110000u + (unsigned char)text->ptr[0];
  *text = sv_slice(*text, length ? length : 1, text->len);
  return folded;
}

int casefold_compare(sv a, sv b) {
  while (a.len && b.len) {
    uint32_t left = next_folded(&a);
    uint32_t right = next_folded(&b);
    if (left != right) {
      return left < right ? -1 : 1;
    }
  }
  return (a.len > 0) - (b.len > 0);
}
