/* Widths of characters, in thousandths of the font's size: printable ASCII one by one, the rest by its kind. The viewer chooses the
 * font, so these are of the wide end: text in a narrower font leaves some room in its box, and never leaves the box. */
#include "text_width.h"

#include "utf8.h"

#define OTHER 780 /* Latin, Greek and Cyrillic letters, punctuation */
#define WIDE 1050 /* East Asian characters, symbols, emoji */

static const uint16_t ascii[] = {
    320, 405, 460, 840, 640, 950, 780, 280, 390, 390, 500, 840, 320, 365,  320, 340, 640, 640, 640,
    640, 640, 640, 640, 640, 640, 640, 340, 340, 840, 840, 840, 535, 1000, 690, 690, 700, 770, 635,
    580, 775, 755, 295, 295, 660, 560, 865, 750, 790, 605, 790, 695, 635,  615, 735, 690, 990, 690,
    615, 690, 390, 340, 390, 840, 500, 500, 615, 635, 550, 635, 615, 355,  635, 635, 280, 280, 580,
    280, 975, 635, 615, 635, 635, 415, 525, 395, 635, 595, 820, 595, 595,  525, 640, 340, 640, 840,
};

/* Combining marks, joiners and variation selectors stand with the character before them. */
static bool is_mark(uint32_t point) {
  return (point >= 0x300 && point <= 0x36F) || (point >= 0x200B && point <= 0x200F) ||
         (point >= 0xFE00 && point <= 0xFE0F);
}

static int64_t width_of(uint32_t point) {
  if (point >= 0x20 && point < 0x7F) {
    return ascii[point - 0x20];
  }
  return is_mark(point) ? 0 : point < 0x1100 ? OTHER : WIDE;
}

int64_t text_width(sv text, int64_t size) {
  int64_t sum = 0;
  uint32_t point = 0;
  for (size_t at = 0; at < text.len;) {
    size_t length = utf8_decode(sv_slice(text, at, text.len), &point);
    sum += length ? width_of(point) : WIDE;
    at += length ? length : 1;
  }
  return (sum * size + 999) / 1000;
}
