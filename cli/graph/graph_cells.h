/* Cells: what the layout puts in rows. Between graph_layout.c, which makes them, graph_order.c and graph_place.c. */
#ifndef ARAZZO_GRAPH_CELLS_H
#define ARAZZO_GRAPH_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;

/* A box; or a place in a row that is kept for an arrow which passes by, or for its label. */
struct cell {
  size_t row;
  size_t order;                  /* in the row */
  int64_t half_left, half_right; /* what it needs on both sides of x, without a margin */
  int64_t height;
  int64_t x;
};

/* Part of an arrow, from a cell to one of the next row. */
struct link {
  size_t upper, lower;
  int64_t weight; /* how straight it should be */
};

struct row {
  size_t *cells; /* in their order, from left to right */
  size_t count;
};

struct grid {
  struct cell *cells;
  size_t cell_count;
  struct row *rows;
  size_t row_count;
  struct link *links;
  size_t link_count;
  size_t *down, *down_first; /* links by their upper cell: down[down_first[c]] up to down[down_first[c + 1]] */
  size_t *up, *up_first;     /* the same by their lower cell */
};

/* Orders each row so that few links cross. ERR_MEMORY. */
bool graph_order(struct arena *arena, struct grid *grid, struct err *e);

/* Gives each cell its x: links as straight as they can be, neighbours `gap` apart. ERR_MEMORY. */
bool graph_place(struct arena *arena, struct grid *grid, int64_t gap, struct err *e);

#endif
