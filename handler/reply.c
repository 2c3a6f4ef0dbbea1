/* Writing responses. nextStepId, waitSeconds and state are there only while the run goes on, outputs once it is over, error
 * only when it failed. */
#include "reply.h"

#include <math.h>

#include "arena.h"
#include "errinfo.h"
#include "limits.h"
#include "masking.h"
#include "sb.h"
#include "state.h"

/* A response under construction: `good` is false once memory ran out. */
struct reply {
  struct arena *arena;
  const struct masking *masking;
  json *root;
  bool good;
};

static void set(struct reply *reply, json *object, const char *name, json *value) {
  reply->good = reply->good && json_set(reply->arena, object, sv_from(name), value);
}

static void set_text(struct reply *reply, json *object, const char *name, sv text) {
  set(reply, object, name, json_new_string(reply->arena, text));
}

/* Text that a request or an answer had a part in. */
static void set_masked(struct reply *reply, json *object, const char *name, sv text) {
  set_text(reply, object, name, masking_apply(reply->masking, reply->arena, text));
}

static void set_masked_if(struct reply *reply, json *object, const char *name, sv text) {
  if (text.len) {
    set_masked(reply, object, name, text);
  }
}

static void set_integer(struct reply *reply, json *object, const char *name, int64_t value) {
  set(reply, object, name, json_new_integer(reply->arena, value));
}

/* An id of a step is one of the run's workflow unless another workflow is named. */
static void set_workflow(struct reply *reply, json *object, const char *name, const struct run *run,
                         const struct workflow *workflow) {
  if (workflow != run_workflow(run)) {
    set_text(reply, object, name, workflow->id);
  }
}

static void add_last_step(struct reply *reply, const struct run *run, const struct advance *advance) {
  struct arena *arena = reply->arena;
  json *step = json_new_object(arena);
  set(reply, reply->root, "lastStep", step);
  set_text(reply, step, "stepId", advance->step->id);
  set_workflow(reply, step, "workflowId", run, advance->workflow);
  set_text(reply, step, "method", advance->step->operation->method);
  set_masked(reply, step, "url", advance->url);
  if (advance->status_code) {
    set_integer(reply, step, "statusCode", advance->status_code);
  }
  set(reply, step, "success", json_new_boolean(arena, advance->success));
  set_text(reply, step, "action", sv_from(run_action_name(advance->action)));
  set_integer(reply, step, "attempts", advance->attempts);
  set(reply, step, "durationMs", json_new_real(arena, round((double)advance->duration_us / 100.0) / 10.0));
  set_masked_if(reply, step, "requestId", advance->request_id);
}

static void add_error(struct reply *reply, const struct run *run, const struct advance *advance) {
  json *error = json_new_object(reply->arena);
  set(reply, reply->root, "error", error);
  set_text(reply, error, "name", sv_from(run_error_name(advance->error)));
  set_masked(reply, error, "message", advance->message);
  set_text(reply, error, "stepId", advance->step->id);
  set_workflow(reply, error, "workflowId", run, advance->workflow);
  if (advance->status_code) {
    set_integer(reply, error, "statusCode", advance->status_code);
  }
  set_masked_if(reply, error, "awsErrorType", advance->aws_error_type);
  set_masked_if(reply, error, "requestId", advance->request_id);
}

/* What every response says of its run. */
static void add_run(struct reply *reply, const struct run *run, const struct advance *advance) {
  set_text(reply, reply->root, "status", sv_from(run_status_name(advance->status)));
  set_text(reply, reply->root, "runId", run->id);
  set_text(reply, reply->root, "workflowId", run_workflow(run)->id);
  if (advance->status == RUN_RUNNING) {
    set_text(reply, reply->root, "nextStepId", run->top->next->id);
    set_workflow(reply, reply->root, "nextWorkflowId", run, run->top->workflow);
    set_integer(reply, reply->root, "waitSeconds", advance->wait_seconds);
  }
}

static bool write_reply(const struct run *run, const struct advance *advance, json *state, json *outputs,
                        const struct masking *masking, struct arena *arena, struct sb *out, struct err *e) {
  struct reply reply = {.arena = arena, .masking = masking, .root = json_new_object(arena), .good = true};
  add_run(&reply, run, advance);
  if (advance->sent) {
    add_last_step(&reply, run, advance);
  }
  if (outputs) {
    set(&reply, reply.root, "outputs", outputs);
  }
  if (advance->status == RUN_FAILED) {
    add_error(&reply, run, advance);
  }
  if (state) {
    set(&reply, reply.root, "state", state);
  }
  *out = sb_new(arena, LIMIT_RESPONSE_BYTES);
  json_write(out, reply.root);
  return (reply.good && out->state != SB_NO_MEMORY) || err_memory(e);
}

/* Turns the run into a failed one: its progress could not be handed on. */
static struct advance failed(const struct advance *advance, enum run_error error, sv message) {
  struct advance out = *advance;
  out.status = RUN_FAILED;
  out.error = error;
  out.message = message;
  return out;
}

