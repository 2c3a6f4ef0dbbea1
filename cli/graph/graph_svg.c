/* Graphs as an SVG picture that needs nothing else: no Graphviz, no script, no font of its own.
 *
 * Each workflow is a panel; panels stand beside each other as long as there is room. Colours follow the reader's choice of light or
 * dark. No fact is told by colour alone: what deletes has a sign, what follows a failure is dashed and says so. Screen readers get
 * the same as sentences, in <desc>. */
#include "graph_write.h"

#include "arena.h"
#include "errinfo.h"
#include "graph_box.h"
#include "graph_layout.h"
#include "limits.h"
#include "sb.h"
#include "text_width.h"

#define PAGE_WIDTH INT64_C(1280) /* panels stand beside each other up to this */
#define PAGE_MARGIN INT64_C(12)
#define PANEL_PADDING INT64_C(18)
#define PANEL_GAP INT64_C(16)
#define HEADING_SIZE INT64_C(16)
#define HEADING_HEIGHT INT64_C(26)
#define SUMMARY_COLUMNS 90
#define TITLE_SIZE INT64_C(14)
#define TEXT_SIZE INT64_C(12)
#define LINE_HEIGHT INT64_C(17)
#define BOX_PADDING_X INT64_C(14)
#define BOX_PADDING_Y INT64_C(9)
#define BOX_WIDTH INT64_C(76) /* the least */
#define LABEL_SIZE INT64_C(11)
#define LABEL_LINE_HEIGHT INT64_C(14)
#define LABEL_PADDING INT64_C(4)
#define NOTE_HEIGHT INT64_C(30)
#define TURN INT64_C(28) /* how far the handles of a turn reach: the turn itself reaches three quarters of it */

struct panel {
  const struct graph *graph;
  struct graph_lines summary;
  struct graph_layout layout;
  int64_t x, y, width, height;
};

struct page {
  struct arena *arena;
  struct panel *panels;
  size_t count;
  int64_t width, height;
  struct sb *out;
};

/* ---- text ---- */

static void put_text(struct sb *out, sv text) {
  for (size_t i = 0; i < text.len; i++) {
    switch (text.ptr[i]) {
    case '&':
      sb_put(out, SV("&amp;"));
      break;
    case '<':
      sb_put(out, SV("&lt;"));
      break;
    case '>':
      sb_put(out, SV("&gt;"));
      break;
    default:
      sb_char(out, text.ptr[i]);
    }
  }
}

/* ---- sizes ---- */

static int64_t line_size(const struct graph_line *line) {
  switch (line->role) {
  case GRAPH_LINE_TITLE:
    return TITLE_SIZE + 1; /* it is bold */
  case GRAPH_LINE_SIGN:
    return TEXT_SIZE + 1;
  case GRAPH_LINE_TEXT:
    return TEXT_SIZE;
  }
  return TEXT_SIZE;
}

static struct graph_size size_of_box(const struct graph_box *box) {
  int64_t width = BOX_WIDTH - 2 * BOX_PADDING_X;
  for (size_t i = 0; i < box->count; i++) {
    int64_t line = text_width(box->lines[i].text, line_size(&box->lines[i]));
    width = line > width ? line : width;
  }
  return (struct graph_size){width + 2 * BOX_PADDING_X, (int64_t)box->count * LINE_HEIGHT + 2 * BOX_PADDING_Y};
}

static struct graph_size size_of_label(const struct graph_box *box) {
  int64_t width = 0;
  for (size_t i = 0; i < box->count; i++) {
    int64_t line = text_width(box->lines[i].text, LABEL_SIZE);
    width = line > width ? line : width;
  }
  return box->count
             ? (struct graph_size){width + 2 * LABEL_PADDING, (int64_t)box->count * LABEL_LINE_HEIGHT + LABEL_PADDING}
             : (struct graph_size){0, 0};
}

