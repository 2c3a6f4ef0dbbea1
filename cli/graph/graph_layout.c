/* A layered layout (Sugiyama): boxes stand in rows by their distance from the start, arrows lead down from row to row.
 *
 * Between two rows of boxes lies a row for labels, and an arrow has a cell in every row that it passes: so what it needs is kept
 * free, and neither a box nor a label can be in its way. An arrow is straight inside of rows and curved between them. One that leads
 * back leaves below its box as all do, turns upwards beside it, and turns again above the box that it leads to. A loop is part of its
 * box's cell. graph_order.c and graph_place.c find order and place. */
#include "graph_layout.h"

#include <stdlib.h>

#include "arena.h"
#include "errinfo.h"
#include "graph_cells.h"
#include "graph_rank.h"
#include "limits.h"

#define GAP INT64_C(18)             /* between neighbours in a row */
#define ROW_GAP INT64_C(24)         /* between rows: arrow heads and turns fit in */
#define ROW_GAP_MOST INT64_C(64)    /* where arrows go far to the side */
#define LOOP_WIDTH INT64_C(34)      /* of a loop, without its label */
#define LOOP_HEIGHT INT64_C(30)     /* the least of what a loop takes of its box's side */
#define LOOP_GAP INT64_C(6)         /* between labels of loops */
#define PORT_GAP INT64_C(26)        /* between arrows on one side of a box */
#define PORT_MARGIN INT64_C(14)     /* from the corners of the box */
#define PASSING_HALF INT64_C(5)     /* half the width of an arrow that passes */
#define STRAIGHT_PASSING INT64_C(8) /* weights: how straight parts of arrows should be */
#define STRAIGHT_NEXT INT64_C(4)
#define STRAIGHT_OTHER INT64_C(2)
#define STRAIGHT_HINT INT64_C(1)

struct laying {
  struct arena *arena;
  const struct graph *graph;
  const struct graph_size *node_sizes, *label_sizes;
  struct graph_ranks ranks;
  struct grid grid;
  size_t *first_cell; /* by arrow: of those that it passes, from top to bottom */
  bool *is_placed;    /* by node: it is in its row */
  int64_t *loops;     /* by node: the height of all of its loops */
  int64_t *tops;      /* by row */
  int64_t *heights;
  struct graph_layout *out;
};

static bool is_loop(const struct graph_arrow *arrow) {
  return arrow->from == arrow->to;
}

static int64_t larger(int64_t a, int64_t b) {
  return a > b ? a : b;
}

/* ---- the rows that an arrow passes ---- */

struct span {
  size_t first, count;
};

/* Boxes stand in rows of even number. */
static struct span span_of(const struct laying *l, size_t arrow) {
  const struct graph_arrow *a = &l->graph->arrows[arrow];
  size_t from = 2 * l->ranks.ranks[a->from];
  size_t to = 2 * l->ranks.ranks[a->to];
  if (is_loop(a)) {
    return (struct span){0, 0};
  }
  return l->ranks.is_back[arrow] ? (struct span){to, from - to + 1} : (struct span){from + 1, to - from - 1};
}

/* Which of the arrow's cells has its label: near to where it begins, since that is where somebody decides. */
static size_t label_cell(const struct laying *l, size_t arrow) {
  struct span span = span_of(l, arrow);
  return l->first_cell[arrow] + (l->ranks.is_back[arrow] ? span.count - 2 : 0);
}

static bool count_cells(struct laying *l, struct err *e) {
  size_t count = l->graph->node_count;
  for (size_t i = 0; i < l->graph->arrow_count; i++) {
    l->first_cell[i] = count;
    count += span_of(l, i).count;
    if (count > LIMIT_GRAPH_CELLS) {
      return err_set(e, ERR_LIMIT,
                     "its picture would have more than %d places for boxes and passing arrows; write it with --format "
                     "dot, or draw a shorter workflow",
                     LIMIT_GRAPH_CELLS);
    }
  }
  l->grid.cell_count = count;
  return true;
}

/* ---- cells ---- */

static int64_t loop_height(const struct laying *l, size_t arrow) {
  return larger(l->label_sizes[arrow].height + LOOP_GAP, LOOP_HEIGHT);
}

static void make_node_cell(struct laying *l, size_t node) {
  struct cell *cell = &l->grid.cells[node];
  const struct graph_size *size = &l->node_sizes[node];
  cell->row = 2 * l->ranks.ranks[node];
  cell->half_left = (size->width + 1) / 2;
  cell->half_right = (size->width + 1) / 2;
  cell->height = size->height;
}

