/* The paths through a workflow: in which order its steps are executed, which of them can be reached, and whether what a step
 * reads can be there when it runs.
 *
 * Order (Arazzo 1.1.0, Step Dependencies and Execution Order): tools that execute sequentially MUST satisfy both `dependsOn` and
 * the dependencies that lie in references to outputs. Where a workflow uses `dependsOn`, its steps are sorted: always the first
 * step of the list whose dependencies are all placed comes next. Otherwise the list is the order.
 *
 * Reading: a step may read outputs of those steps from which a path leads to it: by the order, by goto, or by a retry that
 * runs another step first. A step in a loop may read its own of the pass before. Everything else is the forward reference
 * that the specification asks to refuse.
 *
 * Calls: a workflow that runs itself before any request (by its dependencies and first steps) would never end. Recursion
 * behind a request may end by a condition, and is bounded at run time. */
#include "arena.h"
#include "compiler.h"
#include "errinfo.h"
#include "limits.h"

/* The steps that are repeated behind a step which their retries run first. */
struct repeated {
  const struct step *step;
  const struct repeated *next;
};

/* A workflow whose steps are being walked. */
struct walk {
  const struct workflow *workflow;
  const struct repeated **repeated; /* by index of the step that is run first */
  bool *seen;                       /* by index: a path leads here */
  const struct step **waiting;      /* seen, but not walked yet */
  size_t waiting_count;
};

/* ---- order ---- */

static bool uses_depends_on(const struct workflow *workflow) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    if (workflow->steps[i].depends_on.count) {
      return true;
    }
  }
  return false;
}

/* True when everything of this workflow that the step needs is placed already. */
static bool is_ready(const struct step *step, const bool *placed) {
  for (size_t i = 0; i < step->depends_on.count; i++) {
    const struct step *other = step->depends_on.items[i];
    if (other->workflow == step->workflow && !placed[other->index]) {
      return false;
    }
  }
  for (const struct step_read *read = step->reads; read; read = read->next) {
    if (read->of != step && !placed[read->of->index]) {
      return false;
    }
  }
  return true;
}

static struct step *next_ready(const struct workflow *workflow, const bool *placed) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    if (!placed[i] && is_ready(&workflow->steps[i], placed)) {
      return &workflow->steps[i];
    }
  }
  return NULL;
}

static bool refuse_cycle(const struct compiler *compiler, const struct workflow *workflow, const bool *placed,
                         struct err *e) {
  const struct step *stuck = workflow->steps;
  while (placed[stuck->index]) {
    stuck++;
  }
  const json *depends = json_get(stuck->node, SV("dependsOn"));
  return source_error(
      compiler->source, depends ? depends : stuck->node, e, ERR_INVALID,
      "the step '%.*s' can never run: what it depends on ('dependsOn', or outputs that it reads) depends "
      "on it in turn",
      SV_ARG(stuck->id));
}

static bool sort_steps(const struct compiler *compiler, struct workflow *workflow, struct err *e) {
  bool *placed = arena_array(compiler->arena, workflow->step_count, sizeof *placed);
  struct step *last = NULL;
  if (!placed) {
    return err_memory(e);
  }
  for (size_t i = 0; i < workflow->step_count; i++) {
    struct step *step = next_ready(workflow, placed);
    if (!step) {
      return refuse_cycle(compiler, workflow, placed, e);
    }
    placed[step->index] = true;
    if (last) {
      last->after = step;
    } else {
      workflow->first = step;
    }
    last = step;
  }
  return true;
}

static void keep_order(struct workflow *workflow) {
  workflow->first = &workflow->steps[0];
  for (size_t i = 0; i + 1 < workflow->step_count; i++) {
    workflow->steps[i].after = &workflow->steps[i + 1];
  }
}

/* ---- paths ---- */

static void visit(struct walk *walk, const struct step *step) {
  if (step && !walk->seen[step->index]) {
    walk->seen[step->index] = true;
    walk->waiting[walk->waiting_count++] = step;
  }
}

/* The steps that actions lead to; returns whether control may go on behind them. */
static bool visit_actions(struct walk *walk, const struct actions *actions) {
  for (size_t i = 0; i < actions->count; i++) {
    const struct action *action = &actions->items[i];
    visit(walk, action->target);
    /* Arazzo 1.1.0, Failure Action Object: a retryLimit MUST be exhausted before later actions: these have their turn. */
    if (action->criteria.count == 0 && action->type != ACTION_RETRY) {
      return false;
    }
  }
  return true;
}