static bool lay_out(struct page *page, struct panel *panel, struct err *e) {
  const struct graph *graph = panel->graph;
  struct graph_size *nodes = arena_array(page->arena, graph->node_count, sizeof *nodes);
  struct graph_size *labels = arena_array(page->arena, graph->arrow_count + 1, sizeof *labels);
  struct graph_box box;
  if (!nodes || !labels) {
    return err_memory(e);
  }
  for (size_t i = 0; i < graph->node_count; i++) {
    if (!graph_box_of_node(page->arena, &graph->nodes[i], &box, e)) {
      return false;
    }
    nodes[i] = size_of_box(&box);
  }
  for (size_t i = 0; i < graph->arrow_count; i++) {
    if (!graph_box_of_arrow(page->arena, &graph->arrows[i], &box, e)) {
      return false;
    }
    labels[i] = size_of_label(&box);
  }
  return graph_lay_out(page->arena, graph, nodes, labels, &panel->layout, e);
}

/* ---- panels ---- */

static int64_t heading_height(const struct panel *panel) {
  return HEADING_HEIGHT + (int64_t)panel->summary.count * LINE_HEIGHT + BOX_PADDING_Y;
}

static bool make_panel(struct page *page, const struct graph *graph, struct panel *panel, struct err *e) {
  panel->graph = graph;
  panel->summary = graph_wrap(graph->summary, SUMMARY_COLUMNS);
  if (!lay_out(page, panel, e)) {
    return err_in(e, "workflow %.*s", SV_ARG(graph->title));
  }
  int64_t width = text_width(graph->title, HEADING_SIZE + 1);
  for (size_t i = 0; i < panel->summary.count; i++) {
    int64_t line = text_width(panel->summary.items[i], TEXT_SIZE);
    width = line > width ? line : width;
  }
  width = panel->layout.width > width ? panel->layout.width : width;
  panel->width = width + 2 * PANEL_PADDING;
  panel->height = heading_height(panel) + panel->layout.height + 2 * PANEL_PADDING;
  return true;
}

/* Panels in lines, as text is broken. */
static void arrange(struct page *page) {
  int64_t x = PAGE_MARGIN;
  int64_t y = PAGE_MARGIN;
  int64_t line_height = 0;
  for (size_t i = 0; i < page->count; i++) {
    struct panel *panel = &page->panels[i];
    if (x > PAGE_MARGIN && x + panel->width + PAGE_MARGIN > PAGE_WIDTH) {
      x = PAGE_MARGIN;
      y += line_height + PANEL_GAP;
      line_height = 0;
    }
    panel->x = x;
    panel->y = y;
    x += panel->width + PANEL_GAP;
    line_height = panel->height > line_height ? panel->height : line_height;
    page->width = x - PANEL_GAP + PAGE_MARGIN > page->width ? x - PANEL_GAP + PAGE_MARGIN : page->width;
  }
  int64_t note = text_width(SV(GRAPH_NOTE), LABEL_SIZE) + 2 * PAGE_MARGIN;
  page->width = note > page->width ? note : page->width;
  page->height = y + line_height + NOTE_HEIGHT;
}

/* ---- shapes ---- */

static void put_line(struct sb *out, const char *class, int64_t x, int64_t y, sv text) {
  sb_format(out, "<text class=\"%s\" x=\"%lld\" y=\"%lld\">", class, (long long)x, (long long)y);
  put_text(out, text);
  sb_put(out, SV("</text>\n"));
}

static const char *line_class(enum graph_line_role role) {
  switch (role) {
  case GRAPH_LINE_TITLE:
    return "name";
  case GRAPH_LINE_SIGN:
    return "sign";
  case GRAPH_LINE_TEXT:
    return "what";
  }
  return "what";
}

static void put_rect(struct sb *out, const char *class, const struct graph_rect *rect, int64_t radius) {
  sb_format(out, "<rect class=\"%s\" x=\"%lld\" y=\"%lld\" width=\"%lld\" height=\"%lld\" rx=\"%lld\"/>\n", class,
            (long long)rect->x, (long long)rect->y, (long long)rect->width, (long long)rect->height, (long long)radius);
}

/* A box with eight corners, as a stop sign has. */
static void put_octagon(struct sb *out, const struct graph_rect *rect) {
  long long left = rect->x;
  long long top = rect->y;
  long long right = left + rect->width;
  long long bottom = top + rect->height;
  long long cut = rect->height / 3;
  sb_format(out, "<path class=\"box fail\" d=\"M%lld %lldH%lldL%lld %lldV%lldL%lld %lldH%lldL%lld %lldV%lldZ\"/>\n",
            left + cut, top, right - cut, right, top + cut, bottom - cut, right - cut, bottom, left + cut, left,
            bottom - cut, top + cut);
}

