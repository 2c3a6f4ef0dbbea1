/* The texts of a picture, in lines: what stands in a box, and beside an arrow. */
#ifndef ARAZZO_GRAPH_BOX_H
#define ARAZZO_GRAPH_BOX_H

#include "graph.h"
#include "graph_words.h"

struct arena;

enum graph_line_role { GRAPH_LINE_TITLE, GRAPH_LINE_SIGN, GRAPH_LINE_TEXT };

struct graph_line {
  enum graph_line_role role;
  sv text;
};

struct graph_box {
  struct graph_line lines[3 * GRAPH_LINES + 2];
  size_t count;
};

/* What stands in the node's box. ERR_MEMORY. */
bool graph_box_of_node(struct arena *arena, const struct graph_node *node, struct graph_box *out, struct err *e);

/* What stands beside the arrow. ERR_MEMORY. */
bool graph_box_of_arrow(struct arena *arena, const struct graph_arrow *arrow, struct graph_box *out, struct err *e);

#endif
