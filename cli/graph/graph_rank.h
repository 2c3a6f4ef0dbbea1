/* Which arrows of a graph lead back, and how far below the start each node stands. */
#ifndef ARAZZO_GRAPH_RANK_H
#define ARAZZO_GRAPH_RANK_H

#include "graph.h"

struct graph_ranks {
  size_t *ranks;  /* by node: the length of the longest path to it, without the arrows that lead back */
  bool *is_back;  /* by arrow: it leads to a node from which a path leads to it; not set for loops */
  size_t *arrows; /* all of them, as a walk from the start comes upon them */
};

/* ERR_MEMORY. */
bool graph_rank(struct arena *arena, const struct graph *graph, struct graph_ranks *out, struct err *e);

#endif
