/* Graphs as flowcharts of Mermaid.
 *
 * Ids are made here: an id of the document such as "end" or "o-x" would be read as a keyword or an arrow. Texts stand in
 * quotes, and all but letters, digits and harmless punctuation in them as entities (#34;): Mermaid looks for directives, comments and Markdown
 * in quotes, too. */
#include "graph_write.h"

#include "graph_text.h"
#include "sb.h"

static bool is_plain(unsigned char c) {
  bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_letter || c >= 0x80 || sv_find(SV(" .,:=()/-"), (char)c) < SV(" .,:=()/-").len;
}

/* "1. x" and "- x" would be items of a list. */
static bool is_like_item(sv text) {
  return text.len && (text.ptr[0] == '-' || (text.ptr[0] >= '0' && text.ptr[0] <= '9'));
}

static void put_text(struct sb *out, sv text) {
  bool is_strict = is_like_item(text);
  for (size_t i = 0; i < text.len; i++) {
    unsigned char c = (unsigned char)text.ptr[i];
    if (is_plain(c) && !(is_strict && (c == '.' || c == '-' || c == ')'))) {
      sb_char(out, text.ptr[i]);
    } else {
      sb_format(out, "#%u;", (unsigned)c);
    }
  }
}

static void put_box(struct sb *out, const struct graph_box *box) {
  sb_char(out, '"');
  for (size_t i = 0; i < box->count; i++) {
    sb_put(out, i ? SV("<br/>") : SV(""));
    put_text(out, box->lines[i].text);
  }
  sb_char(out, '"');
}

struct shape {
  const char *before, *behind;
};

static struct shape shape_of(enum graph_node_kind kind) {
  switch (kind) {
  case GRAPH_START:
  case GRAPH_END:
    return (struct shape){"([", "])"};
  case GRAPH_STEP:
    return (struct shape){"[", "]"};
  case GRAPH_CALL:
  case GRAPH_WORKFLOW:
    return (struct shape){"[[", "]]"};
  case GRAPH_FAIL:
    return (struct shape){"{{", "}}"};
  }
  return (struct shape){"[", "]"};
}

static const char *class_of(const struct graph_node *node) {
  return node->deletes ? ":::deletes" : node->kind == GRAPH_FAIL ? ":::fails" : "";
}

static void put_node(struct sb *out, const struct graph_node *node, const struct graph_box *box, size_t graph,
                     size_t number) {
  struct shape shape = shape_of(node->kind);
  sb_format(out, "    w%zun%zu%s", graph, number, shape.before);
  put_box(out, box);
  sb_format(out, "%s%s\n", shape.behind, class_of(node));
}

static void put_arrow(struct sb *out, const struct graph_arrow *arrow, const struct graph_box *box, size_t graph) {
  sb_format(out, "    w%zun%zu %s", graph, arrow->from, arrow->kind == GRAPH_FAILURE ? "-.->" : "-->");
  if (box->count) {
    sb_char(out, '|');
    put_box(out, box);
    sb_char(out, '|');
  }
  sb_format(out, " w%zun%zu\n", graph, arrow->to);
}

static void begin(struct sb *out, sv title, size_t graph) {
  sb_format(out, "  subgraph w%zu[\"", graph);
  put_text(out, title);
  sb_put(out, SV("\"]\n"));
}

static const struct graph_language mermaid = {begin, put_node, put_arrow, "  end\n"};

bool graph_write_mermaid(struct arena *arena, const struct graph_list *graphs, struct sb *out, struct err *e) {
  sb_put(out, SV("flowchart TD\n  accTitle: Arazzo workflows\n  accDescr: " GRAPH_NOTE "\n"));
  if (!graph_text_put(arena, graphs, &mermaid, out, e)) {
    return false;
  }
  sb_put(out, SV("  classDef deletes stroke:#c62828,stroke-width:4px\n  classDef fails stroke:#c62828\n"));
  return true;
}