static void visit_successors(struct walk *walk, const struct step *step) {
  if (visit_actions(walk, &step->on_success)) {
    visit(walk, step->after);
  }
  visit_actions(walk, &step->on_failure);
  for (const struct repeated *each = walk->repeated[step->index]; each; each = each->next) {
    visit(walk, each->step);
  }
}

static bool note_repeated(const struct compiler *compiler, const struct step *step, struct walk *walk, struct err *e) {
  for (size_t i = 0; i < step->on_failure.count; i++) {
    const struct action *action = &step->on_failure.items[i];
    if (action->type != ACTION_RETRY || !action->target) {
      continue;
    }
    struct repeated *made = arena_alloc(compiler->arena, sizeof *made);
    if (!made) {
      return err_memory(e);
    }
    *made = (struct repeated){step, walk->repeated[action->target->index]};
    walk->repeated[action->target->index] = made;
  }
  return true;
}

static bool walk_new(const struct compiler *compiler, const struct workflow *workflow, struct walk *walk,
                     struct err *e) {
  walk->workflow = workflow;
  walk->waiting_count = 0;
  walk->repeated = arena_array(compiler->arena, workflow->step_count, sizeof(const struct repeated *));
  walk->seen = arena_array(compiler->arena, workflow->step_count, sizeof *walk->seen);
  walk->waiting = arena_array(compiler->arena, workflow->step_count, sizeof(const struct step *));
  if (!walk->repeated || !walk->seen || !walk->waiting) {
    return err_memory(e);
  }
  for (size_t i = 0; i < workflow->step_count; i++) {
    if (!note_repeated(compiler, &workflow->steps[i], walk, e)) {
      return false;
    }
  }
  return true;
}

/* Marks every step to which a path leads from the waiting ones. */
static void walk_on(struct walk *walk) {
  while (walk->waiting_count) {
    visit_successors(walk, walk->waiting[--walk->waiting_count]);
  }
}

static void walk_from(struct walk *walk, const struct step *step) {
  for (size_t i = 0; i < walk->workflow->step_count; i++) {
    walk->seen[i] = false;
  }
  visit_successors(walk, step);
  walk_on(walk);
}

static bool warn_unreachable(const struct compiler *compiler, const struct workflow *workflow, struct walk *walk) {
  visit(walk, workflow->first);
  walk_on(walk);
  for (size_t i = 0; i < workflow->step_count; i++) {
    const struct step *step = &workflow->steps[i];
    if (!walk->seen[i]) {
      compiler_warn(compiler, step->node, "unreachable-step",
                    "workflow %.*s / step %.*s: no path leads to this step; remove it, or let an action lead here",
                    SV_ARG(workflow->id), SV_ARG(step->id));
    }
  }
  return true;
}

static bool reads_from(const struct step *reader, const struct step *of) {
  for (const struct step_read *read = reader->reads; read; read = read->next) {
    if (read->of == of) {
      return true;
    }
  }
  return false;
}

static bool is_read(const struct workflow *workflow, const struct step *of) {
  for (size_t i = 0; i < workflow->step_count; i++) {
    if (reads_from(&workflow->steps[i], of)) {
      return true;
    }
  }
  return false;
}

static bool refuse_read(const struct compiler *compiler, const struct step *reader, const struct step *of,
                        struct err *e) {
  const struct step_read *read = reader->reads;
  while (read->of != of) {
    read = read->next;
  }
  source_report(
      compiler->source, reference_place(read->node, read->text), e, ERR_INVALID,
      "an output of the step '%.*s' is read here, but no path leads from that step to this one; put it before, or "
      "name it in 'dependsOn'",
      SV_ARG(of->id));
  return err_in(e, "step %.*s", SV_ARG(reader->id));
}

