/* Runs and their state.
 *
 * The state travels through Step Functions, EventBridge and people's hands. Its content is therefore a JSON text inside a
 * string: no intermediary can round a number or reorder members of it. A SHA-256 over that text, the version and the
 * documents' digest finds every change, accidental or by hand, before anything is sent. It is no signature: whoever may
 * invoke the function can start any run anyway. */
#include "run.h"

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "quote.h"
#include "sb.h"
#include "schema.h"
#include "shape.h"

#define STATE_VERSION 1

bool run_start(struct arena *arena, const struct document *document, const struct workflow *workflow, sv id,
               json *inputs, int64_t now_ms, struct run *out, struct err *e) {
  *out = (struct run){.id = id, .document = document, .workflow = workflow, .started_ms = now_ms};
  out->next = &workflow->steps[0];
  out->scope = json_new_object(arena);
  out->retries = json_new_object(arena);
  bool good = out->retries && json_set(arena, out->scope, SV("inputs"), inputs) &&
              json_set(arena, out->scope, SV("steps"), json_new_object(arena));
  return good || err_memory(e);
}

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

static void put_member(struct sb *out, const char *name, const json *value) {
  sb_format(out, ",\"%s\":", name);
  json_write(out, value);
}

static bool write_content(const struct run *run, struct arena *arena, size_t max_bytes, struct sb *out, struct err *e) {
  *out = sb_new(arena, max_bytes);
  sb_put(out, SV("{\"runId\":"));
  quote_json(out, run->id);
  sb_put(out, SV(",\"workflowId\":"));
  quote_json(out, run->workflow->id);
  sb_put(out, SV(",\"stepId\":"));
  quote_json(out, run->next->id);
  sb_format(out, ",\"startedMs\":%lld,\"stepsDone\":%u,\"waits\":%u,\"maybeSent\":%s", (long long)run->started_ms,
            run->steps_done, run->waits, run->maybe_sent ? "true" : "false");
  put_member(out, "retries", run->retries);
  put_member(out, "inputs", json_get(run->scope, SV("inputs")));
  put_member(out, "steps", json_get(run->scope, SV("steps")));
  sb_char(out, '}');
  return out->state != SB_NO_MEMORY || err_memory(e);
}

/* The output that takes most room, for the person who must make the state smaller. */
static bool too_large(const struct run *run, struct arena *arena, size_t max_bytes, struct err *e) {
  sv step_id = SV("");
  sv name = SV("");
  size_t largest = 0;
  for (const json *step = json_first(json_get(run->scope, SV("steps"))); step; step = step->next) {
    for (const json *output = json_first(json_get(step, SV("outputs"))); output; output = output->next) {
      struct sb text = sb_new(arena, LIMIT_RESPONSE_BODY_BYTES);
      json_write(&text, output);
      if (text.len > largest) {
        largest = text.len;
        step_id = json_name(step);
        name = json_name(output);
      }
    }
  }
  return err_set(
      e, ERR_LIMIT,
      "the state is longer than %zu bytes (ARAZZO_MAX_STATE_BYTES); the largest output is %.*s.%.*s with %zu "
      "bytes: take only what later steps need of it",
      max_bytes, SV_ARG(step_id), SV_ARG(name), largest);
}

