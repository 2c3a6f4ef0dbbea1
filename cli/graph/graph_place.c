/* The horizontal place of cells whose order is known. Each wants to be where its neighbours above and below are, and must keep its
 * distance from those beside it. For one row that is a problem of least squares with an order to be kept, which is solved exactly by
 * pooling neighbours that push against each other; rows are solved one by one, down and up, until little moves. */
#include "graph_cells.h"

#include "arena.h"
#include "errinfo.h"

#define PASSES 12
#define OWN_WEIGHT 1 /* of staying where it is */

/* Cells that touch each other, and move as one. */
struct pool {
  int64_t sum, weight; /* of wished places, as if the row's cells had no width */
  size_t count;
};

struct placing {
  struct grid *grid;
  int64_t gap;
  int64_t *offsets; /* in the row: of each cell from the first, when all touch */
  struct pool *pools;
};

static int64_t divide(int64_t a, int64_t b) {
  return a >= 0 ? (a + b / 2) / b : -((-a + b / 2) / b);
}

static void measure(struct placing *p, const struct row *row) {
  const struct cell *cells = p->grid->cells;
  p->offsets[0] = 0;
  for (size_t i = 1; i < row->count; i++) {
    p->offsets[i] = p->offsets[i - 1] + cells[row->cells[i - 1]].half_right + p->gap + cells[row->cells[i]].half_left;
  }
}

/* Adds where the links on one side would have the cell. */
static void add_wishes(const struct grid *grid, size_t cell, bool above, int64_t *sum, int64_t *weight) {
  const size_t *first = above ? grid->up_first : grid->down_first;
  const size_t *links = above ? grid->up : grid->down;
  for (size_t i = first[cell]; i < first[cell + 1]; i++) {
    const struct link *link = &grid->links[links[i]];
    *sum += link->weight * grid->cells[above ? link->upper : link->lower].x;
    *weight += link->weight;
  }
}

static struct pool wish_of(const struct placing *p, size_t cell, int64_t offset, bool above, bool below) {
  int64_t sum = 0;
  int64_t weight = 0;
  if (above) {
    add_wishes(p->grid, cell, true, &sum, &weight);
  }
  if (below) {
    add_wishes(p->grid, cell, false, &sum, &weight);
  }
  if (!weight) {
    sum = OWN_WEIGHT * p->grid->cells[cell].x;
    weight = OWN_WEIGHT;
  }
  return (struct pool){sum - weight * offset, weight, 1};
}

static bool is_pushed(const struct pool *left, const struct pool *right) {
  return divide(left->sum, left->weight) > divide(right->sum, right->weight);
}

static void place_row(struct placing *p, const struct row *row, bool above, bool below) {
  size_t pools = 0;
  size_t at = 0;
  measure(p, row);
  for (size_t i = 0; i < row->count; i++) {
    p->pools[pools++] = wish_of(p, row->cells[i], p->offsets[i], above, below);
    while (pools > 1 && is_pushed(&p->pools[pools - 2], &p->pools[pools - 1])) {
      struct pool *left = &p->pools[pools - 2];
      *left = (struct pool){left->sum + left[1].sum, left->weight + left[1].weight, left->count + left[1].count};
      pools--;
    }
  }
  for (size_t i = 0; i < pools; i++) {
    for (size_t j = 0; j < p->pools[i].count; j++, at++) {
      p->grid->cells[row->cells[at]].x = divide(p->pools[i].sum, p->pools[i].weight) + p->offsets[at];
    }
  }
}

static void place_first(struct placing *p, const struct row *row) {
  measure(p, row);
  for (size_t i = 0; i < row->count; i++) {
    p->grid->cells[row->cells[i]].x = p->offsets[i] - p->offsets[row->count - 1] / 2;
  }
}

static void sweep(struct placing *p, bool down, bool both) {
  size_t rows = p->grid->row_count;
  for (size_t i = 0; i < rows; i++) {
    place_row(p, &p->grid->rows[down ? i : rows - 1 - i], down || both, !down || both);
  }
}

static void shift_to_zero(struct grid *grid) {
  int64_t least = 0;
  for (size_t i = 0; i < grid->cell_count; i++) {
    int64_t left = grid->cells[i].x - grid->cells[i].half_left;
    least = i == 0 || left < least ? left : least;
  }
  for (size_t i = 0; i < grid->cell_count; i++) {
    grid->cells[i].x -= least;
  }
}

bool graph_place(struct arena *arena, struct grid *grid, int64_t gap, struct err *e) {
  struct placing p = {.grid = grid, .gap = gap};
  p.offsets = arena_array(arena, grid->cell_count, sizeof *p.offsets);
  p.pools = arena_array(arena, grid->cell_count, sizeof *p.pools);
  if (!p.offsets || !p.pools) {
    return err_memory(e);
  }
  for (size_t i = 0; i < grid->row_count; i++) {
    place_first(&p, &grid->rows[i]);
  }
  for (int pass = 0; pass < PASSES; pass++) {
    sweep(&p, pass % 2 == 0, false);
  }
  for (int pass = 0; pass < PASSES; pass++) {
    sweep(&p, pass % 2 == 0, true);
  }
  shift_to_zero(grid);
  return true;
}
