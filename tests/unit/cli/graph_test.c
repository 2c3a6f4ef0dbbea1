/* Graphs when memory runs out at each allocation, and beyond their bound: no picture, or the whole one; never a part of it. */
#include <string.h>

#include "arena.h"
#include "cases.h"
#include "errinfo.h"
#include "graph_write.h"
#include "limits.h"
#include "sb.h"

#define DOCUMENT "tests/data/documents/transfers.arazzo.yaml"

typedef bool graph_writer(struct arena *arena, const struct graph_list *graphs, struct sb *out, struct err *e);

static bool draw(struct arena *arena, const struct document *document, graph_writer *writer, sv *out, struct err *e) {
  struct graph_list graphs;
  struct sb text = sb_new(arena, LIMIT_GRAPH_BYTES);
  return graph_build(arena, document, NULL, &graphs, e) && writer(arena, &graphs, &text, e) &&
         sb_finish(&text, "the picture", out, e);
}

static void fails_whole(graph_writer *writer) {
  struct arena *documents = arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  struct arena *arena = arena_new(MIB(64));
  struct arena *other = arena_new(MIB(64));
  const struct document *document = NULL;
  struct err e = {0};
  sv whole = SV("");
  sv text = SV("");
  bool is_done = false;
  assert_true(document_load(documents, SV(DOCUMENT), document_file_reader(), &document, &e));
  assert_true(draw(other, document, writer, &whole, &e));
  for (long n = 0; !is_done; n++) {
    err_clear(&e);
    arena_reset(arena);
    arena_fail_after(arena, n);
    is_done = draw(arena, document, writer, &text, &e);
    arena_fail_after(arena, -1);
    assert_int_equal(e.code, is_done ? ERR_NONE : ERR_MEMORY);
  }
  assert_true(whole.len > 1000 && sv_eq(text, whole));
  arena_drop(other);
  arena_drop(arena);
  arena_drop(documents);
}

static void mermaid(void **state) {
  (void)state;
  fails_whole(graph_write_mermaid);
}

static void dot(void **state) {
  (void)state;
  fails_whole(graph_write_dot);
}

static void svg(void **state) {
  (void)state;
  fails_whole(graph_write_svg);
}

/* One step with more arrows than a picture may have bytes for. */
static void a_picture_is_bounded(void **state) {
  (void)state;
  enum { ARROWS = LIMIT_GRAPH_BYTES / 150 };
  static struct graph_arrow arrows[ARROWS];
  static char label[161];
  struct graph_node node = {.kind = GRAPH_START, .title = SV("start"), .is_reached = true};
  struct graph graph = {.title = SV("w"), .nodes = &node, .node_count = 1, .arrows = arrows, .arrow_count = ARROWS};
  const struct graph_list graphs = {&graph, 1};
  struct arena *arena = arena_new(MIB(64));
  struct sb out = sb_new(arena, LIMIT_GRAPH_BYTES);
  struct err e = {0};
  sv text;
  memset(label, 'x', sizeof label - 1);
  for (size_t i = 0; i < ARROWS; i++) {
    arrows[i] = (struct graph_arrow){.kind = GRAPH_SUCCESS, .label = sv_from(label)};
  }
  assert_true(graph_write_dot(arena, &graphs, &out, &e));
  assert_false(sb_finish(&out, "the picture", &text, &e));
  assert_int_equal(e.code, ERR_LIMIT);
  arena_drop(arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(mermaid), cmocka_unit_test(dot), cmocka_unit_test(svg),
                                     cmocka_unit_test(a_picture_is_bounded)};
  return cmocka_run_group_tests_name("graphs", tests, NULL, NULL);
}
