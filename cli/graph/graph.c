/* From a compiled workflow to its graph. It says what the engine does (handler/engine/outcome.c), not more:
 *
 * - The actions of a step are arrows in their order, up to the first that has no criteria; behind it nothing is reached.
 * - When success actions may all fail to apply, the list goes on, but never into a deletion: then the arrow leads to a failure.
 * - A step that fails without an action that applies ends the run as failed. That is drawn only where failure actions came
 *   before it; drawn at each step it would hide the rest (GRAPH_NOTE says it).
 * - A retry is a loop; what it runs first is a node with an arrow there and one back.
 *
 * Ends are nodes of their own behind each step that ends: one end for all would draw long arrows that say nothing. */
#include "graph.h"

#include "arena.h"
#include "errinfo.h"
#include "graph_words.h"
#include "sb.h"

#define CRITERIA_BYTES KIB(16)
#define TEXT_BYTES KIB(20) /* of a whole text: criteria and what is said around them */
#define NONE SIZE_MAX

/* The graph of one workflow, while it is made. */
struct building {
  struct arena *arena;
  const struct workflow *workflow;
  const bool *destroys; /* by number of the workflow: it, or one that it runs, sends a deletion */
  struct graph *graph;
  size_t *nodes;    /* by index of the step */
  size_t end, fail; /* of the step that is looked at; NONE: not drawn yet */
  bool has_no_memory;
};

/* ---- texts ---- */

static sv text_of(struct building *b, const struct sb *text) {
  b->has_no_memory = b->has_no_memory || text->state == SB_NO_MEMORY;
  return text->state == SB_TOO_LONG ? SV("(too long to be drawn)") : sb_view(text);
}

static sv criteria_text(struct building *b, const struct criteria *criteria) {
  struct sb text = sb_new(b->arena, CRITERIA_BYTES);
  graph_put_criteria(&text, criteria);
  return text_of(b, &text);
}

/* `before` and the criteria; `otherwise` where there are none. */
static sv label_of(struct building *b, const struct criteria *criteria, sv before, sv otherwise) {
  struct sb text = sb_new(b->arena, TEXT_BYTES);
  if (criteria->count == 0) {
    return otherwise;
  }
  sb_put(&text, before);
  sb_put(&text, criteria_text(b, criteria));
  return text_of(b, &text);
}

static sv name_text(struct building *b, const char *before, sv name) {
  struct sb text = sb_new(b->arena, TEXT_BYTES);
  sb_put(&text, sv_from(before));
  graph_put_text(&text, name);
  return text_of(b, &text);
}

/* "PUT /CreateImage"; with the operation's id where its path is that of all: "POST / CreateTable". */
static sv operation_text(struct building *b, const struct operation *operation) {
  struct sb text = sb_new(b->arena, TEXT_BYTES);
  sv name = operation->aws_operation.len ? operation->aws_operation : operation->id;
  sv path = sv_slice(operation->path, 0, sv_find(operation->path, '?'));
  graph_put_text(&text, operation->method);
  sb_char(&text, ' ');
  graph_put_text(&text, operation->path);
  if (path.len <= 1 && name.len) {
    sb_char(&text, ' ');
    graph_put_text(&text, name);
  }
  return text_of(b, &text);
}

/* ---- nodes and arrows ---- */

static size_t add_node(struct building *b, enum graph_node_kind kind, sv title) {
  struct graph_node *node = &b->graph->nodes[b->graph->node_count];
  node->kind = kind;
  node->title = title;
  return b->graph->node_count++;
}

static void add_arrow(struct building *b, enum graph_arrow_kind kind, size_t from, size_t to, sv label) {
  b->graph->arrows[b->graph->arrow_count++] = (struct graph_arrow){kind, from, to, label};
}

static size_t add_workflow(struct building *b, const struct workflow *workflow) {
  size_t at = add_node(b, GRAPH_WORKFLOW, name_text(b, "", workflow->id));
  b->graph->nodes[at].detail = SV("workflow");
  b->graph->nodes[at].deletes = b->destroys[workflow->number];
  return at;
}