static void put_shape(struct sb *out, const struct graph_node *node, const struct graph_rect *rect) {
  const char *class = node->deletes ? "box deletes" : "box";
  struct graph_rect inner = {rect->x + 5, rect->y, rect->width - 10, rect->height};
  switch (node->kind) {
  case GRAPH_START:
  case GRAPH_END:
    put_rect(out, "box end", rect, rect->height / 2);
    return;
  case GRAPH_STEP:
    put_rect(out, class, rect, 6);
    return;
  case GRAPH_CALL:
  case GRAPH_WORKFLOW:
    put_rect(out, class, rect, 3);
    put_rect(out, "bars", &inner, 0);
    return;
  case GRAPH_FAIL:
    put_octagon(out, rect);
    return;
  }
}

static bool put_node(struct page *page, const struct panel *panel, size_t number, struct err *e) {
  const struct graph_rect *rect = &panel->layout.nodes[number];
  struct graph_box box;
  if (!graph_box_of_node(page->arena, &panel->graph->nodes[number], &box, e)) {
    return false;
  }
  put_shape(page->out, &panel->graph->nodes[number], rect);
  int64_t y = rect->y + (rect->height - (int64_t)box.count * LINE_HEIGHT) / 2 + LINE_HEIGHT - 4;
  for (size_t i = 0; i < box.count; i++, y += LINE_HEIGHT) {
    put_line(page->out, line_class(box.lines[i].role), rect->x + rect->width / 2, y, box.lines[i].text);
  }
  return true;
}

/* ---- arrows ---- */

/* A curve from one row to the next one; between two points of one height, a turn: below the row first, later above it. */
static void put_curve(struct sb *out, struct graph_point from, struct graph_point to, bool is_first) {
  int64_t half = (to.y - from.y) / 2;
  int64_t turn = is_first ? TURN : -TURN;
  int64_t first = half ? from.y + half : from.y + turn;
  int64_t second = half ? to.y - half : to.y + turn;
  sb_format(out, "C%lld %lld %lld %lld %lld %lld", (long long)from.x, (long long)first, (long long)to.x,
            (long long)second, (long long)to.x, (long long)to.y);
}

static void put_loop(struct sb *out, const struct graph_point *points) {
  long long far = points[0].x + 38;
  sb_format(out, "M%lld %lldC%lld %lld %lld %lld %lld %lld", (long long)points[0].x, (long long)points[0].y, far,
            (long long)points[0].y - 8, far, (long long)points[1].y + 8, (long long)points[1].x + 1,
            (long long)points[1].y);
}

static void put_course(struct sb *out, const struct graph_route *route) {
  const struct graph_point *points = route->points;
  if (route->is_loop) {
    put_loop(out, points);
    return;
  }
  sb_format(out, "M%lld %lld", (long long)points[0].x, (long long)points[0].y);
  for (size_t i = 1; i < route->count; i++) {
    if (i % 2 == 0) {
      put_curve(out, points[i - 1], points[i], i == 2);
    } else if (points[i].y != points[i - 1].y) {
      sb_format(out, "V%lld", (long long)points[i].y);
    }
  }
}

static void put_arrow(struct page *page, const struct panel *panel, size_t number) {
  const struct graph_arrow *arrow = &panel->graph->arrows[number];
  bool is_failure = arrow->kind == GRAPH_FAILURE;
  sb_put(page->out, is_failure ? SV("<path class=\"arrow failure\" marker-end=\"url(#failure)\" d=\"")
                               : SV("<path class=\"arrow\" marker-end=\"url(#head)\" d=\""));
  put_course(page->out, &panel->layout.routes[number]);
  sb_put(page->out, SV("\"/>\n"));
}

