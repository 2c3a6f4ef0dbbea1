/* Runs between two invocations.
 *
 * The state travels through Step Functions, EventBridge and people's hands. Its content is therefore a JSON text inside a
 * string: no intermediary can round a number or reorder members of it. A SHA-256 over that text, the version and the
 * documents' digest finds every change, accidental or by hand, before anything is sent. It is no signature: whoever may
 * invoke the function can start any run anyway.
 *
 * Members of a frame that say nothing (no waits, no retries) are left out. */
#include "state.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"
#include "schema.h"
#include "secrets.h"
#include "shape.h"

#define STATE_VERSION 1
#define TIME_MAX_MS INT64_C(253402300799999) /* the end of the year 9999 */

static const char *const kind_words[] = {"run", "call", "dependency", "retryWorkflow", "retryStep"};
#define KIND_COUNT (sizeof kind_words / sizeof kind_words[0])

/* ---- writing ---- */

static bool digest_state(struct arena *arena, sv documents, sv content, struct sha256_hex *out, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_STATE_BYTES_MAX + KIB(1));
  struct sha256 digest;
  sv view;
  sb_format(&text, "arazzo-state %d\n%.*s\n", STATE_VERSION, SV_ARG(documents));
  sb_put(&text, content);
  if (!sb_finish(&text, "the state", &view, e) || !sha256(view, &digest, e)) {
    return false;
  }
  *out = sha256_to_hex(&digest);
  return true;
}

static void put_text(struct sb *out, const char *name, sv text) {
  sb_format(out, "\"%s\":", name);
  quote_json(out, text);
  sb_char(out, ',');
}

static void put_json(struct sb *out, const char *name, const json *value) {
  if (json_count(value) == 0) {
    return;
  }
  sb_format(out, "\"%s\":", name);
  json_write(out, value);
  sb_char(out, ',');
}

static void put_number(struct sb *out, const char *name, int64_t value) {
  if (value) {
    sb_format(out, "\"%s\":%lld,", name, (long long)value);
  }
}

static void put_workflow(struct sb *out, const char *name, const struct workflow *workflow, struct arena *arena) {
  put_text(out, name, workflow_key(arena, workflow));
}

static void write_frame(const struct frame *frame, struct arena *arena, struct sb *out) {
  sb_char(out, '{');
  put_text(out, "kind", sv_from(kind_words[frame->kind]));
  put_workflow(out, "workflow", frame->workflow, arena);
  if (frame->origin != frame->workflow) {
    put_workflow(out, "origin", frame->origin, arena);
  }
  put_number(out, "stepStartedMs", frame->step_started_ms);
  put_number(out, "waits", frame->waits);
  put_number(out, "maybeSent", frame->maybe_sent);
  put_number(out, "waitSeconds", frame->wait_seconds);
  put_json(out, "retries", frame->retries);
  put_json(out, "left", frame->left);
  put_json(out, "leftOutputs", frame->left_outputs);
  if (frame->kind != FRAME_RETRY_STEP) {
    put_json(out, "inputs", json_get(frame->scope, SV("inputs")));
    put_json(out, "steps", json_get(frame->scope, SV("steps")));
  }
  sb_put(out, SV("\"step\":"));
  quote_json(out, frame->next->id);
  sb_char(out, '}');
}

static bool write_content(const struct run *run, struct arena *arena, size_t max_bytes, struct sb *out, struct err *e) {
  *out = sb_new(arena, max_bytes);
  sb_char(out, '{');
  put_text(out, "runId", run->id);
  put_json(out, "finished", run->finished);
  sb_format(out, "\"startedMs\":%lld,\"stepsDone\":%u,\"frames\":[", (long long)run->started_ms, run->steps_done);
  for (size_t i = 0; i < run->depth; i++) {
    sb_put(out, i ? SV(",") : SV(""));
    write_frame(&run->frames[i], arena, out);
  }
  sb_put(out, SV("]}"));
  return out->state != SB_NO_MEMORY || err_memory(e);
}

/* The output that takes most room, for the person who must make the state smaller. */
struct largest {
  sv step_id;
  sv name;
  size_t bytes;
};