/* What loops need beside their box, which is as high as all of them. */
static void add_loop(struct laying *l, size_t arrow) {
  size_t node = l->graph->arrows[arrow].from;
  struct cell *cell = &l->grid.cells[node];
  int64_t width = (l->node_sizes[node].width + 1) / 2 + LOOP_WIDTH + l->label_sizes[arrow].width;
  l->loops[node] += loop_height(l, arrow);
  cell->half_right = larger(cell->half_right, width);
  cell->height = larger(cell->height, l->loops[node]);
}

static void make_arrow_cells(struct laying *l, size_t arrow) {
  struct span span = span_of(l, arrow);
  for (size_t i = 0; i < span.count; i++) {
    l->grid.cells[l->first_cell[arrow] + i] =
        (struct cell){.row = span.first + i, .half_left = PASSING_HALF, .half_right = PASSING_HALF};
  }
  if (span.count) {
    struct cell *label = &l->grid.cells[label_cell(l, arrow)];
    label->half_left = label->half_right = larger((l->label_sizes[arrow].width + 1) / 2, PASSING_HALF);
    label->height = l->label_sizes[arrow].height;
  }
}

static bool make_cells(struct laying *l, struct err *e) {
  l->grid.cells = arena_array(l->arena, l->grid.cell_count, sizeof *l->grid.cells);
  if (!l->grid.cells) {
    return err_memory(e);
  }
  for (size_t i = 0; i < l->graph->node_count; i++) {
    make_node_cell(l, i);
  }
  for (size_t i = 0; i < l->graph->arrow_count; i++) {
    if (is_loop(&l->graph->arrows[i])) {
      add_loop(l, i);
    }
    make_arrow_cells(l, i);
  }
  return true;
}

/* ---- rows ---- */

static void append_cell(struct laying *l, size_t cell) {
  struct row *row = &l->grid.rows[l->grid.cells[cell].row];
  l->grid.cells[cell].order = row->count;
  row->cells[row->count++] = cell;
}

static void append_node(struct laying *l, size_t node) {
  if (!l->is_placed[node]) {
    l->is_placed[node] = true;
    append_cell(l, node);
  }
}

static bool make_rows(struct laying *l, struct err *e) {
  struct grid *grid = &l->grid;
  for (size_t i = 0; i < grid->cell_count; i++) {
    grid->row_count = grid->cells[i].row >= grid->row_count ? grid->cells[i].row + 1 : grid->row_count;
  }
  grid->rows = arena_array(l->arena, grid->row_count, sizeof *grid->rows);
  size_t *counts = arena_array(l->arena, grid->row_count, sizeof *counts);
  size_t *places = arena_array(l->arena, grid->cell_count, sizeof *places);
  if (!grid->rows || !counts || !places) {
    return err_memory(e);
  }
  for (size_t i = 0; i < grid->cell_count; i++) {
    counts[grid->cells[i].row]++;
  }
  for (size_t i = 0; i < grid->row_count; i++) {
    grid->rows[i].cells = places;
    places += counts[i];
  }
  return true;
}

/* As the walk from the start comes upon them: a good order to begin with. */
static void fill_rows(struct laying *l) {
  append_node(l, 0);
  for (size_t i = 0; i < l->graph->arrow_count; i++) {
    size_t arrow = l->ranks.arrows[i];
    append_node(l, l->graph->arrows[arrow].from);
    append_node(l, l->graph->arrows[arrow].to);
    for (size_t j = 0; j < span_of(l, arrow).count; j++) {
      append_cell(l, l->first_cell[arrow] + j);
    }
  }
  for (size_t i = 0; i < l->graph->node_count; i++) {
    append_node(l, i);
  }
}

/* ---- links ---- */

static void add_link(struct laying *l, size_t upper, size_t lower, int64_t weight) {
  l->grid.links[l->grid.link_count++] = (struct link){upper, lower, weight};
}

