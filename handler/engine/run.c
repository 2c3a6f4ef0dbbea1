/* The stack of frames. A frame's scope is the JSON object that its expressions read; a step that a retry runs first shares the
 * scope of the frame below, as it belongs to the same pass of the same workflow. */
#include "run.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"
#include "sb.h"
#include "secrets.h"

bool run_open(struct arena *arena, const struct document *document, struct run *out, struct err *e) {
  *out = (struct run){.document = document};
  out->frames = arena_array(arena, LIMIT_WORKFLOW_DEPTH, sizeof *out->frames);
  out->finished = json_new_object(arena);
  out->secrets = masking_new(arena);
  return (out->frames && out->finished && out->secrets) || err_memory(e);
}

bool run_start(struct arena *arena, const struct document *document, const struct workflow *workflow, sv id,
               json *inputs, int64_t now_ms, struct run *out, struct err *e) {
  if (!run_open(arena, document, out, e)) {
    return false;
  }
  out->id = id;
  out->started_ms = now_ms;
  return run_push(out, arena, FRAME_FIRST, workflow, inputs, e);
}

const struct workflow *run_workflow(const struct run *run) {
  return run->frames[0].origin;
}

bool run_check_id(sv id, struct err *e) {
  bool good = id.len > 0 && id.len <= LIMIT_RUN_ID_BYTES;
  for (size_t i = 0; i < id.len; i++) {
    good = good && id.ptr[i] > ' ' && id.ptr[i] <= '~';
  }
  return good || err_set(e, ERR_INVALID, "'runId' must have 1 to %d visible ASCII characters", LIMIT_RUN_ID_BYTES);
}

sv workflow_key(struct arena *arena, const struct workflow *workflow) {
  struct sb key = sb_new(arena, LIMIT_EXPRESSION_BYTES);
  sb_format(&key, "%zu/%.*s", workflow->document->index, SV_ARG(workflow->id));
  return sb_view(&key);
}

/* Looked up without a key that would have to be made: where memory is short, a workflow must not seem to be unfinished. */
static const json *find_key(const json *object, const struct workflow *workflow) {
  for (const json *each = json_first(object); each; each = each->next) {
    sv index;
    sv id;
    unsigned long long number = 0;
    if (sv_split(json_name(each), '/', &index, &id) && sv_eq(id, workflow->id) &&
        sv_to_uint(index, LIMIT_DOCUMENTS, &number) && number == workflow->document->index) {
      return each;
    }
  }
  return NULL;
}

static const json *finished_pass(const struct run *run, const struct workflow *workflow) {
  return find_key(run->finished, workflow);
}

/* ---- what expressions read of other workflows, and of the document ---- */

/* Whether anything is read of the workflow from outside of it. */
static bool is_read(const struct workflow *workflow) {
  return workflow->inputs_are_read || workflow->outputs_are_read || workflow->steps_are_read;
}

static bool put_copy(struct arena *arena, json *object, sv name, const json *value) {
  return !value || json_set(arena, object, name, json_copy(arena, value));
}

/* Outputs as expressions read them: what has no value is not there, as with the outputs of steps. */
static bool put_outputs(struct arena *arena, json *object, const json *outputs) {
  json *copy = json_new_object(arena);
  for (const json *each = json_first(outputs); each; each = each->next) {
    if (json_type(each) != JSON_NULL && !put_copy(arena, copy, json_name(each), each)) {
      return false;
    }
  }
  return json_set(arena, object, SV("outputs"), copy);
}

/* What is kept of a pass of a workflow. */
static json *kept_pass(struct arena *arena, const struct workflow *workflow, const json *scope, const json *outputs) {
  json *pass = json_new_object(arena);
  bool good = (!workflow->inputs_are_read || put_copy(arena, pass, SV("inputs"), json_get(scope, SV("inputs")))) &&
              (!workflow->outputs_are_read || !outputs || put_outputs(arena, pass, outputs)) &&
              (!workflow->steps_are_read || put_copy(arena, pass, SV("steps"), json_get(scope, SV("steps"))));
  return good ? pass : NULL;
}

static bool add_finished(struct run *run, struct arena *arena, const struct document *document, json *workflows) {
  for (size_t i = 0; i < document->workflow_count; i++) {
    const struct workflow *workflow = &document->workflows[i];
    const json *pass = is_read(workflow) ? finished_pass(run, workflow) : NULL;
    if (!put_copy(arena, workflows, workflow->id, pass)) {
      return false;
    }
  }
  return true;
}