static void find_largest(const json *steps, struct arena *arena, struct largest *largest) {
  for (const json *step = json_first(steps); step; step = step->next) {
    for (const json *output = json_first(json_get(step, SV("outputs"))); output; output = output->next) {
      struct sb text = sb_new(arena, LIMIT_RESPONSE_BODY_BYTES);
      json_write(&text, output);
      if (text.len > largest->bytes) {
        *largest = (struct largest){json_name(step), json_name(output), text.len};
      }
    }
  }
}

static bool too_large(const struct run *run, struct arena *arena, size_t max_bytes, struct err *e) {
  struct largest largest = {SV(""), SV(""), 0};
  for (size_t i = 0; i < run->depth; i++) {
    find_largest(json_get(run->frames[i].scope, SV("steps")), arena, &largest);
  }
  return err_set(
      e, ERR_LIMIT,
      "the state is longer than %zu bytes (ARAZZO_MAX_STATE_BYTES); the largest output is %.*s.%.*s with %zu "
      "bytes: take only what later steps need of it",
      max_bytes, SV_ARG(largest.step_id), SV_ARG(largest.name), largest.bytes);
}

static bool make_envelope(const struct run *run, struct arena *arena, sv content, json **out, struct err *e) {
  struct sha256_hex sum;
  sv documents = sv_from(run->document->set->digest.text);
  json *state = json_new_object(arena);
  if (!digest_state(arena, documents, content, &sum, e)) {
    return false;
  }
  *out = state;
  return (json_set(arena, state, SV("v"), json_new_integer(arena, STATE_VERSION)) &&
          json_set(arena, state, SV("documents"), json_new_string(arena, documents)) &&
          json_set(arena, state, SV("run"), json_new_string(arena, content)) &&
          json_set(arena, state, SV("sum"), json_new_string(arena, sv_from(sum.text)))) ||
         err_memory(e);
}

bool state_write(const struct run *run, struct arena *arena, size_t max_bytes, json **out, struct err *e) {
  struct sb content;
  if (!write_content(run, arena, max_bytes, &content, e)) {
    return false;
  }
  if (content.state == SB_TOO_LONG) {
    return too_large(run, arena, max_bytes, e);
  }
  if (!make_envelope(run, arena, sb_view(&content), out, e)) {
    return false;
  }
  /* What counts is what is handed on: the content as a string, with its quotes escaped. */
  struct sb written = sb_new(arena, max_bytes);
  json_write(&written, *out);
  if (written.state == SB_TOO_LONG) {
    return too_large(run, arena, max_bytes, e);
  }
  return written.state == SB_OK || err_memory(e);
}

/* ---- reading ---- */

static const struct shape_field envelope_fields[] = {
    {"v", SHAPE_NUMBER, true},
    {"documents", SHAPE_STRING, true},
    {"run", SHAPE_STRING, true},
    {"sum", SHAPE_STRING, true},
    {NULL, 0, false},
};
static const struct shape envelope_shape = {"state", envelope_fields};

static const struct shape_field content_fields[] = {
    {"runId", SHAPE_STRING, true},     {"startedMs", SHAPE_NUMBER, true}, {"stepsDone", SHAPE_NUMBER, true},
    {"finished", SHAPE_OBJECT, false}, {"frames", SHAPE_ARRAY, true},     {NULL, 0, false},
};
static const struct shape content_shape = {"state", content_fields};

static const struct shape_field frame_fields[] = {
    {"kind", SHAPE_STRING, true},           {"workflow", SHAPE_STRING, true},
    {"step", SHAPE_STRING, true},           {"origin", SHAPE_STRING, false},
    {"inputs", SHAPE_OBJECT, false},        {"steps", SHAPE_OBJECT, false},
    {"left", SHAPE_OBJECT, false},          {"leftOutputs", SHAPE_OBJECT, false},
    {"retries", SHAPE_OBJECT, false},       {"waits", SHAPE_NUMBER, false},
    {"stepStartedMs", SHAPE_NUMBER, false}, {"waitSeconds", SHAPE_NUMBER, false},
    {"maybeSent", SHAPE_NUMBER, false},     {NULL, 0, false},
};
static const struct shape frame_shape = {"frame of a state", frame_fields};