static void link_arrow(struct laying *l, size_t arrow) {
  const struct graph_arrow *a = &l->graph->arrows[arrow];
  struct span span = span_of(l, arrow);
  size_t first = l->first_cell[arrow];
  for (size_t i = 1; i < span.count; i++) {
    add_link(l, first + i - 1, first + i, STRAIGHT_PASSING);
  }
  if (l->ranks.is_back[arrow]) {
    add_link(l, a->to, first + 1, STRAIGHT_HINT);
    add_link(l, first + span.count - 2, a->from, STRAIGHT_HINT);
  } else if (span.count) {
    int64_t weight = a->kind == GRAPH_NEXT ? STRAIGHT_NEXT : STRAIGHT_OTHER;
    add_link(l, a->from, first, weight);
    add_link(l, first + span.count - 1, a->to, weight);
  }
}

/* Sorts the links by one of their ends. */
static void index_links(const struct grid *grid, bool by_upper, size_t *first, size_t *links) {
  for (size_t i = 0; i < grid->link_count; i++) {
    first[by_upper ? grid->links[i].upper : grid->links[i].lower]++;
  }
  for (size_t i = 1; i <= grid->cell_count; i++) {
    first[i] += first[i - 1];
  }
  for (size_t i = grid->link_count; i > 0; i--) {
    links[--first[by_upper ? grid->links[i - 1].upper : grid->links[i - 1].lower]] = i - 1;
  }
}

static bool make_links(struct laying *l, struct err *e) {
  struct grid *grid = &l->grid;
  size_t most = grid->cell_count + 2 * l->graph->arrow_count;
  grid->links = arena_array(l->arena, most, sizeof *grid->links);
  grid->down = arena_array(l->arena, most, sizeof *grid->down);
  grid->up = arena_array(l->arena, most, sizeof *grid->up);
  grid->down_first = arena_array(l->arena, grid->cell_count + 1, sizeof *grid->down_first);
  grid->up_first = arena_array(l->arena, grid->cell_count + 1, sizeof *grid->up_first);
  if (!grid->links || !grid->down || !grid->up || !grid->down_first || !grid->up_first) {
    return err_memory(e);
  }
  for (size_t i = 0; i < l->graph->arrow_count; i++) {
    link_arrow(l, i);
  }
  index_links(grid, true, grid->down_first, grid->down);
  index_links(grid, false, grid->up_first, grid->up);
  return true;
}

/* ---- heights ---- */

/* The space below a row: more where arrows go far to the side, so that they are not too flat. */
static int64_t gap_below(const struct laying *l, size_t row) {
  int64_t most = 0;
  for (size_t i = 0; i < l->grid.rows[row].count; i++) {
    size_t cell = l->grid.rows[row].cells[i];
    for (size_t j = l->grid.down_first[cell]; j < l->grid.down_first[cell + 1]; j++) {
      int64_t distance = l->grid.cells[cell].x - l->grid.cells[l->grid.links[l->grid.down[j]].lower].x;
      most = larger(most, distance < 0 ? -distance : distance);
    }
  }
  most /= 6;
  return most < ROW_GAP ? ROW_GAP : most > ROW_GAP_MOST ? ROW_GAP_MOST : most;
}

static bool measure_rows(struct laying *l, struct err *e) {
  int64_t top = 0;
  l->tops = arena_array(l->arena, l->grid.row_count, sizeof *l->tops);
  l->heights = arena_array(l->arena, l->grid.row_count, sizeof *l->heights);
  if (!l->tops || !l->heights) {
    return err_memory(e);
  }
  for (size_t i = 0; i < l->grid.cell_count; i++) {
    size_t row = l->grid.cells[i].row;
    l->heights[row] = larger(l->heights[row], l->grid.cells[i].height);
  }
  for (size_t i = 0; i < l->grid.row_count; i++) {
    l->tops[i] = top;
    top += l->heights[i] + (i + 1 < l->grid.row_count ? gap_below(l, i) : 0);
  }
  l->out->height = top;
  return true;
}

static void place_nodes(struct laying *l) {
  for (size_t i = 0; i < l->graph->node_count; i++) {
    const struct cell *cell = &l->grid.cells[i];
    const struct graph_size *size = &l->node_sizes[i];
    l->out->nodes[i] =
        (struct graph_rect){cell->x - cell->half_left, l->tops[cell->row] + (l->heights[cell->row] - cell->height) / 2,
                            size->width, cell->height};
  }
  for (size_t i = 0; i < l->grid.cell_count; i++) {
    l->out->width = larger(l->out->width, l->grid.cells[i].x + l->grid.cells[i].half_right);
  }
}

/* ---- courses of arrows ---- */

static int64_t band_bottom(const struct laying *l, size_t row) {
  return l->tops[row] + l->heights[row];
}

