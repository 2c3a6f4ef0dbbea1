/* Where the boxes, arrows and labels of a workflow's picture are. Whole pixels, from the upper left corner. */
#ifndef ARAZZO_GRAPH_LAYOUT_H
#define ARAZZO_GRAPH_LAYOUT_H

#include "graph.h"

struct graph_size {
  int64_t width, height;
};

struct graph_point {
  int64_t x, y;
};

struct graph_rect {
  int64_t x, y, width, height;
};

/* The course of an arrow. Its points are joined by a straight line, a curve, a straight line, and so on; those of a loop, two, by one
 * curve to the right of the box. */
struct graph_route {
  struct graph_point *points;
  size_t count;
  bool is_loop;
  struct graph_rect label; /* as large as the label is */
};

struct graph_layout {
  struct graph_rect *nodes;   /* by the graph's nodes */
  struct graph_route *routes; /* by its arrows */
  int64_t width, height;
};

/* Lays a graph out. `nodes` and `labels` say how large the boxes and the arrows' labels are; a label may be empty. No two boxes or labels
 * overlap, and no arrow leads through a box. ERR_LIMIT (LIMIT_GRAPH_CELLS), ERR_MEMORY. */
bool graph_lay_out(struct arena *arena, const struct graph *graph, const struct graph_size *nodes,
                   const struct graph_size *labels, struct graph_layout *out, struct err *e);

#endif