/* A state on its way in. */
struct reading {
  struct arena *arena;
  const struct document_set *set;
  struct run *run;
  struct err *e;
};

/* Everything that can be checked of the envelope before its content is parsed. */
static bool open_envelope(struct arena *arena, const struct document *document, const json *state, json **content,
                          enum state_fault *fault, struct err *e) {
  struct sha256_hex sum;
  int64_t version = 0;
  if (!shape_check_value(state, &envelope_shape, e)) {
    return false;
  }
  if (!json_to_int(json_get(state, SV("v")), &version) || version != STATE_VERSION) {
    return err_set(e, ERR_INVALID,
                   "the state has version %.*s, but this function reads version %d; start the run anew, "
                   "or finish it with the function version that began it",
                   SV_ARG(json_number_text(json_get(state, SV("v")))), STATE_VERSION);
  }
  sv documents = json_string(json_get(state, SV("documents")));
  sv text = json_string(json_get(state, SV("run")));
  if (text.len > LIMIT_STATE_BYTES_MAX) {
    return err_set(e, ERR_LIMIT, "the state is longer than %zu bytes", LIMIT_STATE_BYTES_MAX);
  }
  if (!digest_state(arena, documents, text, &sum, e)) {
    return false;
  }
  if (!sv_eq(sv_from(sum.text), json_string(json_get(state, SV("sum"))))) {
    return err_set(e, ERR_INVALID, "the state was changed after the function wrote it; pass on 'state' as it was");
  }
  if (!sv_eq(documents, sv_from(document->set->digest.text))) {
    *fault = STATE_DOCUMENT_CHANGED;
    return err_set(e, ERR_INVALID,
                   "the run began with other documents than this function has; finish it with the function version "
                   "(alias) that began it, or start it anew");
  }
  return json_parse(arena, text, content, e);
}

/* A count; 0 when it is left out. */
static bool read_counter(const struct reading *r, const json *object, const char *name, int64_t max, int64_t *out) {
  const json *node = json_get(object, sv_from(name));
  *out = 0;
  if (node && (!json_to_int(node, out) || *out < 0 || *out > max)) {
    return err_set(r->e, ERR_INVALID, "'%s' of the state must be a whole number from 0 to %lld", name, (long long)max);
  }
  return true;
}

/* The workflow of a key that workflow_key made. */
static const struct workflow *find_workflow(const struct reading *r, sv key) {
  sv index;
  sv id;
  unsigned long long number = 0;
  if (!sv_split(key, '/', &index, &id) || !sv_to_uint(index, LIMIT_DOCUMENTS, &number) || number >= r->set->count) {
    return NULL;
  }
  return document_workflow(r->set->items[number], id);
}

static bool read_workflow(const struct reading *r, const json *node, const struct workflow **out) {
  *out = find_workflow(r, json_string(node));
  return *out || err_set(r->e, ERR_INVALID, "the state names a workflow '%.*s', which the documents do not have",
                         SV_ARG(sv_slice(json_string(node), 0, 200)));
}

static bool read_kind(const struct reading *r, const json *node, enum frame_kind *out) {
  for (size_t i = 0; i < KIND_COUNT; i++) {
    if (sv_eq(json_string(node), sv_from(kind_words[i]))) {
      *out = (enum frame_kind)i;
      return true;
    }
  }
  return err_set(r->e, ERR_INVALID, "the state has a frame of an unknown kind");
}

static bool names_retry(const struct step *step, sv name) {
  for (size_t i = 0; i < step->on_failure.count; i++) {
    const struct action *action = &step->on_failure.items[i];
    if (action->type == ACTION_RETRY && sv_eq(action->name, name)) {
      return true;
    }
  }
  return false;
}

static bool check_retries(const struct reading *r, const json *retries, const struct step *step) {
  for (const json *each = json_first(retries); each; each = each->next) {
    int64_t count = 0;
    if (!names_retry(step, json_name(each)) || !json_to_int(each, &count) || count < 1 || count > LIMIT_STEPS_MAX) {
      return err_set(r->e, ERR_INVALID, "'retries' of the state has an entry '%.*s', which counts no retry of the step",
                     SV_ARG(json_name(each)));
    }
  }
  return true;
}

