/* Traces are written step by step, and are whole JSON after each of them; the file gets its name when the run is over, or was
 * interrupted. Secrets of the run were taken out by record_masked. */
#include "trace.h"

#include "errinfo.h"
#include "masking.h"
#include "record_json.h"
#include "sb.h"

#define TAIL "\n], \"response\": null}\n"
#define STEP_BYTES MIB(256)

bool trace_open(struct trace *trace, sv path, struct err *e) {
  *trace = (struct trace){.has_steps = false};
  trace->is_open = new_file_open(&trace->file, path, e) || err_in(e, "--trace");
  return trace->is_open;
}

static void describe_settings(struct record *record, const struct handler *handler, json *head) {
  const struct configuration *configuration = &handler->configuration;
  record_set_integer(record, head, "pollSeconds", configuration->poll_seconds);
  record_set_integer(record, head, "maxSteps", configuration->max_steps);
  record_set_integer(record, head, "maxAttempts", configuration->max_attempts);
  if (configuration->region.len) {
    record_set_text(record, head, "region", configuration->region);
  }
}

/* What is said of the run; its workflow's inputs are those of its first frame. */
static json *describe_run(struct record *record, const struct handler *handler, const struct run *run) {
  json *head = json_new_object(record->arena);
  const json *inputs = json_get(run->frames[0].scope, SV("inputs"));
  record_set_integer(record, head, "arazzoTrace", 1);
  record_set_text(record, head, "creator", SV("arazzo " ARAZZO_VERSION));
  record_set_text(record, head, "document", handler->document->path);
  record_set_text(record, head, "documentsSha256", sv_from(handler->document->set->digest.text));
  describe_settings(record, handler, head);
  record_set_text(record, head, "runId", run->id);
  record_set_text(record, head, "workflowId", run_workflow(run)->id);
  record_set(record, head, "startedAt", record_time(record, run->started_ms));
  record_set_integer(record, head, "startedMs", run->started_ms);
  record_set(record, head, "isResumed", json_new_boolean(record->arena, run->steps_done > 1));
  record_set(record, head, "inputs", record_masked(record, run, inputs));
  return head;
}

static bool put_head(struct sb *text, struct record *record, const struct handler *handler, const struct run *run,
                     struct err *e) {
  struct sb head = sb_new(record->arena, STEP_BYTES);
  sv view;
  json_write_pretty(&head, describe_run(record, handler, run));
  if (record->is_lost || !sb_finish(&head, "the trace", &view, e)) {
    return err_memory(e);
  }
  sb_put(text, sv_slice(view, 0, view.len - 2)); /* without "\n}" */
  sb_put(text, SV(",\n  \"steps\": [\n"));
  return true;
}

bool trace_add(struct trace *trace, const struct handler *handler, const struct record *record, const struct run *run,
               const json *step, struct err *e) {
  struct record own = *record;
  struct sb text = sb_new(record->arena, STEP_BYTES);
  sv view;
  if (!trace->has_steps && !put_head(&text, &own, handler, run, e)) {
    return false;
  }
  sb_put(&text, trace->has_steps ? SV(",\n") : SV(""));
  json_write_pretty(&text, step);
  trace->has_steps = true;
  return sb_finish(&text, "a step of the trace", &view, e) && new_file_add(&trace->file, view, SV(TAIL), e);
}

static bool put_response(struct sb *text, struct arena *arena, const json *response) {
  json *own = response ? json_copy(arena, response) : json_new_null(arena);
  if (!own) {
    return false;
  }
  json_remove(own, SV("state"));
  json_remove(own, SV("outputs"));
  sb_put(text, SV("\n], \"response\": "));
  json_write_pretty(text, own);
  sb_put(text, SV("}\n"));
  return true;
}

bool trace_finish(struct trace *trace, struct arena *arena, const json *response, struct err *e) {
  struct sb text = sb_new(arena, LIMIT_RESPONSE_BYTES * 2);
  sv view;
  if (!trace->has_steps) {
    trace_drop(trace);
    return true;
  }
  trace->is_open = false;
  bool good = (put_response(&text, arena, response) || err_memory(e)) && sb_finish(&text, "the trace", &view, e) &&
              new_file_add(&trace->file, view, SV(""), e) && new_file_finish(&trace->file, e);
  return good || err_in(e, "--trace");
}

void trace_drop(struct trace *trace) {
  new_file_drop(&trace->file);
  trace->is_open = false;
}
