/* The writers of graphs. Each appends a whole file; the same graphs give the same bytes. */
#ifndef ARAZZO_GRAPH_WRITE_H
#define ARAZZO_GRAPH_WRITE_H

#include "graph.h"

struct sb;

/* A flowchart of Mermaid. ERR_MEMORY. */
bool graph_write_mermaid(struct arena *arena, const struct graph_list *graphs, struct sb *out, struct err *e);

/* A digraph of Graphviz. ERR_MEMORY. */
bool graph_write_dot(struct arena *arena, const struct graph_list *graphs, struct sb *out, struct err *e);

/* An SVG picture, laid out here. ERR_MEMORY; ERR_LIMIT for LIMIT_GRAPH_CELLS. */
bool graph_write_svg(struct arena *arena, const struct graph_list *graphs, struct sb *out, struct err *e);

#endif