static void add_point(struct graph_route *route, int64_t x, int64_t y) {
  route->points[route->count++] = (struct graph_point){x, y};
}

/* The straight parts in the rows that are passed; those between them are curves. */
static void add_passing(struct laying *l, size_t arrow, struct graph_route *route) {
  struct span span = span_of(l, arrow);
  bool is_up = l->ranks.is_back[arrow];
  for (size_t i = 0; i < span.count; i++) {
    size_t at = is_up ? span.count - 1 - i : i;
    const struct cell *cell = &l->grid.cells[l->first_cell[arrow] + at];
    int64_t top = l->tops[cell->row];
    int64_t bottom = band_bottom(l, cell->row);
    add_point(route, cell->x, is_up ? bottom : top);
    add_point(route, cell->x, is_up ? top : bottom);
  }
}

static bool draw_arrow(struct laying *l, size_t arrow, int64_t from_x, int64_t to_x, struct err *e) {
  const struct graph_arrow *a = &l->graph->arrows[arrow];
  struct graph_route *route = &l->out->routes[arrow];
  const struct graph_rect *from = &l->out->nodes[a->from];
  const struct graph_rect *to = &l->out->nodes[a->to];
  const struct cell *label = &l->grid.cells[label_cell(l, arrow)];
  const struct graph_size *size = &l->label_sizes[arrow];
  route->points = arena_array(l->arena, 2 * span_of(l, arrow).count + 4, sizeof *route->points);
  if (!route->points) {
    return err_memory(e);
  }
  add_point(route, from_x, from->y + from->height);
  add_point(route, from_x, band_bottom(l, l->grid.cells[a->from].row));
  add_passing(l, arrow, route);
  add_point(route, to_x, l->tops[l->grid.cells[a->to].row]);
  add_point(route, to_x, to->y);
  route->label =
      (struct graph_rect){label->x - size->width / 2, l->tops[label->row] + (l->heights[label->row] - size->height) / 2,
                          size->width, size->height};
  return true;
}

/* ---- where arrows leave and enter boxes ---- */

/* An end of an arrow, on the upper or lower side of a box. */
struct port {
  size_t node, arrow;
  bool is_lower;
  int64_t wish; /* where the arrow is next */
  int64_t x;
};

static int compare_ports(const void *a, const void *b) {
  const struct port *x = a;
  const struct port *y = b;
  if (x->node != y->node) {
    return x->node < y->node ? -1 : 1;
  }
  if (x->is_lower != y->is_lower) {
    return x->is_lower ? 1 : -1;
  }
  if (x->wish != y->wish) {
    return x->wish < y->wish ? -1 : 1;
  }
  return x->arrow < y->arrow ? -1 : x->arrow > y->arrow;
}

/* Spreads the ports of one side; a single one is straight above or below its arrow, where the box is wide enough. */
static void spread(const struct laying *l, struct port *ports, size_t count) {
  const struct graph_rect *box = &l->out->nodes[ports->node];
  int64_t room = larger(box->width - 2 * PORT_MARGIN, 0);
  int64_t step = count > 1 ? room / (int64_t)(count - 1) : 0;
  int64_t middle = box->x + box->width / 2;
  step = step > PORT_GAP ? PORT_GAP : step;
  for (size_t i = 0; i < count; i++) {
    ports[i].x = middle + (2 * (int64_t)i - (int64_t)(count - 1)) * step / 2;
  }
  if (count == 1 && ports->wish > middle - room / 4 && ports->wish < middle + room / 4) {
    ports->x = ports->wish;
  }
}

static struct port *make_ports(struct laying *l, size_t *count) {
  struct port *ports = arena_array(l->arena, 2 * l->graph->arrow_count + 1, sizeof *ports);
  for (size_t i = 0; ports && i < l->graph->arrow_count; i++) {
    const struct graph_arrow *arrow = &l->graph->arrows[i];
    size_t passed = span_of(l, i).count;
    if (passed) {
      int64_t top = l->grid.cells[l->first_cell[i]].x;
      int64_t bottom = l->grid.cells[l->first_cell[i] + passed - 1].x;
      bool is_back = l->ranks.is_back[i];
      ports[(*count)++] = (struct port){arrow->from, i, true, is_back ? bottom : top, 0};
      ports[(*count)++] = (struct port){arrow->to, i, false, is_back ? top : bottom, 0};
    }
  }
  return ports;
}

