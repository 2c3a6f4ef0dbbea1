/* The order of cells in their rows (Sugiyama, Tagawa, Toda 1981): each row is sorted by the mean position of its neighbours in the row
 * above, then below, and so on; of all orders that were tried the one with the fewest crossings is kept. Integers only: the picture
 * must be the same on every machine. */
#include "graph_cells.h"

#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"

#define PASSES 16
#define SCALE 4096 /* of means, for their fractions */

struct sorted {
  int64_t key;
  size_t order; /* before; ties stay as they are */
  size_t cell;
};

struct ordering {
  struct grid *grid;
  struct sorted *sorted; /* as many as the widest row has */
  size_t *ends;          /* of the links between two rows, as positions in the lower one */
  size_t *tree;          /* counts, for crossings */
  size_t *best;          /* by cell */
  int64_t best_crossings;
};

static int compare(const void *a, const void *b) {
  const struct sorted *x = a;
  const struct sorted *y = b;
  if (x->key != y->key) {
    return x->key < y->key ? -1 : 1;
  }
  return x->order < y->order ? -1 : x->order > y->order;
}

/* The mean position of the cell's neighbours; its own where it has none. */
static int64_t mean_of(const struct grid *grid, size_t cell, bool above) {
  const size_t *first = above ? grid->up_first : grid->down_first;
  const size_t *links = above ? grid->up : grid->down;
  int64_t sum = 0;
  for (size_t i = first[cell]; i < first[cell + 1]; i++) {
    const struct link *link = &grid->links[links[i]];
    sum += (int64_t)grid->cells[above ? link->upper : link->lower].order;
  }
  size_t count = first[cell + 1] - first[cell];
  return count ? sum * SCALE / (int64_t)count : (int64_t)grid->cells[cell].order * SCALE;
}

static void sort_row(struct ordering *o, size_t row, bool above) {
  struct row *r = &o->grid->rows[row];
  for (size_t i = 0; i < r->count; i++) {
    o->sorted[i] = (struct sorted){mean_of(o->grid, r->cells[i], above), i, r->cells[i]};
  }
  qsort(o->sorted, r->count, sizeof *o->sorted, compare);
  for (size_t i = 0; i < r->count; i++) {
    r->cells[i] = o->sorted[i].cell;
    o->grid->cells[r->cells[i]].order = i;
  }
}

static int compare_positions(const void *a, const void *b) {
  const size_t *x = a;
  const size_t *y = b;
  return *x < *y ? -1 : *x > *y;
}

/* How many of the ends seen so far lie to the right of this one; and notes it (a binary indexed tree). */
static size_t count_right(size_t *tree, size_t size, size_t seen, size_t position) {
  size_t left = 0;
  for (size_t i = position + 1; i > 0; i &= i - 1) {
    left += tree[i];
  }
  for (size_t i = position + 1; i <= size; i += i & (~i + 1)) {
    tree[i]++;
  }
  return seen - left;
}

/* Crossings between this row and the next one: pairs of links whose ends are in the other order than their beginnings. */
static int64_t crossings_below(struct ordering *o, size_t row) {
  const struct grid *grid = o->grid;
  size_t size = grid->rows[row + 1].count;
  int64_t crossings = 0;
  size_t seen = 0;
  for (size_t i = 0; i <= size; i++) {
    o->tree[i] = 0;
  }
  for (size_t i = 0; i < grid->rows[row].count; i++) {
    size_t cell = grid->rows[row].cells[i];
    size_t count = 0;
    for (size_t j = grid->down_first[cell]; j < grid->down_first[cell + 1]; j++) {
      o->ends[count++] = grid->cells[grid->links[grid->down[j]].lower].order;
    }
    qsort(o->ends, count, sizeof *o->ends, compare_positions);
    for (size_t j = 0; j < count; j++) {
      crossings += (int64_t)count_right(o->tree, size, seen++, o->ends[j]);
    }
  }
  return crossings;
}

static void keep_if_best(struct ordering *o) {
  int64_t crossings = 0;
  for (size_t row = 0; row + 1 < o->grid->row_count; row++) {
    crossings += crossings_below(o, row);
  }
  if (o->best_crossings >= 0 && crossings >= o->best_crossings) {
    return;
  }
  o->best_crossings = crossings;
  for (size_t i = 0; i < o->grid->cell_count; i++) {
    o->best[i] = o->grid->cells[i].order;
  }
}

static void take_best(struct ordering *o) {
  for (size_t i = 0; i < o->grid->cell_count; i++) {
    struct cell *cell = &o->grid->cells[i];
    cell->order = o->best[i];
    o->grid->rows[cell->row].cells[cell->order] = i;
  }
}

static void sweep(struct ordering *o, bool down) {
  size_t rows = o->grid->row_count;
  for (size_t i = 1; i < rows; i++) {
    sort_row(o, down ? i : rows - 1 - i, down);
  }
}

bool graph_order(struct arena *arena, struct grid *grid, struct err *e) {
  struct ordering o = {.grid = grid, .best_crossings = -1};
  o.sorted = arena_array(arena, grid->cell_count, sizeof *o.sorted);
  o.ends = arena_array(arena, grid->link_count + 1, sizeof *o.ends);
  o.tree = arena_array(arena, grid->cell_count + 1, sizeof *o.tree);
  o.best = arena_array(arena, grid->cell_count, sizeof *o.best);
  if (!o.sorted || !o.ends || !o.tree || !o.best) {
    return err_memory(e);
  }
  keep_if_best(&o);
  for (int pass = 0; pass < PASSES && o.best_crossings > 0; pass++) {
    sweep(&o, pass % 2 == 0);
    keep_if_best(&o);
  }
  take_best(&o);
  return true;
}
