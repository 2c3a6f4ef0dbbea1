/* Events from options. */
#include "run_event.h"

#include "errinfo.h"
#include "given.h"
#include "replay.h"
#include "sb.h"

static const struct workflow *chosen_workflow(const struct session *session, const struct arguments *arguments) {
  const struct document *document = session->handler.document;
  sv id = arguments_text(arguments, "--workflow", SV(""));
  return id.len ? document_workflow(document, id) : &document->workflows[0];
}

bool run_event_mark_first(struct session *session, json *event) {
  json *delivery = json_new_object(session->invocation);
  return json_set(session->invocation, delivery, SV("retryCount"), json_new_integer(session->invocation, 0)) &&
         json_set(session->invocation, event, SV("delivery"), delivery);
}

bool run_event_write(struct session *session, const json *event, sv *out, struct err *e) {
  struct sb text = sb_new(session->invocation, LIMIT_RESPONSE_BYTES);
  json_write(&text, event);
  return sb_finish(&text, "the event", out, e);
}

/* An event that would start a run is refused; everything else is for the handler to judge. */
static bool resume_event(struct session *session, const struct arguments *arguments, sv *out, struct err *e) {
  json *event = NULL;
  struct err ignored;
  err_clear(&ignored);
  if (!given_text(session->invocation, arguments_text(arguments, "--resume", SV("")), LIMIT_EVENT_BYTES, out, e)) {
    return false;
  }
  if (json_parse(session->invocation, *out, &event, &ignored) &&
      (json_get(event, SV("inputs")) || json_get(event, SV("detail-type")))) {
    return err_set(e, ERR_INVALID, "--resume takes a response with status RUNNING; this is an event that starts a run");
  }
  return true;
}

static bool start_event(struct session *session, const struct arguments *arguments, json *inputs, json *event) {
  struct arena *arena = session->invocation;
  sv id = arguments_text(arguments, "--workflow", SV(""));
  return json_set(arena, event, SV("inputs"), inputs) &&
         (id.len == 0 || json_set(arena, event, SV("workflowId"), json_new_string(arena, id)));
}

bool run_event_make(struct session *session, const struct arguments *arguments, const struct replay *replay, sv *out,
                    struct err *e) {
  json *inputs = NULL;
  json *event = json_new_object(session->invocation);
  if (arguments_has(arguments, "--resume")) {
    return resume_event(session, arguments, out, e);
  }
  if (!given_inputs(session->invocation, arguments, chosen_workflow(session, arguments), &inputs, e)) {
    return false;
  }
  if (replay && !replay_event(replay, session->invocation, inputs, event, e)) {
    return false;
  }
  bool good = (replay || start_event(session, arguments, inputs, event)) && run_event_mark_first(session, event);
  return good ? run_event_write(session, event, out, e) : err_memory(e);
}