static void add_step(struct building *b, const struct step *step) {
  size_t at = add_node(b, step->call ? GRAPH_CALL : GRAPH_STEP, name_text(b, "", step->id));
  struct graph_node *node = &b->graph->nodes[at];
  b->nodes[step->index] = at;
  node->detail = step->call ? name_text(b, "workflow ", step->call->workflow->id) : operation_text(b, step->operation);
  node->condition = criteria_text(b, &step->success_criteria);
  node->deletes = step->deletes || (step->call && b->destroys[step->call->workflow->number]);
}

static size_t end_node(struct building *b) {
  b->end = b->end == NONE ? add_node(b, GRAPH_END, SV("end")) : b->end;
  return b->end;
}

static size_t fail_node(struct building *b) {
  b->fail = b->fail == NONE ? add_node(b, GRAPH_FAIL, SV("fail")) : b->fail;
  return b->fail;
}

/* ---- actions ---- */

/* "retry up to 10 times, every 30 s, if CONDITION" */
static sv retry_label(struct building *b, const struct action *action) {
  struct sb text = sb_new(b->arena, TEXT_BYTES);
  if (action->retry_limit == 1) {
    sb_put(&text, SV("retry once"));
  } else {
    sb_format(&text, "retry up to %u times", action->retry_limit);
  }
  if (action->retry_after_seconds >= 0) {
    sb_format(&text, ", %s %g s", action->retry_limit == 1 ? "after" : "every", action->retry_after_seconds);
  }
  sb_put(&text, label_of(b, &action->criteria, SV(", if "), SV("")));
  return text_of(b, &text);
}

static void add_retry(struct building *b, size_t from, const struct action *action) {
  sv label = retry_label(b, action);
  if (!action->target && !action->call) {
    add_arrow(b, GRAPH_FAILURE, from, from, label);
    return;
  }
  size_t first = action->target ? b->nodes[action->target->index] : add_workflow(b, action->call->workflow);
  struct sb text = sb_new(b->arena, TEXT_BYTES);
  sb_format(&text, "%.*s: first this", SV_ARG(label));
  add_arrow(b, GRAPH_FAILURE, from, first, text_of(b, &text));
  add_arrow(b, GRAPH_FAILURE, first, from, SV("then again"));
}

static size_t goto_node(struct building *b, const struct action *action) {
  return action->target ? b->nodes[action->target->index] : add_workflow(b, action->call->workflow);
}

static void add_success(struct building *b, const struct step *step, const struct action *action, bool is_first) {
  size_t from = b->nodes[step->index];
  sv otherwise = is_first ? SV("") : SV("otherwise");
  if (action->type == ACTION_END) {
    add_arrow(b, GRAPH_SUCCESS, from, end_node(b), label_of(b, &action->criteria, SV(""), otherwise));
  } else if (action->target == step) {
    add_arrow(b, GRAPH_SUCCESS, from, from, label_of(b, &action->criteria, SV("poll while "), SV("poll")));
  } else {
    add_arrow(b, GRAPH_SUCCESS, from, goto_node(b, action), label_of(b, &action->criteria, SV(""), otherwise));
  }
}

static void add_failure(struct building *b, const struct step *step, const struct action *action, bool is_first) {
  size_t from = b->nodes[step->index];
  sv label = label_of(b, &action->criteria, SV("failed: "), is_first ? SV("failed") : SV("failed, otherwise"));
  switch (action->type) {
  case ACTION_END:
    add_arrow(b, GRAPH_FAILURE, from, end_node(b), label);
    return;
  case ACTION_GOTO:
    add_arrow(b, GRAPH_FAILURE, from, goto_node(b, action), label);
    return;
  case ACTION_RETRY:
    add_retry(b, from, action);
    return;
  }
}

/* ---- what follows when no action decides ---- */