static bool put_label(struct page *page, const struct panel *panel, size_t number, struct err *e) {
  const struct graph_arrow *arrow = &panel->graph->arrows[number];
  const struct graph_rect *rect = &panel->layout.routes[number].label;
  struct graph_box box;
  if (!graph_box_of_arrow(page->arena, arrow, &box, e)) {
    return false;
  }
  if (box.count == 0) {
    return true;
  }
  sb_put(page->out, SV("<g><title>"));
  put_text(page->out, arrow->label);
  sb_put(page->out, SV("</title>\n"));
  put_rect(page->out, "label", rect, 3);
  for (size_t i = 0; i < box.count; i++) {
    put_line(page->out, arrow->kind == GRAPH_FAILURE ? "when failed" : "when", rect->x + rect->width / 2,
             rect->y + (int64_t)(i + 1) * LABEL_LINE_HEIGHT - 2, box.lines[i].text);
  }
  sb_put(page->out, SV("</g>\n"));
  return true;
}

/* ---- the page ---- */

/* Arrows first: boxes and labels lie on them. */
static bool put_graph(struct page *page, const struct panel *panel, struct err *e) {
  for (size_t i = 0; i < panel->graph->arrow_count; i++) {
    put_arrow(page, panel, i);
  }
  for (size_t i = 0; i < panel->graph->node_count; i++) {
    if (!put_node(page, panel, i, e)) {
      return false;
    }
  }
  for (size_t i = 0; i < panel->graph->arrow_count; i++) {
    if (!put_label(page, panel, i, e)) {
      return false;
    }
  }
  return true;
}

static bool put_panel(struct page *page, const struct panel *panel, struct err *e) {
  struct graph_rect frame = {panel->x, panel->y, panel->width, panel->height};
  int64_t left = panel->x + PANEL_PADDING;
  int64_t top = panel->y + PANEL_PADDING + HEADING_HEIGHT - 8;
  put_rect(page->out, "panel", &frame, 10);
  put_line(page->out, "heading", left, top, panel->graph->title);
  for (size_t i = 0; i < panel->summary.count; i++) {
    put_line(page->out, "summary", left, top + (int64_t)(i + 1) * LINE_HEIGHT, panel->summary.items[i]);
  }
  int64_t graph_x = panel->x + (panel->width - panel->layout.width) / 2;
  int64_t graph_y = panel->y + PANEL_PADDING + heading_height(panel);
  sb_format(page->out, "<g transform=\"translate(%lld %lld)\">\n", (long long)graph_x, (long long)graph_y);
  if (!put_graph(page, panel, e)) {
    return false;
  }
  sb_put(page->out, SV("</g>\n"));
  return true;
}

/* "step getImage"; a step may be called "end", too. */
static void put_name(struct sb *out, const struct graph_node *node) {
  switch (node->kind) {
  case GRAPH_START:
  case GRAPH_END:
    sb_put(out, SV("the "));
    break;
  case GRAPH_STEP:
  case GRAPH_CALL:
    sb_put(out, SV("step "));
    break;
  case GRAPH_WORKFLOW:
    sb_put(out, SV("workflow "));
    break;
  case GRAPH_FAIL:
    sb_put(out, SV("the end as "));
    break;
  }
  put_text(out, node->title);
  sb_put(out, node->deletes ? SV(", which deletes") : SV(""));
}

/* The same in sentences, for who does not see it. */
static void put_description(struct sb *out, const struct graph *graph) {
  sb_put(out, SV("Workflow "));
  put_text(out, graph->title);
  sb_put(out, SV(".\n"));
  for (size_t i = 0; i < graph->arrow_count; i++) {
    const struct graph_arrow *arrow = &graph->arrows[i];
    sb_put(out, SV("From "));
    put_name(out, &graph->nodes[arrow->from]);
    sb_put(out, SV(" to "));
    put_name(out, &graph->nodes[arrow->to]);
    sb_put(out, arrow->label.len ? SV(": ") : SV(""));
    put_text(out, arrow->label);
    sb_put(out, SV(".\n"));
  }
}

