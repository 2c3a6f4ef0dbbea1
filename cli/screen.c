/* What may reach a terminal. Wide characters are told by the blocks of Unicode that have them (UAX 11): East Asian scripts and
 * symbols; combining marks count as a column, and narrow symbols among wide ones as two, so that a line may be cut early, but is never
 * too long. */
#include "screen.h"

#include <stdint.h>
#include <sys/ioctl.h>

#include "limits.h"
#include "sb.h"
#include "utf8.h"

#define USUAL_COLUMNS 80

static size_t width_of(uint32_t c) {
  /* First and last of each range; between some of them stand narrow ones. */
  static const uint32_t wide[][2] = {
      {0x1100, 0x115F}, {0x231A, 0x23F3},   {0x25FD, 0x27BF},   {0x2B1B, 0x2B55},   {0x2E80, 0xA4CF},
      {0xA960, 0xA97C}, {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE6F},   {0xFF00, 0xFF60},
      {0xFFE0, 0xFFE6}, {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1FAFF}, {0x20000, 0x3FFFD},
  };
  for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
    if (c >= wide[i][0] && c <= wide[i][1]) {
      return 2;
    }
  }
  return 1;
}

/* The next character, as it may be shown; its columns. */
static size_t next(sv *rest, sv *shown) {
  uint32_t c = 0;
  size_t length = utf8_decode(*rest, &c);
  bool is_shown = length > 0 && utf8_may_show(c);
  *shown = is_shown ? sv_slice(*rest, 0, length) : SV("?");
  *rest = sv_slice(*rest, length ? length : 1, rest->len);
  return is_shown ? width_of(c) : 1;
}

void screen_put(struct sb *out, sv text, size_t columns) {
  sv shown;
  while (text.len) {
    size_t width = next(&text, &shown);
    if (width > columns) {
      return;
    }
    columns -= width;
    sb_put(out, shown);
  }
}

void screen_print(FILE *file, sv text) {
  sv shown;
  while (text.len) {
    next(&text, &shown);
    fwrite(shown.ptr, 1, shown.len, file);
  }
}

size_t screen_columns(sv text) {
  size_t columns = 0;
  sv shown;
  while (text.len) {
    columns += next(&text, &shown);
  }
  return columns;
}

size_t screen_width(FILE *file) {
  struct winsize size = {.ws_col = 0};
  return ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL_COLUMNS;
}

bool screen_print_json(struct arena *arena, const json *value) {
  struct sb text = sb_new(arena, LIMIT_DOCUMENT_BYTES * 2);
  json_write_pretty(&text, value);
  sb_char(&text, '\n');
  sv view = sb_view(&text);
  bool is_printed = text.state == SB_OK && fwrite(view.ptr, 1, view.len, stdout) == view.len && fflush(stdout) == 0;
  if (!is_printed) {
    fprintf(stderr, "arazzo: the result could not be written to standard output\n");
  }
  return is_printed;
}

void screen_point_at(sv text, unsigned column) {
  fprintf(stderr, "  ");
  screen_print(stderr, text);
  fprintf(stderr, "\n  %*s^\n", (int)(column - 1), "");
}