static bool make_envelope(const struct run *run, struct arena *arena, sv content, json **out, struct err *e) {
  struct sha256_hex sum;
  sv documents = sv_from(run->document->digest.text);
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

bool run_write_state(const struct run *run, struct arena *arena, size_t max_bytes, json **out, struct err *e) {
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

static const struct shape_field envelope_fields[] = {
    {"v", SHAPE_NUMBER, true},
    {"documents", SHAPE_STRING, true},
    {"run", SHAPE_STRING, true},
    {"sum", SHAPE_STRING, true},
    {NULL, 0, false},
};
static const struct shape envelope_shape = {"state", envelope_fields};

static const struct shape_field content_fields[] = {
    {"runId", SHAPE_STRING, true},
    {"workflowId", SHAPE_STRING, true},
    {"stepId", SHAPE_STRING, true},
    {"startedMs", SHAPE_NUMBER, true},
    {"stepsDone", SHAPE_NUMBER, true},
    {"waits", SHAPE_NUMBER, true},
    {"maybeSent", SHAPE_BOOLEAN, true},
    {"retries", SHAPE_OBJECT, true},
    {"inputs", SHAPE_OBJECT, true},
    {"steps", SHAPE_OBJECT, true},
    {NULL, 0, false},
};
static const struct shape content_shape = {"state", content_fields};

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
  if (!sv_eq(documents, sv_from(document->digest.text))) {
    *fault = STATE_DOCUMENT_CHANGED;
    return err_set(e, ERR_INVALID,
                   "the run began with other documents than this function has; finish it with the function version "
                   "(alias) that began it, or start it anew");
  }
  return json_parse(arena, text, content, e);
}

static bool read_counter(const json *content, const char *name, int64_t max, int64_t *out, struct err *e) {
  const json *node = json_get(content, sv_from(name));
  if (!json_to_int(node, out) || *out < 0 || *out > max) {
    return err_set(e, ERR_INVALID, "'%s' of the state must be a whole number from 0 to %lld", name, (long long)max);
  }
  return true;
}

static bool read_counters(const json *content, struct run *out, struct err *e) {
  int64_t steps = 0;
  int64_t waits = 0;
  if (!read_counter(content, "startedMs", INT64_C(253402300799999), &out->started_ms, e) ||
      !read_counter(content, "stepsDone", LIMIT_STEPS_MAX, &steps, e) ||
      !read_counter(content, "waits", LIMIT_DURABLE_RETRIES, &waits, e)) {
    return false;
  }
  out->steps_done = (unsigned)steps;
  out->waits = (unsigned)waits;
  out->maybe_sent = json_is_true(json_get(content, SV("maybeSent")));
  return true;
}

/* Every name in the state must be one that the document has. */
static bool read_names(const json *content, const struct document *document, struct run *out, struct err *e) {
  sv workflow = json_string(json_get(content, SV("workflowId")));
  out->workflow = document_workflow(document, workflow);
  if (!out->workflow) {
    return err_set(e, ERR_INVALID, "the state names a workflow '%.*s', which the document does not have",
                   SV_ARG(workflow));
  }
  sv step = json_string(json_get(content, SV("stepId")));
  out->next = workflow_step(out->workflow, step);
  if (!out->next) {
    return err_set(e, ERR_INVALID, "the state names a step '%.*s', which the workflow does not have", SV_ARG(step));
  }
  for (const json *each = json_first(json_get(content, SV("steps"))); each; each = each->next) {
    if (!workflow_step(out->workflow, json_name(each)) || json_type(json_get(each, SV("outputs"))) != JSON_OBJECT) {
      return err_set(e, ERR_INVALID, "'steps' of the state has an entry '%.*s', which is no step with outputs",
                     SV_ARG(json_name(each)));
    }
  }
  return true;
}

bool run_check_id(sv id, struct err *e) {
  bool good = id.len > 0 && id.len <= LIMIT_RUN_ID_BYTES;
  for (size_t i = 0; i < id.len; i++) {
    good = good && id.ptr[i] > ' ' && id.ptr[i] <= '~';
  }
  return good || err_set(e, ERR_INVALID, "'runId' must have 1 to %d visible ASCII characters", LIMIT_RUN_ID_BYTES);
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

static bool check_retries(const json *retries, const struct step *step, struct err *e) {
  for (const json *each = json_first(retries); each; each = each->next) {
    int64_t count = 0;
    if (!names_retry(step, json_name(each)) || !json_to_int(each, &count) || count < 1 || count > LIMIT_STEPS_MAX) {
      return err_set(e, ERR_INVALID, "'retries' of the state has an entry '%.*s', which counts no retry of the step",
                     SV_ARG(json_name(each)));
    }
  }
  return true;
}

static bool check_inputs(struct arena *arena, const json *inputs, const struct workflow *workflow, struct err *e) {
  return !workflow->inputs || schema_check(workflow->inputs, arena, inputs, e);
}

static bool check_content(struct arena *arena, const json *content, const struct run *run, struct err *e) {
  return run_check_id(json_string(json_get(content, SV("runId"))), e) &&
         check_retries(json_get(content, SV("retries")), run->next, e) &&
         check_inputs(arena, json_get(content, SV("inputs")), run->workflow, e);
}

static bool read_content(struct arena *arena, const json *content, struct run *out, struct err *e) {
  out->id = json_string(json_get(content, SV("runId")));
  out->scope = json_new_object(arena);
  out->retries = json_copy(arena, json_get(content, SV("retries")));
  return (out->retries &&
          json_set(arena, out->scope, SV("inputs"), json_copy(arena, json_get(content, SV("inputs")))) &&
          json_set(arena, out->scope, SV("steps"), json_copy(arena, json_get(content, SV("steps"))))) ||
         err_memory(e);
}

bool run_read_state(struct arena *arena, const struct document *document, const json *state, struct run *out,
                    enum state_fault *fault, struct err *e) {
  json *content = NULL;
  *fault = STATE_INVALID;
  *out = (struct run){.document = document};
  bool good = open_envelope(arena, document, state, &content, fault, e) &&
              shape_check_value(content, &content_shape, e) && read_counters(content, out, e) &&
              read_names(content, document, out, e) && check_content(arena, content, out, e) &&
              read_content(arena, content, out, e);
  if (good || e->code == ERR_MEMORY) {
    *fault = STATE_GOOD;
  }
  return good;
}

bool run_has_run(const struct run *run, const struct step *step) {
  return json_get(json_get(run->scope, SV("steps")), step->id) != NULL;
}

bool run_set_outputs(struct run *run, struct arena *arena, const struct step *step, json *outputs, struct err *e) {
  json *entry = json_new_object(arena);
  return (json_set(arena, entry, SV("outputs"), outputs) &&
          json_set(arena, json_get(run->scope, SV("steps")), step->id, entry)) ||
         err_memory(e);
}

bool run_go_to(struct run *run, struct arena *arena, const struct step *step, struct err *e) {
  run->next = step;
  run->waits = 0;
  run->maybe_sent = false;
  run->retries = json_new_object(arena);
  return run->retries || err_memory(e);
}

bool run_outputs(const struct run *run, struct arena *arena, json **out, struct err *e) {
  struct scope scope = {.root = run->scope};
  json *object = json_new_object(arena);
  for (size_t i = 0; i < run->workflow->outputs.count; i++) {
    const struct output *output = &run->workflow->outputs.items[i];
    json *value = NULL;
    if (!template_eval(output->value, &scope, arena, &value, NULL, e)) {
      return false;
    }
    if (!json_set(arena, object, output->name, value ? value : json_new_null(arena))) {
      return err_memory(e);
    }
  }
  *out = object;
  return object || err_memory(e);
}
