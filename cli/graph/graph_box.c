/* Lines of boxes: the title, a sign where something is deleted (a colour alone does not say it), what is called, and what
 * must hold for success. */
#include "graph_box.h"

#include "arena.h"
#include "errinfo.h"
#include "sb.h"

#define COLUMNS 40
#define LINE_BYTES KIB(1)
#define CONDITION_BYTES KIB(24)

/* Adds text in as many lines as it needs; the last one ends in "…" when it is cut. */
static bool add(struct arena *arena, enum graph_line_role role, sv text, struct graph_box *box, struct err *e) {
  struct graph_lines lines = graph_wrap(text, COLUMNS);
  for (size_t i = 0; i < lines.count; i++) {
    box->lines[box->count++] = (struct graph_line){role, lines.items[i]};
  }
  if (!lines.is_cut) {
    return true;
  }
  struct sb last = sb_new(arena, LINE_BYTES);
  sb_format(&last, "%.*s …", SV_ARG(lines.items[lines.count - 1]));
  return sb_finish(&last, "a line of the picture", &box->lines[box->count - 1].text, e);
}

static bool add_condition(struct arena *arena, sv condition, struct graph_box *box, struct err *e) {
  struct sb text = sb_new(arena, CONDITION_BYTES);
  sv whole;
  if (condition.len == 0) {
    return true;
  }
  sb_format(&text, "success: %.*s", SV_ARG(condition));
  return sb_finish(&text, "a condition of the picture", &whole, e) && add(arena, GRAPH_LINE_TEXT, whole, box, e);
}

bool graph_box_of_node(struct arena *arena, const struct graph_node *node, struct graph_box *out, struct err *e) {
  sv sign = node->kind == GRAPH_STEP ? SV("⚠ deletes") : SV("⚠ deletes inside");
  out->count = 0;
  return add(arena, GRAPH_LINE_TITLE, node->title, out, e) &&
         (!node->deletes || add(arena, GRAPH_LINE_SIGN, sign, out, e)) &&
         add(arena, GRAPH_LINE_TEXT, node->detail, out, e) && add_condition(arena, node->condition, out, e) &&
         (node->is_reached || node->kind == GRAPH_END || node->kind == GRAPH_FAIL ||
          add(arena, GRAPH_LINE_SIGN, SV("no path leads here"), out, e));
}

bool graph_box_of_arrow(struct arena *arena, const struct graph_arrow *arrow, struct graph_box *out, struct err *e) {
  out->count = 0;
  return add(arena, GRAPH_LINE_TEXT, arrow->label, out, e);
}