static bool draw_arrows(struct laying *l, struct err *e) {
  size_t count = 0;
  struct port *ports = make_ports(l, &count);
  int64_t *from = arena_array(l->arena, l->graph->arrow_count + 1, sizeof *from);
  int64_t *to = arena_array(l->arena, l->graph->arrow_count + 1, sizeof *to);
  if (!ports || !from || !to) {
    return err_memory(e);
  }
  qsort(ports, count, sizeof *ports, compare_ports);
  for (size_t i = 0, next = 0; i < count; i = next) {
    while (next < count && ports[next].node == ports[i].node && ports[next].is_lower == ports[i].is_lower) {
      next++;
    }
    spread(l, &ports[i], next - i);
    for (size_t j = i; j < next; j++) {
      *(ports[j].is_lower ? &from[ports[j].arrow] : &to[ports[j].arrow]) = ports[j].x;
    }
  }
  for (size_t i = 0; i < l->graph->arrow_count; i++) {
    if (!is_loop(&l->graph->arrows[i]) && !draw_arrow(l, i, from[i], to[i], e)) {
      return false;
    }
  }
  return true;
}

/* ---- loops ---- */

static bool draw_loop(struct laying *l, size_t arrow, int64_t top, struct err *e) {
  const struct graph_rect *box = &l->out->nodes[l->graph->arrows[arrow].from];
  const struct graph_size *label = &l->label_sizes[arrow];
  struct graph_route *route = &l->out->routes[arrow];
  int64_t middle = top + loop_height(l, arrow) / 2;
  int64_t right = box->x + box->width;
  route->is_loop = true;
  route->points = arena_array(l->arena, 2, sizeof *route->points);
  if (!route->points) {
    return err_memory(e);
  }
  add_point(route, right, middle - LOOP_HEIGHT / 3);
  add_point(route, right, middle + LOOP_HEIGHT / 3);
  route->label = (struct graph_rect){right + LOOP_WIDTH, middle - label->height / 2, label->width, label->height};
  return true;
}

/* The loops of all boxes, each below the one before on the right side of its box. */
static bool draw_loops(struct laying *l, struct err *e) {
  int64_t *used = arena_array(l->arena, l->graph->node_count, sizeof *used);
  if (!used) {
    return err_memory(e);
  }
  for (size_t i = 0; i < l->graph->arrow_count; i++) {
    size_t node = l->graph->arrows[i].from;
    const struct graph_rect *box = &l->out->nodes[node];
    int64_t top = box->y + (box->height - l->loops[node]) / 2 + used[node];
    if (!is_loop(&l->graph->arrows[i])) {
      continue;
    }
    used[node] += loop_height(l, i);
    if (!draw_loop(l, i, top, e)) {
      return false;
    }
  }
  return true;
}

static bool prepare(struct laying *l, struct err *e) {
  l->first_cell = arena_array(l->arena, l->graph->arrow_count + 1, sizeof *l->first_cell);
  l->is_placed = arena_array(l->arena, l->graph->node_count, sizeof *l->is_placed);
  l->loops = arena_array(l->arena, l->graph->node_count, sizeof *l->loops);
  l->out->nodes = arena_array(l->arena, l->graph->node_count, sizeof *l->out->nodes);
  l->out->routes = arena_array(l->arena, l->graph->arrow_count + 1, sizeof *l->out->routes);
  return (l->first_cell && l->is_placed && l->loops && l->out->nodes && l->out->routes) || err_memory(e);
}

bool graph_lay_out(struct arena *arena, const struct graph *graph, const struct graph_size *nodes,
                   const struct graph_size *labels, struct graph_layout *out, struct err *e) {
  struct laying l = {.arena = arena, .graph = graph, .node_sizes = nodes, .label_sizes = labels, .out = out};
  *out = (struct graph_layout){.width = 0};
  if (!prepare(&l, e) || !graph_rank(arena, graph, &l.ranks, e) || !count_cells(&l, e) || !make_cells(&l, e) ||
      !make_rows(&l, e)) {
    return false;
  }
  fill_rows(&l);
  if (!make_links(&l, e) || !graph_order(arena, &l.grid, e) || !graph_place(arena, &l.grid, GAP, e) ||
      !measure_rows(&l, e)) {
    return false;
  }
  place_nodes(&l);
  return draw_arrows(&l, e) && draw_loops(&l, e);
}