/* Whether the list leads from this step on into a deletion before any action decides. */
static bool leads_to_deletion(const struct step *step) {
  for (; step; step = step->after) {
    if (step->deletes || (step->call && step->call->workflow->deletion)) {
      return true;
    }
    if (step->on_success.count) {
      return false;
    }
  }
  return false;
}

static void add_next(struct building *b, const struct step *step) {
  size_t from = b->nodes[step->index];
  bool is_undecided = step->on_success.count > 0;
  if (is_undecided && leads_to_deletion(step->after)) {
    add_arrow(b, GRAPH_FAILURE, from, fail_node(b), SV("otherwise: nothing is deleted by default"));
  } else if (step->after) {
    add_arrow(b, GRAPH_NEXT, from, b->nodes[step->after->index], is_undecided ? SV("otherwise next") : SV("next"));
  } else {
    add_arrow(b, GRAPH_NEXT, from, end_node(b), is_undecided ? SV("otherwise") : SV(""));
  }
}

static void add_success_arrows(struct building *b, const struct step *step) {
  for (size_t i = 0; i < step->on_success.count; i++) {
    add_success(b, step, &step->on_success.items[i], i == 0);
    if (step->on_success.items[i].criteria.count == 0) {
      return;
    }
  }
  add_next(b, step);
}

static void add_failure_arrows(struct building *b, const struct step *step) {
  for (size_t i = 0; i < step->on_failure.count; i++) {
    const struct action *action = &step->on_failure.items[i];
    add_failure(b, step, action, i == 0);
    /* Arazzo 1.1.0, Failure Action Object: a retryLimit MUST be exhausted before later actions: these have their turn. */
    if (action->criteria.count == 0 && action->type != ACTION_RETRY) {
      return;
    }
  }
  if (step->on_failure.count) {
    add_arrow(b, GRAPH_FAILURE, b->nodes[step->index], fail_node(b), SV("failed, otherwise"));
  }
}

/* ---- the whole ---- */

/* The workflows that come first, one behind the other, and the first step. */
static void add_start(struct building *b) {
  const struct workflow *workflow = b->workflow;
  size_t at = 0;
  for (size_t i = 0; i < workflow->depends_on_count; i++) {
    size_t next = add_workflow(b, workflow->depends_on[i]);
    add_arrow(b, GRAPH_NEXT, at, next, SV("depends on"));
    at = next;
  }
  if (workflow->first) {
    add_arrow(b, GRAPH_NEXT, at, b->nodes[workflow->first->index], SV(""));
  }
}

static void add_steps(struct building *b) {
  for (const struct step *step = b->workflow->first; step; step = step->after) {
    b->end = NONE;
    b->fail = NONE;
    add_success_arrows(b, step);
    add_failure_arrows(b, step);
  }
}

/* Arrows lead from few nodes: passes over all of them until nothing new is reached would be quadratic, so a list waits. */
static bool mark_reached(struct building *b) {
  struct graph *graph = b->graph;
  size_t *first = arena_array(b->arena, graph->node_count + 1, sizeof *first);
  size_t *targets = arena_array(b->arena, graph->arrow_count + 1, sizeof *targets);
  size_t *waiting = arena_array(b->arena, graph->node_count + 1, sizeof *waiting);
  size_t count = 1;
  if (!first || !targets || !waiting) {
    return false;
  }
  for (size_t i = 0; i < graph->arrow_count; i++) {
    first[graph->arrows[i].from]++;
  }
  for (size_t i = 1; i <= graph->node_count; i++) {
    first[i] += first[i - 1];
  }
  for (size_t i = 0; i < graph->arrow_count; i++) {
    targets[--first[graph->arrows[i].from]] = graph->arrows[i].to;
  }
  graph->nodes[0].is_reached = true;
  while (count) {
    size_t at = waiting[--count];
    for (size_t i = first[at]; i < first[at + 1]; i++) {
      if (!graph->nodes[targets[i]].is_reached) {
        graph->nodes[targets[i]].is_reached = true;
        waiting[count++] = targets[i];
      }
    }
  }
  return true;
}

