/* The walk over graphs, one after the other, with the box of each node and arrow. */
#include "graph_text.h"

#include "sb.h"

static bool put_graph(struct arena *arena, const struct graph *graph, size_t number,
                      const struct graph_language *language, struct sb *out, struct err *e) {
  struct graph_box box;
  language->begin(out, graph->title, number);
  for (size_t i = 0; i < graph->node_count; i++) {
    if (!graph_box_of_node(arena, &graph->nodes[i], &box, e)) {
      return false;
    }
    language->put_node(out, &graph->nodes[i], &box, number, i);
  }
  for (size_t i = 0; i < graph->arrow_count; i++) {
    if (!graph_box_of_arrow(arena, &graph->arrows[i], &box, e)) {
      return false;
    }
    language->put_arrow(out, &graph->arrows[i], &box, number);
  }
  sb_put(out, sv_from(language->end));
  return true;
}

bool graph_text_put(struct arena *arena, const struct graph_list *graphs, const struct graph_language *language,
                    struct sb *out, struct err *e) {
  for (size_t i = 0; i < graphs->count; i++) {
    if (!put_graph(arena, &graphs->items[i], i, language, out, e)) {
      return false;
    }
  }
  return true;
}
