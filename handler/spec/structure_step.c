/* The structure of the three kinds of steps, which call an operation, use a channel or run a workflow, and of what is sent:
 * Request Body and Payload Replacement Objects ($defs step-object, openapi-step-object, asyncapi-step-object,
 * workflow-step-object, request-body-object, payload-replacement-object of the published JSON Schemas).
 *
 * The kind follows from the fields alone, not from the source description: a step with an `action` is one of a channel, even
 * where its operation is HTTP's; and every kind may have a request body. */
#include "errinfo.h"
#include "structure_tables.h"

/* ---- Request Body Object ---- */

static const struct form_member replacement_members[] = {
    FORM_REQUIRED("target", form_text),
    FORM_MEMBER_IN(FORM_SINCE_1_1, "targetSelectorType", form_selector_type),
    FORM_REQUIRED("value", form_any),
    FORM_END,
};
static const struct form_kind kind_replacement = {
    .what = "Payload Replacement Object", .members = replacement_members, .rule = any_value_rule};
static const struct form_choice replacement_only[] = {{NULL, &kind_replacement}};
static const struct form replacement = {.types = SHAPE_OBJECT, .choices = replacement_only};
static const struct form replacements = {.types = SHAPE_ARRAY, .unique = true, .elements = &replacement};

static const struct form_member body_members[] = {
    FORM_MEMBER("contentType", form_text),
    FORM_MEMBER("payload", form_any),
    FORM_MEMBER("replacements", replacements),
    FORM_END,
};
static const struct form_kind kind_body = {.what = "Request Body Object", .members = body_members};
static const struct form_choice body_only[] = {{NULL, &kind_body}};
static const struct form request_body = {.types = SHAPE_OBJECT, .choices = body_only};

/* ---- dependsOn of a step ---- */

/* True when `text` is `count` parts of at least one byte, without dots, joined by dots. */
static bool has_parts(sv text, size_t count) {
  sv part;
  for (; count > 1; count--) {
    if (!sv_split(text, '.', &part, &text) || part.len == 0) {
      return false;
    }
  }
  return text.len > 0 && sv_find(text, '.') == text.len;
}

/* True for <part>.steps.<part>, each without dots. */
static bool is_path_to_step(sv text) {
  sv workflow;
  sv rest;
  return has_parts(text, 3) && sv_split(text, '.', &workflow, &rest) && sv_starts(rest, SV("steps."));
}

static bool is_dependency(sv text) {
  sv workflows = SV("$workflows.");
  sv sources = SV("$sourceDescriptions.");
  sv name;
  sv rest;
  if (sv_starts(text, workflows)) {
    return is_path_to_step(sv_slice(text, workflows.len, text.len));
  }
  if (sv_starts(text, sources)) {
    return sv_split(sv_slice(text, sources.len, text.len), '.', &name, &rest) && name.len > 0 && is_path_to_step(rest);
  }
  return text.len > 0 && !sv_starts(text, SV("$")) && is_one_line(text);
}

static const struct form_pattern dependency_pattern = {
    is_dependency, "must be a stepId on one line, $workflows.<workflowId>.steps.<stepId> or "
                   "$sourceDescriptions.<name>.<workflowId>.steps.<stepId>"};
static const struct form dependency = {.types = SHAPE_STRING, .pattern = &dependency_pattern};
static const struct form dependencies = {
    .types = SHAPE_ARRAY, .not_empty = true, .unique = true, .elements = &dependency};

/* ---- Step Object ---- */

static const struct form milliseconds = {.types = SHAPE_NUMBER, .whole = true};

static const struct form_member step_members[] = {
    FORM_REQUIRED("stepId", form_text),
    FORM_MEMBER("description", form_text),
    FORM_MEMBER_IN(FORM_SINCE_1_1, "timeout", milliseconds),
    FORM_MEMBER_IN(FORM_SINCE_1_1, "dependsOn", dependencies),
    FORM_MEMBER("requestBody", request_body),
    FORM_MEMBER("successCriteria", form_success_criteria),
    FORM_MEMBER("onSuccess", form_on_success),
    FORM_MEMBER("onFailure", form_on_failure),
    FORM_MEMBER("outputs", form_outputs),
    FORM_END,
};
static const struct form_kind kind_step = {.what = "Step Object", .members = step_members};

