/* Reading events. What is neither a start object, nor a former response, nor an EventBridge event is refused: an event that
 * was meant otherwise must not start a run. */
#include "event.h"

#include <limits.h>

#include "errinfo.h"
#include "limits.h"
#include "shape.h"

static const struct shape_field start_fields[] = {
    {"workflowId", SHAPE_STRING, false}, {"inputs", SHAPE_OBJECT, true},    {"runId", SHAPE_STRING, false},
    {"run", SHAPE_OBJECT, false},        {"delivery", SHAPE_OBJECT, false}, {NULL, 0, false},
};
static const struct shape start_shape = {"start event ({\"workflowId\"?, \"inputs\", \"runId\"?, \"run\"?})",
                                         start_fields};

static const struct shape_field detail_fields[] = {
    {"workflowId", SHAPE_STRING, false},
    {"inputs", SHAPE_OBJECT, false},
    {"runId", SHAPE_STRING, false},
    {"run", SHAPE_OBJECT, false},
    {NULL, 0, false},
};
static const struct shape detail_shape = {"start object in 'detail'", detail_fields};

static bool read_start(const json *object, struct event *out, struct err *e) {
  const json *id = json_get(object, SV("runId"));
  out->workflow_id = json_string(json_get(object, SV("workflowId")));
  out->inputs = json_get(object, SV("inputs"));
  out->run_id = json_string(id);
  out->run = json_get(object, SV("run"));
  return out->run_id.len == 0 || run_check_id(out->run_id, e);
}

static bool read_delivery(const json *event, struct event *out, struct err *e) {
  const json *delivery = json_get(event, SV("delivery"));
  const json *count = json_get(delivery, SV("retryCount"));
  int64_t retries = 0;
  out->delivery = DELIVERY_UNKNOWN;
  if (!delivery) {
    return true;
  }
  if (!count || !json_to_int(count, &retries) || retries < 0) {
    return err_set(e, ERR_INVALID, "'delivery' must be {\"retryCount\": number}, with a whole number from 0");
  }
  out->delivery = retries == 0 ? DELIVERY_FIRST : DELIVERY_REPEATED;
  out->place.repeats = retries > UINT_MAX ? UINT_MAX : (unsigned)retries;
  return true;
}

static bool read_continuation(const json *event, struct event *out, struct err *e) {
  out->state = json_get(event, SV("state"));
  return schedule_input_read(json_get(event, SV("continuation")), &out->place, &out->is_over, e) &&
         read_delivery(event, out, e);
}

static bool read_end(const json *event, struct event *out, struct err *e) {
  out->run_id = json_string(json_get(event, SV("runId")));
  out->result = json_get(event, SV("result"));
  return run_check_id(out->run_id, e) &&
         schedule_input_read(json_get(event, SV("continuation")), &out->place, &out->is_over, e);
}

static bool read_eventbridge(const json *event, bool may_wake, struct event *out, struct err *e) {
  const json *detail = json_get(event, SV("detail"));
  if (detail && json_type(detail) != JSON_OBJECT) {
    return err_set(e, ERR_INVALID, "'detail' of the EventBridge event must be an object, but is %s",
                   json_type_name(detail));
  }
  sv type = json_string(json_get(event, SV("detail-type")));
  bool is_scheduled = sv_eq(type, SV("Scheduled Event"));
  bool is_start = json_get(detail, SV("inputs")) || json_get(detail, SV("workflowId"));
  if (!is_scheduled && !is_start && may_wake && json_count(json_get(event, SV("resources"))) > 0) {
    out->resources = json_get(event, SV("resources"));
    return true;
  }
  if (!is_scheduled && !is_start) {
    return err_set(
        e, ERR_INVALID,
        "an EventBridge event of type '%.*s' starts no run: its 'detail' has neither 'inputs' nor 'workflowId'",
        SV_ARG(sv_slice(type, 0, 80)));
  }
  out->delivery = DELIVERY_UNKNOWN;
  out->from_eventbridge = true;
  out->event_id = json_string(json_get(event, SV("id")));
  return (!json_first(detail) || shape_check_value(detail, &detail_shape, e)) && read_start(detail, out, e);
}

static bool refuse_finished(const json *event, struct err *e) {
  sv status = json_string(json_get(event, SV("status")));
  if (sv_eq(status, SV("SUCCEEDED")) || sv_eq(status, SV("FAILED"))) {
    return err_set(e, ERR_INVALID, "this is the response of a run that is over (%.*s); there is nothing to go on with",
                   SV_ARG(status));
  }
  return true;
}

static bool read_object(const json *event, bool may_wake, struct event *out, struct err *e) {
  if (json_get(event, SV("state"))) {
    return read_continuation(event, out, e);
  }
  if (json_get(event, SV("detail-type"))) {
    return read_eventbridge(event, may_wake, out, e);
  }
  if (json_get(json_get(event, SV("continuation")), SV("over"))) {
    return read_end(event, out, e);
  }
  if (json_count(event) == 0) {
    return err_set(e, ERR_INVALID,
                   "the event is empty; start a run with {\"inputs\": {…}}, or pass on the response of a running one");
  }
  return refuse_finished(event, e) && shape_check_value(event, &start_shape, e) && read_start(event, out, e) &&
         read_delivery(event, out, e);
}

bool event_read(struct arena *arena, sv text, bool may_wake, struct event *out, struct err *e) {
  json *event = NULL;
  *out = (struct event){.delivery = DELIVERY_UNKNOWN};
  if (text.len > LIMIT_EVENT_BYTES) {
    return err_set(e, ERR_LIMIT, "the event has %zu bytes; the limit is %zu", text.len, LIMIT_EVENT_BYTES);
  }
  if (sv_trim(text).len == 0) {
    return err_set(e, ERR_INVALID, "the event is empty; start a run with {\"inputs\": {…}}");
  }
  if (!json_parse(arena, text, &event, e)) {
    return err_in(e, "the event is not JSON");
  }
  if (json_type(event) != JSON_OBJECT) {
    return err_set(e, ERR_INVALID, "the event must be a JSON object, but is %s", json_type_name(event));
  }
  return read_object(event, may_wake, out, e);
}