static const char style[] = "<style>\n"
                            "text{font-family:sans-serif;font-size:12px;text-anchor:middle;fill:#1f2328}\n"
                            ".paper{fill:#fff}\n"
                            ".panel,.label{fill:#f6f8fa}\n"
                            ".panel{stroke:#d0d7de}\n"
                            ".heading{font-size:16px;font-weight:bold;text-anchor:start}\n"
                            ".summary,.note{text-anchor:start}\n"
                            ".summary,.note,.what{fill:#57606a}\n"
                            ".note,.when{font-size:11px}\n"
                            ".name{font-size:14px;font-weight:bold}\n"
                            ".sign{font-weight:bold}\n"
                            ".box{fill:#fff;stroke:#57606a;stroke-width:1.5}\n"
                            ".bars{fill:none;stroke:#57606a}\n"
                            ".arrow{fill:none;stroke:#57606a;stroke-width:1.5}\n"
                            ".head{fill:#57606a}\n"
                            ".end{stroke-width:2.5}\n"
                            ".fail{stroke:#c62828;stroke-width:2}\n"
                            ".deletes{stroke:#c62828;stroke-width:4}\n"
                            ".failure{stroke:#c62828;stroke-dasharray:6 4}\n"
                            ".failed,.sign,.stop{fill:#c62828}\n"
                            "@media (prefers-color-scheme:dark){\n"
                            "text{fill:#e6edf3}\n"
                            ".paper,.box{fill:#0d1117}\n"
                            ".panel,.label{fill:#161b22}\n"
                            ".panel{stroke:#30363d}\n"
                            ".summary,.note,.what,.head{fill:#9aa4af}\n"
                            ".box,.bars,.arrow{stroke:#9aa4af}\n"
                            ".fail,.deletes,.failure{stroke:#ff7b72}\n"
                            ".failed,.sign,.stop{fill:#ff7b72}\n"
                            "}\n"
                            "</style>\n";

static const char markers[] =
    "<defs>\n"
    "<marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerUnits=\"userSpaceOnUse\" "
    "markerWidth=\"10\" markerHeight=\"10\" orient=\"auto\"><path class=\"head\" d=\"M0 1L10 5L0 9Z\"/></marker>\n"
    "<marker id=\"failure\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerUnits=\"userSpaceOnUse\" "
    "markerWidth=\"10\" markerHeight=\"10\" orient=\"auto\"><path class=\"stop\" d=\"M0 1L10 5L0 9Z\"/></marker>\n"
    "</defs>\n";

static void put_head(struct page *page) {
  sb_format(page->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%lld\" height=\"%lld\" viewBox=\"0 0 %lld %lld\" "
            "role=\"img\" aria-labelledby=\"title desc\">\n<title id=\"title\">Arazzo %s",
            (long long)page->width, (long long)page->height, (long long)page->width, (long long)page->height,
            page->count == 1 ? "workflow" : "workflows");
  for (size_t i = 0; i < page->count; i++) {
    sb_put(page->out, i ? SV(", ") : SV(" "));
    put_text(page->out, page->panels[i].graph->title);
  }
  sb_put(page->out, SV("</title>\n<desc id=\"desc\">\n"));
  for (size_t i = 0; i < page->count; i++) {
    put_description(page->out, page->panels[i].graph);
  }
  sb_put(page->out, SV(GRAPH_NOTE "\n</desc>\n"));
  sb_put(page->out, sv_from(style));
  sb_put(page->out, sv_from(markers));
}

static bool put_page(struct page *page, struct err *e) {
  struct graph_rect paper = {0, 0, page->width, page->height};
  put_head(page);
  put_rect(page->out, "paper", &paper, 0);
  for (size_t i = 0; i < page->count; i++) {
    if (!put_panel(page, &page->panels[i], e)) {
      return false;
    }
  }
  put_line(page->out, "note", PAGE_MARGIN, page->height - NOTE_HEIGHT / 3, SV(GRAPH_NOTE));
  sb_put(page->out, SV("</svg>\n"));
  return true;
}

bool graph_write_svg(struct arena *arena, const struct graph_list *graphs, struct sb *out, struct err *e) {
  struct page page = {.arena = arena, .count = graphs->count, .out = out};
  page.panels = arena_array(arena, graphs->count, sizeof *page.panels);
  if (!page.panels) {
    return err_memory(e);
  }
  for (size_t i = 0; i < graphs->count; i++) {
    if (!make_panel(&page, &graphs->items[i], &page.panels[i], e)) {
      return false;
    }
  }
  arrange(&page);
  return put_page(&page, e);
}
