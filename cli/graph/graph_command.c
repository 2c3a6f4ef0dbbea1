/* arazzo graph: pictures of workflows. Loads the document, and asks nobody: no credentials, no region, no network. */
#include "commands.h"

#include <stdio.h>

#include "arena.h"
#include "document.h"
#include "errinfo.h"
#include "graph_write.h"
#include "limits.h"
#include "sb.h"
#include "session.h"

#define MERMAID_ARROWS 500  /* Mermaid draws no more, unless its configuration says maxEdges */
#define MERMAID_BYTES 50000 /* nor a longer text, unless it says maxTextSize */

/* Where the picture comes from and goes to. */
struct drawing {
  struct arena *arena;
  const struct arguments *arguments;
  struct graph_list graphs;
  sv text;
};

typedef bool graph_writer(struct arena *arena, const struct graph_list *graphs, struct sb *out, struct err *e);

/* The format that is asked for; else what the file's name says; else Mermaid's. */
static graph_writer *writer_of(const struct arguments *arguments) {
  sv path = arguments_text(arguments, "-o", SV(""));
  sv by_name = sv_ends(path, SV(".svg"))                               ? SV("svg")
               : sv_ends(path, SV(".dot")) || sv_ends(path, SV(".gv")) ? SV("dot")
                                                                       : SV("mermaid");
  sv format = arguments_text(arguments, "--format", by_name);
  return sv_eq(format, SV("svg")) ? graph_write_svg : sv_eq(format, SV("dot")) ? graph_write_dot : graph_write_mermaid;
}

static bool refuse_workflow(const struct document *document, sv id, struct err *e) {
  const struct workflow *first = &document->workflows[0];
  return err_set(e, ERR_INVALID, "the document has no workflow '%.*s'; it has %zu, the first is '%.*s'",
                 SV_ARG(sv_slice(id, 0, 80)), document->workflow_count, SV_ARG(sv_slice(first->id, 0, 80)));
}

static bool build(struct drawing *drawing, struct err *e) {
  const struct document *document = NULL;
  const struct workflow *only = NULL;
  sv id = arguments_text(drawing->arguments, "--workflow", SV(""));
  if (!document_load(drawing->arena, drawing->arguments->operands[0], document_file_reader(), &document, e)) {
    return false;
  }
  if (arguments_has(drawing->arguments, "--workflow")) {
    only = document_workflow(document, id);
    if (!only) {
      return refuse_workflow(document, id, e);
    }
  }
  return graph_build(drawing->arena, document, only, &drawing->graphs, e);
}

static bool draw(struct drawing *drawing, struct err *e) {
  struct sb out = sb_new(drawing->arena, LIMIT_GRAPH_BYTES);
  return writer_of(drawing->arguments)(drawing->arena, &drawing->graphs, &out, e) &&
         sb_finish(&out, "the picture", &drawing->text, e);
}

static bool write_file(FILE *file, sv text) {
  return fwrite(text.ptr, 1, text.len, file) == text.len && fflush(file) == 0;
}

static bool save(struct drawing *drawing, struct err *e) {
  const char *path = NULL;
  if (!arguments_has(drawing->arguments, "-o")) {
    return write_file(stdout, drawing->text) ||
           err_set(e, ERR_INVALID, "the picture could not be written to standard output");
  }
  if (!sv_to_text(drawing->arena, arguments_text(drawing->arguments, "-o", SV("")), &path, e)) {
    return false;
  }
  FILE *file = fopen(path, "wb");
  bool is_written = file && write_file(file, drawing->text);
  bool is_closed = file && fclose(file) == 0;
  return (is_written && is_closed) || err_set(e, ERR_INVALID, "the file '%s' can't be written", path);
}

/* What Mermaid as it is configured by default would refuse. */
static void warn_mermaid(const struct drawing *drawing) {
  size_t arrows = 0;
  for (size_t i = 0; i < drawing->graphs.count; i++) {
    arrows += drawing->graphs.items[i].arrow_count;
  }
  if (writer_of(drawing->arguments) == graph_write_mermaid &&
      (arrows > MERMAID_ARROWS || drawing->text.len > MERMAID_BYTES)) {
    fprintf(stderr,
            "arazzo: this has %zu arrows in %zu bytes; Mermaid draws up to %d in %d, unless its configuration says "
            "maxEdges and maxTextSize. --workflow draws a part, --format svg needs no Mermaid\n",
            arrows, drawing->text.len, MERMAID_ARROWS, MERMAID_BYTES);
  }
}

static enum exit_status run(const struct arguments *arguments) {
  struct drawing drawing = {.arena = arena_new(LIMIT_DOCUMENT_ARENA_BYTES), .arguments = arguments};
  struct err e;
  err_clear(&e);
  bool is_done = drawing.arena ? build(&drawing, &e) && draw(&drawing, &e) && save(&drawing, &e) : err_memory(&e);
  if (is_done) {
    warn_mermaid(&drawing);
  } else {
    session_complain(&e);
  }
  arena_drop(drawing.arena);
  return is_done ? EXIT_DONE : EXIT_FAILED;
}

static const struct option options[] = {
    {"--workflow", OPTION_TEXT, "ID", "only this workflow", 0, 0},
    {"--format", OPTION_CHOICE, "mermaid|dot|svg", "what is written; else what FILE ends in, else mermaid", 0, 0},
    {"-o", OPTION_NEW_FILE, "FILE", "where to; else to standard output", 0, 0},
    {NULL, OPTION_FLAG, NULL, NULL, 0, 0},
};

const struct command command_graph = {
    .name = "graph",
    .operands = "DOC",
    .least = 1,
    .most = 1,
    .options = options,
    .summary = "draws workflows: steps, conditions, polls, retries and ends",
    .details = "Boxes are steps: what they call, and what must hold for success. Arrows say when they are taken:\n"
               "dashed ones after a failure, loops for polls and retries, \"next\" where the list goes on because no\n"
               "action decides. What deletes is marked.\n" GRAPH_NOTE "\n"
               "SVG needs no other program; Mermaid's text is drawn by GitHub and GitLab, dot's by Graphviz.\n",
    .examples = "  arazzo graph workflow.yml -o workflow.svg\n"
                "  arazzo graph workflow.yml --format dot | dot -Tpdf -o workflow.pdf\n",
    .run = run,
};