static bool check_steps(const struct reading *r, const json *steps, const struct workflow *workflow) {
  for (const json *each = json_first(steps); each; each = each->next) {
    if (!workflow_step(workflow, json_name(each)) || json_type(json_get(each, SV("outputs"))) != JSON_OBJECT) {
      return err_set(r->e, ERR_INVALID, "'steps' of the state has an entry '%.*s', which is no step with outputs",
                     SV_ARG(json_name(each)));
    }
  }
  return true;
}

/* A copy of the member, or an empty object. */
static json *copy_object(const struct reading *r, const json *object, const char *name) {
  const json *member = json_get(object, sv_from(name));
  return member ? json_copy(r->arena, member) : json_new_object(r->arena);
}

static bool read_scope(const struct reading *r, const json *node, struct frame *frame) {
  json *inputs = copy_object(r, node, "inputs");
  if (!check_steps(r, json_get(node, SV("steps")), frame->workflow)) {
    return false;
  }
  frame->scope = json_new_object(r->arena);
  if (!json_set(r->arena, frame->scope, SV("inputs"), inputs) ||
      !json_set(r->arena, frame->scope, SV("steps"), copy_object(r, node, "steps"))) {
    return err_memory(r->e);
  }
  return (!frame->workflow->inputs || schema_check(frame->workflow->inputs, r->arena, inputs, r->e)) &&
         secrets_add(r->run->secrets, frame->workflow, inputs, r->arena, r->e);
}

static bool read_counters(const struct reading *r, const json *node, struct frame *frame) {
  int64_t waits = 0;
  int64_t maybe_sent = 0;
  if (!read_counter(r, node, "waits", LIMIT_DURABLE_RETRIES, &waits) ||
      !read_counter(r, node, "maybeSent", 1, &maybe_sent) ||
      !read_counter(r, node, "stepStartedMs", TIME_MAX_MS, &frame->step_started_ms) ||
      !read_counter(r, node, "waitSeconds", LIMIT_WAIT_SECONDS_MAX, &frame->wait_seconds)) {
    return false;
  }
  frame->waits = (unsigned)waits;
  frame->maybe_sent = maybe_sent != 0;
  return true;
}

static bool read_names(const struct reading *r, const json *node, struct frame *frame) {
  const json *origin = json_get(node, SV("origin"));
  sv step = json_string(json_get(node, SV("step")));
  if (!read_kind(r, json_get(node, SV("kind")), &frame->kind) ||
      !read_workflow(r, json_get(node, SV("workflow")), &frame->workflow) ||
      !read_workflow(r, origin ? origin : json_get(node, SV("workflow")), &frame->origin)) {
    return false;
  }
  frame->next = workflow_step(frame->workflow, step);
  return frame->next || err_set(r->e, ERR_INVALID, "the state names a step '%.*s', which the workflow does not have",
                                SV_ARG(sv_slice(step, 0, 200)));
}

static bool depends_on(const struct workflow *workflow, const struct workflow *other) {
  for (size_t i = 0; i < workflow->depends_on_count; i++) {
    if (workflow->depends_on[i] == other) {
      return true;
    }
  }
  return false;
}

/* True when a retry of the step runs this workflow first, or this step. */
static bool retries_with(const struct step *step, const struct workflow *workflow, const struct step *helper) {
  for (size_t i = 0; i < step->on_failure.count; i++) {
    const struct action *action = &step->on_failure.items[i];
    bool is_meant = workflow ? action->call && action->call->workflow == workflow : action->target == helper;
    if (action->type == ACTION_RETRY && is_meant) {
      return true;
    }
  }
  return false;
}

/* Whether a frame of this kind can stand on the one below. */
static bool fits(const struct frame *frame, const struct frame *below) {
  switch (frame->kind) {
  case FRAME_FIRST:
    return !below;
  case FRAME_CALL:
    return below && below->next->call && below->next->call->workflow == frame->origin;
  case FRAME_DEPENDENCY:
    return below && depends_on(below->workflow, frame->origin);
  case FRAME_RETRY_WORKFLOW:
    return below && retries_with(below->next, frame->origin, NULL);
  case FRAME_RETRY_STEP:
    return below && below->workflow == frame->workflow && retries_with(below->next, NULL, frame->next);
  }
  return false;
}