static bool add_under_way(struct run *run, struct arena *arena, const struct document *document, json *workflows) {
  for (size_t i = 0; i < run->depth; i++) {
    const struct frame *frame = &run->frames[i];
    const struct workflow *workflow = frame->workflow;
    if (workflow->document == document && is_read(workflow) &&
        !json_set(arena, workflows, workflow->id, kept_pass(arena, workflow, frame->scope, NULL))) {
      return false;
    }
  }
  return true;
}

static bool add_sources(struct arena *arena, const struct document *document, json *sources) {
  for (size_t i = 0; i < document->description_count; i++) {
    const struct description *description = &document->descriptions[i];
    if (!put_copy(arena, sources, description->name, description->node)) {
      return false;
    }
  }
  return true;
}

bool run_open_scope(struct run *run, struct arena *arena, struct err *e) {
  const struct document *document = run->top->workflow->document;
  json *workflows = json_new_object(arena);
  json *sources = json_new_object(arena);
  json *scope = run->top->scope;
  bool good = add_finished(run, arena, document, workflows) && add_under_way(run, arena, document, workflows) &&
              add_sources(arena, document, sources) && json_set(arena, scope, SV("workflows"), workflows) &&
              json_set(arena, scope, SV("sourceDescriptions"), sources) &&
              (document->self.len == 0 || json_set(arena, scope, SV("self"), json_new_string(arena, document->self)));
  return good || err_memory(e);
}

/* ---- the stack ---- */

static bool add_frame(struct run *run, const struct frame *frame, struct err *e) {
  if (run->depth >= LIMIT_WORKFLOW_DEPTH) {
    return err_set(e, ERR_LIMIT, "workflows run each other deeper than %d levels", LIMIT_WORKFLOW_DEPTH);
  }
  run->top = &run->frames[run->depth++];
  *run->top = *frame;
  return true;
}

static bool fill_frame(struct run *run, struct frame *frame, struct arena *arena, const struct workflow *workflow,
                       json *inputs, struct err *e) {
  frame->workflow = workflow;
  frame->next = workflow->first;
  frame->scope = json_new_object(arena);
  frame->retries = json_new_object(arena);
  bool good = frame->retries && json_set(arena, frame->scope, SV("inputs"), inputs) &&
              json_set(arena, frame->scope, SV("steps"), json_new_object(arena));
  return good ? secrets_add(run->secrets, workflow, inputs, arena, e) : err_memory(e);
}

bool run_push(struct run *run, struct arena *arena, enum frame_kind kind, const struct workflow *workflow, json *inputs,
              struct err *e) {
  struct frame frame = {.kind = kind, .origin = workflow};
  return fill_frame(run, &frame, arena, workflow, inputs, e) && add_frame(run, &frame, e) &&
         run_open_scope(run, arena, e);
}

bool run_push_step(struct run *run, struct arena *arena, const struct step *step, struct err *e) {
  struct frame frame = {.kind = FRAME_RETRY_STEP, .next = step};
  frame.origin = run->top->origin;
  frame.workflow = run->top->workflow;
  frame.scope = run->top->scope;
  frame.retries = json_new_object(arena);
  return frame.retries ? add_frame(run, &frame, e) : err_memory(e);
}

static bool pass_on(struct arena *arena, json *from, json *to) {
  static const char *const names[] = {"url", "method", "statusCode", "request", "response"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    sv name = sv_from(names[i]);
    json *value = json_detach(from, name);
    json_remove(to, name);
    if (value && !json_set(arena, to, name, value)) {
      return false;
    }
  }
  return true;
}

bool run_pop(struct run *run, struct arena *arena, struct err *e) {
  const struct frame *popped = run->top;
  run->depth--;
  run->top = &run->frames[run->depth - 1];
  if (popped->kind == FRAME_RETRY_STEP) {
    return true;
  }
  return pass_on(arena, popped->scope, run->top->scope) ? run_open_scope(run, arena, e) : err_memory(e);
}

bool frame_has_been_in(const struct frame *frame, const struct workflow *workflow) {
  return frame->workflow == workflow || find_key(frame->left, workflow);
}

/* Notes that the frame's workflow is left. */
static bool note_left(struct arena *arena, const struct frame *frame, json **out) {
  sv key = workflow_key(arena, frame->workflow);
  *out = frame->left ? json_copy(arena, frame->left) : json_new_object(arena);
  return key.len && json_set(arena, *out, key, json_new_boolean(arena, true));
}