static bool make_state(const struct run *run, struct advance *advance, size_t max_state_bytes, struct arena *arena,
                       json **state, struct err *e) {
  struct err why;
  err_clear(&why);
  *state = NULL;
  if (advance->status != RUN_RUNNING || state_write(run, arena, max_state_bytes, state, &why)) {
    return true;
  }
  if (why.code != ERR_LIMIT) {
    return err_set(e, why.code, "%s", why.text);
  }
  *state = NULL;
  sv message = sv_copy(arena, sv_from(why.text));
  *advance = failed(advance, RUN_STATE_TOO_LARGE, message);
  return true;
}

static size_t written_bytes(struct arena *arena, const json *value) {
  struct sb text = sb_new(arena, LIMIT_RESPONSE_BYTES);
  json_write(&text, value);
  return text.state == SB_OK ? text.len : SIZE_MAX;
}

static json *largest_output(struct arena *arena, const json *outputs) {
  json *largest = NULL;
  size_t most = 0;
  for (json *output = json_first(outputs); output; output = output->next) {
    size_t bytes = written_bytes(arena, output);
    if (bytes > most) {
      most = bytes;
      largest = output;
    }
  }
  return largest;
}

/* Outputs that whoever looped the function can't take would hide how the run ended: the largest ones become null, and a run
 * that succeeded says that it could not hand them over. */
static bool bound_outputs(struct advance *advance, size_t max_bytes, struct arena *arena, json *outputs,
                          struct err *e) {
  while (written_bytes(arena, outputs) > max_bytes) {
    const json *largest = largest_output(arena, outputs);
    if (!largest || json_type(largest) == JSON_NULL) {
      return true;
    }
    struct sb message = sb_new(arena, ERR_TEXT_BYTES);
    sb_format(&message, "the output %.*s is larger than a response may be (%zu bytes, ARAZZO_MAX_STATE_BYTES)",
              SV_ARG(json_name(largest)), max_bytes);
    if (advance->status == RUN_SUCCEEDED) {
      *advance = failed(advance, RUN_RESPONSE_TOO_LARGE, sb_view(&message));
    }
    if (!json_set(arena, outputs, json_name(largest), json_new_null(arena))) {
      return err_memory(e);
    }
  }
  return true;
}

static bool make_outputs(const struct run *run, struct advance *advance, size_t max_bytes, struct arena *arena,
                         json **outputs, struct err *e) {
  *outputs = NULL;
  return advance->status == RUN_RUNNING ||
         (frame_outputs(&run->frames[0], arena, outputs, e) && bound_outputs(advance, max_bytes, arena, *outputs, e));
}

bool reply_write(const struct run *run, struct advance *advance, size_t max_state_bytes, const struct masking *masking,
                 struct arena *arena, json **apart, sv *out, struct err *e) {
  struct sb text;
  json *state = NULL;
  json *outputs = NULL;
  if (!make_state(run, advance, max_state_bytes, arena, &state, e) ||
      !make_outputs(run, advance, max_state_bytes, arena, &outputs, e)) {
    return false;
  }
  if (apart) {
    *apart = state;
    state = NULL;
  }
  return write_reply(run, advance, state, outputs, masking, arena, &text, e) &&
         sb_finish(&text, "the response", out, e);
}

bool reply_write_failure(const struct run *run, struct advance *advance, enum run_error error, sv message,
                         const struct masking *masking, struct arena *arena, sv *out, struct err *e) {
  struct sb text;
  json *outputs = json_new_object(arena);
  *advance = failed(advance, error, message);
  advance->action = RUN_FAIL;
  const struct named_values *declared = &run_workflow(run)->outputs;
  for (size_t i = 0; i < declared->count; i++) {
    if (!json_set(arena, outputs, declared->items[i].name, json_new_null(arena))) {
      return err_memory(e);
    }
  }
  return write_reply(run, advance, NULL, outputs, masking, arena, &text, e) && sb_finish(&text, "the response", out, e);
}

bool reply_write_duplicate(const struct run *run, struct arena *arena, sv *out, struct err *e) {
  struct advance nothing = {.status = RUN_RUNNING};
  struct reply reply = {.arena = arena, .root = json_new_object(arena), .good = true};
  struct sb text = sb_new(arena, LIMIT_RESPONSE_BYTES);
  add_run(&reply, run, &nothing);
  set(&reply, reply.root, "duplicate", json_new_boolean(arena, true));
  json_write(&text, reply.root);
  return reply.good ? sb_finish(&text, "the response", out, e) : err_memory(e);
}

bool reply_write_ignored(sv why, struct arena *arena, sv *out, struct err *e) {
  json *root = json_new_object(arena);
  struct sb text = sb_new(arena, KIB(4));
  bool good = json_set(arena, root, SV("ignored"), json_new_string(arena, why));
  json_write(&text, root);
  return good ? sb_finish(&text, "the response", out, e) : err_memory(e);
}
