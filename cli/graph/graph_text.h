/* Graphs in languages of text: what Graphviz's and Mermaid's have in common. */
#ifndef ARAZZO_GRAPH_TEXT_H
#define ARAZZO_GRAPH_TEXT_H

#include "graph_box.h"

struct sb;

/* The parts in which they differ. A node's id consists of the numbers of its graph and of its own. */
struct graph_language {
  void (*begin)(struct sb *out, sv title, size_t graph);
  void (*put_node)(struct sb *out, const struct graph_node *node, const struct graph_box *box, size_t graph,
                   size_t number);
  void (*put_arrow)(struct sb *out, const struct graph_arrow *arrow, const struct graph_box *box, size_t graph);
  const char *end;
};

/* Appends each graph: its beginning, its nodes, its arrows, its end. ERR_MEMORY. */
bool graph_text_put(struct arena *arena, const struct graph_list *graphs, const struct graph_language *language,
                    struct sb *out, struct err *e);

#endif
