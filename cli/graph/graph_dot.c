/* Graphs in Graphviz's language. Ids are made here; texts are quoted strings, in which a backslash would begin an escape
 * sequence and "&" an entity of HTML. */
#include "graph_write.h"

#include "graph_text.h"
#include "sb.h"

static void put_text(struct sb *out, sv text) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (c == '"' || c == '\\') {
      sb_char(out, '\\');
    }
    sb_put(out, c == '&' ? SV("&amp;") : (sv){&text.ptr[i], 1});
  }
}

static void put_label(struct sb *out, const struct graph_box *box) {
  sb_put(out, SV("label=\""));
  for (size_t i = 0; i < box->count; i++) {
    sb_put(out, i ? SV("\\n") : SV(""));
    put_text(out, box->lines[i].text);
  }
  sb_char(out, '"');
}

static const char *style_of(const struct graph_node *node) {
  switch (node->kind) {
  case GRAPH_START:
  case GRAPH_END:
    return ", style=\"rounded,bold\"";
  case GRAPH_STEP:
    return node->deletes ? ", color=\"#c62828\", penwidth=4" : "";
  case GRAPH_CALL:
  case GRAPH_WORKFLOW:
    return node->deletes ? ", peripheries=2, color=\"#c62828\", penwidth=4" : ", peripheries=2";
  case GRAPH_FAIL:
    return ", shape=octagon, style=\"\", color=\"#c62828\"";
  }
  return "";
}

static void put_node(struct sb *out, const struct graph_node *node, const struct graph_box *box, size_t graph,
                     size_t number) {
  sb_format(out, "    w%zun%zu [", graph, number);
  put_label(out, box);
  sb_format(out, "%s];\n", style_of(node));
}

static void put_arrow(struct sb *out, const struct graph_arrow *arrow, const struct graph_box *box, size_t graph) {
  sb_format(out, "    w%zun%zu -> w%zun%zu [", graph, arrow->from, graph, arrow->to);
  put_label(out, box);
  sb_put(out, arrow->kind == GRAPH_FAILURE ? SV(", style=dashed];\n") : SV("];\n"));
}

static void begin(struct sb *out, sv title, size_t graph) {
  sb_format(out, "  subgraph cluster_%zu {\n    label=\"", graph);
  put_text(out, title);
  sb_put(out, SV("\";\n"));
}

static const struct graph_language dot = {begin, put_node, put_arrow, "  }\n"};

bool graph_write_dot(struct arena *arena, const struct graph_list *graphs, struct sb *out, struct err *e) {
  sb_put(out, SV("digraph arazzo {\n"
                 "  graph [charset=\"UTF-8\", fontname=\"sans-serif\", label=\"" GRAPH_NOTE "\"];\n"
                 "  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
                 "  edge [fontname=\"sans-serif\", fontsize=11];\n"));
  if (!graph_text_put(arena, graphs, &dot, out, e)) {
    return false;
  }
  sb_put(out, SV("}\n"));
  return true;
}