static bool note_pass(struct run *run, struct arena *arena, const json *outputs) {
  const struct frame *frame = run->top;
  sv key = workflow_key(arena, frame->workflow);
  return key.len && json_set(arena, run->finished, key, kept_pass(arena, frame->workflow, frame->scope, outputs));
}

bool run_transfer(struct run *run, struct arena *arena, const struct workflow *workflow, json *inputs, struct err *e) {
  struct frame frame = {.kind = run->top->kind, .origin = run->top->origin, .wait_seconds = run->top->wait_seconds};
  if (!note_left(arena, run->top, &frame.left)) {
    return err_memory(e);
  }
  if (!frame_outputs(run->top, arena, &frame.left_outputs, e) || !fill_frame(run, &frame, arena, workflow, inputs, e)) {
    return false;
  }
  if (!note_pass(run, arena, frame.left_outputs)) {
    return err_memory(e);
  }
  *run->top = frame;
  return run_open_scope(run, arena, e);
}

bool run_note_finished(struct run *run, struct arena *arena, const json *outputs, struct err *e) {
  const struct workflow *origin = run->top->origin;
  /* The one that a goto left was noted then; whoever ran it finds what the last one gave, too. */
  json *left = json_get(run->finished, workflow_key(arena, origin));
  bool is_replaced = origin != run->top->workflow && left && origin->outputs_are_read;
  return (note_pass(run, arena, outputs) && (!is_replaced || put_outputs(arena, left, outputs))) || err_memory(e);
}

bool run_has_finished(const struct run *run, const struct workflow *workflow) {
  return finished_pass(run, workflow) != NULL;
}

bool run_is_under_way(const struct run *run, const struct workflow *workflow) {
  for (size_t i = 0; i < run->depth; i++) {
    if (run->frames[i].workflow == workflow || run->frames[i].origin == workflow) {
      return true;
    }
  }
  return false;
}

/* ---- steps ---- */

static bool has_entry(const json *steps, const struct step *step) {
  return json_get(steps, step->id) != NULL;
}

bool frame_has_run(const struct frame *frame, const struct step *step) {
  return frame->workflow == step->workflow && has_entry(json_get(frame->scope, SV("steps")), step);
}

bool run_has_run(const struct run *run, const struct step *step) {
  if (run->top->workflow == step->workflow) {
    return frame_has_run(run->top, step);
  }
  for (size_t i = 0; i < run->depth; i++) {
    if (frame_has_run(&run->frames[i], step)) {
      return true;
    }
  }
  return has_entry(json_get(finished_pass(run, step->workflow), SV("steps")), step);
}

bool run_set_outputs(struct run *run, struct arena *arena, const struct step *step, json *outputs, struct err *e) {
  json *entry = json_new_object(arena);
  return (json_set(arena, entry, SV("outputs"), outputs) &&
          json_set(arena, json_get(run->top->scope, SV("steps")), step->id, entry)) ||
         err_memory(e);
}

bool run_go_to(struct run *run, struct arena *arena, const struct step *step, struct err *e) {
  struct frame *frame = run->top;
  frame->next = step;
  frame->waits = 0;
  frame->maybe_sent = false;
  frame->step_started_ms = 0;
  frame->retries = json_new_object(arena);
  return frame->retries || err_memory(e);
}

/* ---- outputs ---- */

static bool put_output(struct arena *arena, json *object, const struct named_value *output, const struct scope *scope,
                       struct err *e) {
  json *value = NULL;
  if (!template_eval(output->value, scope, arena, &value, NULL, e)) {
    return false;
  }
  bool is_null = !value || json_type(value) == JSON_NULL;
  if (is_null && json_get(object, output->name)) {
    return true;
  }
  return json_set(arena, object, output->name, is_null ? json_new_null(arena) : value) || err_memory(e);
}

bool frame_outputs(const struct frame *frame, struct arena *arena, json **out, struct err *e) {
  struct scope scope = {.root = frame->scope};
  json *object = frame->left_outputs ? json_copy(arena, frame->left_outputs) : json_new_object(arena);
  for (size_t i = 0; object && i < frame->workflow->outputs.count; i++) {
    if (!put_output(arena, object, &frame->workflow->outputs.items[i], &scope, e)) {
      return false;
    }
  }
  *out = object;
  return object || err_memory(e);
}

bool run_set_called_outputs(struct run *run, struct arena *arena, const json *outputs, struct err *e) {
  return put_outputs(arena, run->top->scope, outputs) || err_memory(e);
}