static size_t action_count(const struct workflow *workflow) {
  size_t count = 0;
  for (size_t i = 0; i < workflow->step_count; i++) {
    count += workflow->steps[i].on_success.count + workflow->steps[i].on_failure.count;
  }
  return count;
}

static bool build_one(struct building *b, struct err *e) {
  const struct workflow *workflow = b->workflow;
  size_t most = 1 + workflow->depends_on_count + action_count(workflow);
  b->graph->nodes = arena_array(b->arena, most + 3 * workflow->step_count, sizeof *b->graph->nodes);
  b->graph->arrows = arena_array(b->arena, 2 * (most + workflow->step_count), sizeof *b->graph->arrows);
  b->nodes = arena_array(b->arena, workflow->step_count, sizeof *b->nodes);
  if (!b->graph->nodes || !b->graph->arrows || !b->nodes) {
    return err_memory(e);
  }
  b->graph->title = name_text(b, "", workflow->id);
  b->graph->summary = name_text(b, "", json_string(json_get(workflow->node, SV("summary"))));
  add_node(b, GRAPH_START, SV("start"));
  for (const struct step *step = workflow->first; step; step = step->after) {
    add_step(b, step);
  }
  add_start(b);
  add_steps(b);
  return (!b->has_no_memory && mark_reached(b)) || err_memory(e);
}

/* ---- which workflows delete ---- */

static bool runs_deletion(const bool *destroys, const struct actions *actions) {
  for (size_t i = 0; i < actions->count; i++) {
    if (actions->items[i].call && destroys[actions->items[i].call->workflow->number]) {
      return true;
    }
  }
  return false;
}

static bool workflow_destroys(const bool *destroys, const struct workflow *workflow) {
  for (size_t i = 0; i < workflow->depends_on_count; i++) {
    if (destroys[workflow->depends_on[i]->number]) {
      return true;
    }
  }
  for (size_t i = 0; i < workflow->step_count; i++) {
    const struct step *step = &workflow->steps[i];
    if (step->deletes || (step->call && destroys[step->call->workflow->number]) ||
        runs_deletion(destroys, &step->on_success) || runs_deletion(destroys, &step->on_failure)) {
      return true;
    }
  }
  return false;
}

/* True when something new was found in the document's workflows. */
static bool note_destroying(bool *destroys, const struct document *document) {
  bool changed = false;
  for (size_t i = 0; i < document->workflow_count; i++) {
    const struct workflow *workflow = &document->workflows[i];
    if (!destroys[workflow->number] && workflow_destroys(destroys, workflow)) {
      destroys[workflow->number] = changed = true;
    }
  }
  return changed;
}

/* Goes over all workflows until nothing new is found: each may run each. */
static const bool *find_destroying(struct arena *arena, const struct document_set *set) {
  bool *destroys = arena_array(arena, set->workflow_count + 1, sizeof *destroys);
  for (bool changed = destroys != NULL; changed;) {
    changed = false;
    for (size_t i = 0; i < set->count; i++) {
      changed = note_destroying(destroys, set->items[i]) || changed;
    }
  }
  return destroys;
}

bool graph_build(struct arena *arena, const struct document *document, const struct workflow *only,
                 struct graph_list *out, struct err *e) {
  struct building b = {.arena = arena, .destroys = find_destroying(arena, document->set)};
  out->count = only ? 1 : document->workflow_count;
  out->items = arena_array(arena, out->count, sizeof *out->items);
  if (!b.destroys || !out->items) {
    return err_memory(e);
  }
  for (size_t i = 0; i < out->count; i++) {
    b.workflow = only ? only : &document->workflows[i];
    b.graph = &out->items[i];
    if (!build_one(&b, e)) {
      return err_in(e, "workflow %.*s", SV_ARG(b.workflow->id));
    }
  }
  return true;
}
