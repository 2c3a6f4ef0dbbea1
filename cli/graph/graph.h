/* Workflows as graphs: what may follow what, and when. Made from the compiled document; three writers draw them. */
#ifndef ARAZZO_GRAPH_H
#define ARAZZO_GRAPH_H

#include "document.h"

enum graph_node_kind {
  GRAPH_START,
  GRAPH_STEP,     /* sends a request */
  GRAPH_CALL,     /* a step that runs a workflow */
  GRAPH_WORKFLOW, /* a workflow that an action or a dependency runs */
  GRAPH_END,      /* the workflow ends by its own rules */
  GRAPH_FAIL      /* the run fails */
};

struct graph_node {
  enum graph_node_kind kind;
  sv title;        /* the id of the step or workflow; "start", "end", "fail" */
  sv detail;       /* what a step calls: "GET /GetImage", "workflow refresh"; empty: nothing */
  sv condition;    /* what must hold for success; empty: nothing was written */
  bool deletes;    /* sends a deletion, or runs a workflow that does */
  bool is_reached; /* a path leads here from the start */
};

enum graph_arrow_kind {
  GRAPH_NEXT,    /* the next step of the list, because no action decides */
  GRAPH_SUCCESS, /* a success action */
  GRAPH_FAILURE  /* a failure action, a retry, or what follows when none applies */
};

struct graph_arrow {
  enum graph_arrow_kind kind;
  size_t from;
  size_t to; /* the same node: a poll or a retry */
  sv label;  /* when it is taken; empty: nothing to say */
};

/* One workflow. Node 0 is the start. */
struct graph {
  sv title;   /* the workflow's id */
  sv summary; /* as the document has it; empty: none */
  struct graph_node *nodes;
  size_t node_count;
  struct graph_arrow *arrows;
  size_t arrow_count;
};

struct graph_list {
  struct graph *items;
  size_t count;
};

/* What the pictures don't draw at each step, for people. */
#define GRAPH_NOTE "A step that fails ends the run as failed, where no dashed arrow says what follows."

/* The graph of one workflow (`only`), or of all of the document. ERR_MEMORY, ERR_LIMIT. */
bool graph_build(struct arena *arena, const struct document *document, const struct workflow *only,
                 struct graph_list *out, struct err *e);

#endif