static const struct form_member operation_members[] = {
    FORM_MEMBER("operationId", form_text),
    FORM_MEMBER("operationPath", form_text),
    FORM_MEMBER("parameters", form_located_parameters),
    FORM_END,
};

static bool operation_rule(const struct form_checking *c, const json *object, struct err *e) {
  return exactly_one_of(c, object, "operationId", "operationPath", "the step",
                        "the step names nothing to run; give it an 'operationId', 'operationPath' or 'workflowId'", e);
}

static const struct form_kind kind_operation_step = {
    .what = "Step Object", .members = operation_members, .base = &kind_step, .rule = operation_rule};

static const struct form_word directions[] = {FORM_WORD("send"), FORM_WORD("receive"), FORM_END};
static const struct form direction = {.types = SHAPE_STRING, .words = directions};
static const struct form not_null = {.types = SHAPE_ANY & ~SHAPE_NULL};

static const struct form_member channel_members[] = {
    FORM_MEMBER("operationId", form_text),
    FORM_MEMBER_IN(FORM_SINCE_1_1, "channelPath", form_text),
    FORM_MEMBER_IN(FORM_SINCE_1_1, "correlationId", not_null),
    FORM_MEMBER_IN(FORM_SINCE_1_1, "action", direction),
    FORM_MEMBER("parameters", form_located_parameters),
    FORM_REFUSED("operationPath", "a step that sends or receives has no 'operationPath'; name its 'operationId' or its "
                                  "'channelPath', or remove its 'action', 'channelPath' and 'correlationId'"),
    FORM_END,
};

static bool channel_rule(const struct form_checking *c, const json *object, struct err *e) {
  const json *action = json_get(object, SV("action"));
  const json *correlation = json_get(object, SV("correlationId"));
  if (!action) {
    return source_error(c->source, object, e, ERR_INVALID,
                        "a step with a 'channelPath' or 'correlationId' needs an 'action'; write action: send or "
                        "action: receive");
  }
  if (correlation && !sv_eq(json_string(action), SV("receive"))) {
    return source_error(c->source, correlation, e, ERR_INVALID,
                        "a 'correlationId' is for steps that receive; write action: receive, or remove it");
  }
  return exactly_one_of(c, object, "operationId", "channelPath", "the step",
                        "the step sends or receives, but names no 'operationId' or 'channelPath'", e);
}

static const struct form_kind kind_channel_step = {
    .what = "Step Object", .members = channel_members, .base = &kind_step, .rule = channel_rule};

#define RUNS_A_WORKFLOW(field)                                                                                         \
  FORM_REFUSED(field, "a step that runs a workflow has no '" field "'; remove it, or the 'workflowId'")
static const struct form_member workflow_members[] = {
    FORM_REQUIRED("workflowId", form_text),
    FORM_MEMBER("parameters", form_parameters),
    RUNS_A_WORKFLOW("operationId"),
    RUNS_A_WORKFLOW("operationPath"),
    RUNS_A_WORKFLOW("channelPath"),
    RUNS_A_WORKFLOW("correlationId"),
    RUNS_A_WORKFLOW("action"),
    FORM_END,
};
static const struct form_kind kind_workflow_step = {
    .what = "Step Object", .members = workflow_members, .base = &kind_step};

static const struct form_choice step_choices[] = {
    {"workflowId", &kind_workflow_step},   {"action", &kind_channel_step}, {"channelPath", &kind_channel_step},
    {"correlationId", &kind_channel_step}, {NULL, &kind_operation_step},
};
static const struct form step = {.types = SHAPE_OBJECT, .choices = step_choices};

const struct form form_steps = {
    .types = SHAPE_ARRAY, .not_empty = true, .unique = true, .elements = &step, .item = "step", .item_id = "stepId"};