/* Every name in the object must be a workflow's key. */
static bool check_keys(const struct reading *r, const json *object, const char *what) {
  for (const json *each = json_first(object); each; each = each->next) {
    if (!find_workflow(r, json_name(each))) {
      return err_set(r->e, ERR_INVALID, "'%s' of the state has an entry '%.*s', which is no workflow", what,
                     SV_ARG(sv_slice(json_name(each), 0, 200)));
    }
  }
  return true;
}

static bool read_frame(const struct reading *r, const json *node) {
  struct run *run = r->run;
  struct frame *frame = &run->frames[run->depth];
  const struct frame *below = run->depth ? frame - 1 : NULL;
  if (!shape_check_value(node, &frame_shape, r->e) || !read_names(r, node, frame) || !read_counters(r, node, frame) ||
      !check_retries(r, json_get(node, SV("retries")), frame->next)) {
    return false;
  }
  if (!fits(frame, below)) {
    return err_set(r->e, ERR_INVALID, "the state has a frame where none of its kind can be");
  }
  if (!check_keys(r, json_get(node, SV("left")), "left")) {
    return false;
  }
  frame->left = copy_object(r, node, "left");
  frame->left_outputs = copy_object(r, node, "leftOutputs");
  frame->retries = copy_object(r, node, "retries");
  if (!frame->left || !frame->left_outputs || !frame->retries) {
    return err_memory(r->e);
  }
  frame->scope = below ? below->scope : NULL;
  run->depth++;
  run->top = frame;
  return frame->kind == FRAME_RETRY_STEP || read_scope(r, node, frame);
}

static bool read_frames(const struct reading *r, const json *list) {
  size_t count = json_count(list);
  if (count == 0 || count > LIMIT_WORKFLOW_DEPTH) {
    return err_set(r->e, ERR_INVALID, "the state must have 1 to %d frames, but has %zu", LIMIT_WORKFLOW_DEPTH, count);
  }
  for (const json *node = json_first(list); node; node = node->next) {
    if (!read_frame(r, node)) {
      return false;
    }
  }
  return true;
}

static bool read_finished(const struct reading *r, const json *finished) {
  for (const json *each = json_first(finished); each; each = each->next) {
    if (json_type(each) != JSON_OBJECT) {
      return err_set(r->e, ERR_INVALID, "'finished' of the state has an entry that is no pass of a workflow");
    }
  }
  if (!check_keys(r, finished, "finished")) {
    return false;
  }
  if (finished) {
    r->run->finished = json_copy(r->arena, finished);
  }
  return r->run->finished || err_memory(r->e);
}

static bool read_content(const struct reading *r, const json *content) {
  int64_t steps = 0;
  struct run *run = r->run;
  if (!shape_check_value(content, &content_shape, r->e) ||
      !run_check_id(json_string(json_get(content, SV("runId"))), r->e) ||
      !read_counter(r, content, "startedMs", TIME_MAX_MS, &run->started_ms) ||
      !read_counter(r, content, "stepsDone", LIMIT_STEPS_MAX, &steps)) {
    return false;
  }
  run->id = json_string(json_get(content, SV("runId")));
  run->steps_done = (unsigned)steps;
  return read_finished(r, json_get(content, SV("finished"))) && read_frames(r, json_get(content, SV("frames"))) &&
         run_open_scope(run, r->arena, r->e);
}

bool state_read(struct arena *arena, const struct document *document, const json *state, struct run *out,
                enum state_fault *fault, struct err *e) {
  struct reading reading = {arena, document->set, out, e};
  json *content = NULL;
  *fault = STATE_INVALID;
  bool good = run_open(arena, document, out, e) && open_envelope(arena, document, state, &content, fault, e) &&
              read_content(&reading, content);
  if (good || e->code == ERR_MEMORY) {
    *fault = STATE_GOOD;
  }
  return good;
}