/* Refuses the steps that read outputs of `of`, and that no path from it leads to. */
static bool check_readers(const struct compiler *compiler, const struct step *of, struct walk *walk, struct err *e) {
  struct err one;
  err_clear(&one);
  walk_from(walk, of);
  for (size_t i = 0; i < walk->workflow->step_count; i++) {
    const struct step *reader = &walk->workflow->steps[i];
    if (walk->seen[i] || !reads_from(reader, of)) {
      continue;
    }
    refuse_read(compiler, reader, of, &one);
    if (!findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

static bool check_reads(const struct compiler *compiler, const struct workflow *workflow, struct walk *walk,
                        struct err *e) {
  struct err one;
  err_clear(&one);
  for (size_t i = 0; i < workflow->step_count; i++) {
    const struct step *of = &workflow->steps[i];
    bool is_good = !is_read(workflow, of) || check_readers(compiler, of, walk, &one);
    if (!is_good && !findings_gather(compiler->findings, NULL, &one, e)) {
      return false;
    }
  }
  return e->code == ERR_NONE;
}

bool flow_check(struct compiler *compiler, struct workflow *workflow, struct err *e) {
  struct walk walk;
  if (workflow->is_partial) {
    return true;
  }
  if (!uses_depends_on(workflow)) {
    keep_order(workflow);
  } else if (!sort_steps(compiler, workflow, e)) {
    return err_unit(e, "flow");
  }
  return (walk_new(compiler, workflow, &walk, e) && warn_unreachable(compiler, workflow, &walk) &&
          check_reads(compiler, workflow, &walk, e)) ||
         err_unit(e, "flow");
}

/* ---- calls ---- */

/* The workflows on the path from the one that is checked. */
struct chain {
  const struct workflow *workflow;
  const struct chain *before;
};

static bool leads_back(const struct chain *chain, const struct workflow *workflow) {
  for (; chain; chain = chain->before) {
    if (chain->workflow == workflow) {
      return true;
    }
  }
  return false;
}

static bool follow(const struct chain *chain, bool *done, unsigned depth, struct err *e);

static bool follow_into(const struct chain *chain, const struct workflow *workflow, const json *node, bool *done,
                        unsigned depth, struct err *e) {
  const struct chain next = {workflow, chain};
  const struct source *source = chain->workflow->document->source;
  if (leads_back(chain, workflow)) {
    return source_error(source, node, e, ERR_INVALID,
                        "the workflow '%.*s' leads back to itself before any request is sent; it would never end",
                        SV_ARG(workflow->id));
  }
  if (depth >= LIMIT_WORKFLOW_DEPTH) {
    return source_error(source, node, e, ERR_LIMIT, "workflows run each other deeper than %d levels",
                        LIMIT_WORKFLOW_DEPTH);
  }
  return follow(&next, done, depth, e);
}

/* What runs before the workflow's first request: what it depends on, and what its first step runs. `done` has those that were
 * followed already. */
static bool follow(const struct chain *chain, bool *done, unsigned depth, struct err *e) {
  const struct workflow *workflow = chain->workflow;
  const json *list = json_get(workflow->node, SV("dependsOn"));
  if (done[workflow->number]) {
    return true;
  }
  for (size_t i = 0; i < workflow->depends_on_count; i++) {
    if (!follow_into(chain, workflow->depends_on[i], json_at(list, i), done, depth + 1, e)) {
      return false;
    }
  }
  const struct step *first = workflow->first;
  if (first->call &&
      !follow_into(chain, first->call->workflow, json_get(first->node, SV("workflowId")), done, depth + 1, e)) {
    return false;
  }
  done[workflow->number] = true;
  return true;
}

bool flow_check_calls(struct arena *arena, const struct document_set *set, struct err *e) {
  bool *done = arena_array(arena, set->workflow_count + 1, sizeof *done);
  if (!done) {
    return err_memory(e);
  }
  for (size_t i = 0; i < set->count; i++) {
    for (size_t j = 0; j < set->items[i]->workflow_count; j++) {
      const struct chain start = {&set->items[i]->workflows[j], NULL};
      if (!follow(&start, done, 1, e)) {
        return err_in(e, "workflow %.*s", SV_ARG(start.workflow->id));
      }
    }
  }
  return true;
}

/* ---- deletions ---- */

/* The deletion that the list of steps leads to, as far as it is known of the workflows that the steps run. */
static const struct step *deletion_of(const struct workflow *workflow) {
  for (size_t i = 0; i < workflow->depends_on_count; i++) {
    if (workflow->depends_on[i]->deletion) {
      return workflow->depends_on[i]->deletion;
    }
  }
  for (const struct step *step = workflow->first; step; step = step->after) {
    if (step->deletes) {
      return step;
    }
    if (step->call && step->call->workflow->deletion) {
      return step->call->workflow->deletion;
    }
    if (step->on_success.count) {
      return NULL;
    }
  }
  return NULL;
}

/* True when something new was found in the document's workflows. */
static bool note_deletions(struct document *document) {
  bool changed = false;
  for (size_t i = 0; i < document->workflow_count; i++) {
    struct workflow *workflow = &document->workflows[i];
    if (!workflow->deletion) {
      workflow->deletion = deletion_of(workflow);
      changed = changed || workflow->deletion;
    }
  }
  return changed;
}

/* Goes over all workflows until nothing new is found: each may run each. */
void flow_note_deletions(struct document_set *set) {
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = 0; i < set->count; i++) {
      changed = note_deletions(set->items[i]) || changed;
    }
  }
}
