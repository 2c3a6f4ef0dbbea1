/* A walk in depth from the start. It takes the list's order first, then success actions, then failure actions; so the arrows that close
 * a circle, those to a node that is still being walked, are the ones that people call "back". Without them there is no circle, and the
 * reverse of the order in which nodes were left is one in which every arrow leads forward: along it the longest paths add up.
 *
 * The walk keeps its own stack: a workflow may have thousands of steps in a row. */
#include "graph_rank.h"

#include "arena.h"
#include "errinfo.h"

enum visit { VISIT_NEVER, VISIT_UNDER_WAY, VISIT_DONE };

struct walk {
  const struct graph *graph;
  size_t *first, *leaving; /* arrows by the node that they leave: leaving[first[n]] up to leaving[first[n + 1]] */
  size_t *next;            /* by node: which of them is next */
  enum visit *visits;
  size_t *stack;
  size_t depth;
  size_t *left; /* nodes, as they were left */
  size_t left_count;
  size_t arrow_count;
  struct graph_ranks *out;
};

static bool walk_new(struct arena *arena, const struct graph *graph, struct walk *walk, struct graph_ranks *out) {
  size_t nodes = graph->node_count + 1;
  size_t arrows = graph->arrow_count + 1;
  *walk = (struct walk){.graph = graph, .out = out};
  walk->first = arena_array(arena, nodes, sizeof *walk->first);
  walk->leaving = arena_array(arena, arrows, sizeof *walk->leaving);
  walk->next = arena_array(arena, nodes, sizeof *walk->next);
  walk->visits = arena_array(arena, nodes, sizeof *walk->visits);
  walk->stack = arena_array(arena, nodes, sizeof *walk->stack);
  walk->left = arena_array(arena, nodes, sizeof *walk->left);
  out->ranks = arena_array(arena, nodes, sizeof *out->ranks);
  out->is_back = arena_array(arena, arrows, sizeof *out->is_back);
  out->arrows = arena_array(arena, arrows, sizeof *out->arrows);
  return walk->first && walk->leaving && walk->next && walk->visits && walk->stack && walk->left && out->ranks &&
         out->is_back && out->arrows;
}

/* Sorts the arrows by the node that they leave, then by kind, then as they are. */
static void sort_arrows(struct walk *walk) {
  const struct graph *graph = walk->graph;
  size_t at = 0;
  for (size_t i = 0; i < graph->arrow_count; i++) {
    walk->first[graph->arrows[i].from + 1]++;
  }
  for (size_t i = 0; i < graph->node_count; i++) {
    walk->first[i + 1] += walk->first[i];
    walk->next[i] = walk->first[i];
  }
  for (enum graph_arrow_kind kind = GRAPH_NEXT; kind <= GRAPH_FAILURE; kind++) {
    for (size_t i = 0; i < graph->arrow_count; i++) {
      if (graph->arrows[i].kind == kind) {
        walk->leaving[walk->next[graph->arrows[i].from]++] = i;
      }
    }
  }
  for (at = 0; at < graph->node_count; at++) {
    walk->next[at] = walk->first[at];
  }
}

static void enter(struct walk *walk, size_t node) {
  walk->visits[node] = VISIT_UNDER_WAY;
  walk->stack[walk->depth++] = node;
}

static void leave(struct walk *walk, size_t node) {
  walk->visits[node] = VISIT_DONE;
  walk->left[walk->left_count++] = node;
  walk->depth--;
}

static void walk_from(struct walk *walk, size_t start) {
  enter(walk, start);
  while (walk->depth) {
    size_t node = walk->stack[walk->depth - 1];
    if (walk->next[node] == walk->first[node + 1]) {
      leave(walk, node);
      continue;
    }
    size_t arrow = walk->leaving[walk->next[node]++];
    size_t to = walk->graph->arrows[arrow].to;
    walk->out->arrows[walk->arrow_count++] = arrow;
    walk->out->is_back[arrow] = to != node && walk->visits[to] == VISIT_UNDER_WAY;
    if (walk->visits[to] == VISIT_NEVER) {
      enter(walk, to);
    }
  }
}

static void add_up_ranks(struct walk *walk) {
  size_t *ranks = walk->out->ranks;
  for (size_t i = walk->left_count; i > 0; i--) {
    size_t node = walk->left[i - 1];
    for (size_t j = walk->first[node]; j < walk->first[node + 1]; j++) {
      const struct graph_arrow *arrow = &walk->graph->arrows[walk->leaving[j]];
      bool is_forward = arrow->to != node && !walk->out->is_back[walk->leaving[j]];
      if (is_forward && ranks[arrow->to] <= ranks[node]) {
        ranks[arrow->to] = ranks[node] + 1;
      }
    }
  }
}

bool graph_rank(struct arena *arena, const struct graph *graph, struct graph_ranks *out, struct err *e) {
  struct walk walk;
  if (!walk_new(arena, graph, &walk, out)) {
    return err_memory(e);
  }
  sort_arrows(&walk);
  for (size_t i = 0; i < graph->node_count; i++) {
    if (walk.visits[i] == VISIT_NEVER) {
      walk_from(&walk, i);
    }
  }
  add_up_ranks(&walk);
  return true;
}
