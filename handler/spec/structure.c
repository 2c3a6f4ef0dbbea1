/* The structure of a whole Arazzo document, by tables: this file has the document, its descriptions, workflows and components;
 * structure_step.c, structure_action.c and structure_value.c have what lies below them, form.c does the walking.
 *
 * The tables say what the published JSON Schemas of Arazzo 1.0 and 1.1 say. They are laxer in a few places, where the schemas
 * contradict the specification's prose and what published documents do; each says so. A differential test
 * (tests/conformance/structure) holds them to the schemas with these changes. Not checked here: the inside of input schemas,
 * whether a URL or $self is a URI reference (the schemas' `format` is an annotation), and all that needs more than one place,
 * such as unique ids and targets. */
#include "structure.h"

#include "limits.h"
#include "structure_tables.h"

/* ---- Info and Source Description Objects ---- */

static const struct form_member info_members[] = {
    FORM_REQUIRED("title", form_text),
    FORM_MEMBER("summary", form_text),
    FORM_MEMBER("description", form_text),
    FORM_REQUIRED("version", form_text),
    FORM_END,
};
static const struct form_kind kind_info = {.what = "Info Object", .members = info_members};
static const struct form_choice info_only[] = {{NULL, &kind_info}};
static const struct form info = {.types = SHAPE_OBJECT, .choices = info_only};

/* ^[A-Za-z0-9_\-]+$ */
static bool is_source_name(sv text) {
  return is_name_with(text, "-_");
}

static const struct form_pattern source_name_pattern = {is_source_name, "must consist of letters, digits, '-' and '_'"};
static const struct form source_name = {.types = SHAPE_STRING, .pattern = &source_name_pattern};
static const struct form_word source_types[] = {FORM_WORD("arazzo"), FORM_WORD("openapi"),
                                                FORM_WORD_IN(FORM_SINCE_1_1, "asyncapi"), FORM_END};
static const struct form source_type = {.types = SHAPE_STRING, .words = source_types};

static const struct form_member description_members[] = {
    FORM_REQUIRED("name", source_name),
    FORM_REQUIRED("url", form_text),
    FORM_MEMBER("type", source_type),
    FORM_END,
};
static const struct form_kind kind_description = {.what = "Source Description Object", .members = description_members};
static const struct form_choice description_only[] = {{NULL, &kind_description}};
static const struct form description = {.types = SHAPE_OBJECT, .choices = description_only};
static const struct form descriptions = {
    .types = SHAPE_ARRAY, .not_empty = true, .unique = true, .elements = &description};

/* ---- Workflow Object ---- */

static const struct form input_schema = {.types = SHAPE_OBJECT | SHAPE_BOOLEAN};

static const struct form_member workflow_members[] = {
    FORM_REQUIRED("workflowId", form_text),
    FORM_MEMBER("summary", form_text),
    FORM_MEMBER("description", form_text),
    FORM_MEMBER("inputs", input_schema),
    FORM_MEMBER("dependsOn", form_texts),
    FORM_REQUIRED("steps", form_steps),
    FORM_MEMBER("successActions", form_success_actions),
    FORM_MEMBER("failureActions", form_failure_actions),
    FORM_MEMBER("outputs", form_outputs),
    FORM_MEMBER("parameters", form_parameters),
    FORM_END,
};
static const struct form_kind kind_workflow = {.what = "Workflow Object", .members = workflow_members};
static const struct form_choice workflow_only[] = {{NULL, &kind_workflow}};
static const struct form workflow = {.types = SHAPE_OBJECT, .choices = workflow_only};
static const struct form workflows = {.types = SHAPE_ARRAY,
                                      .not_empty = true,
                                      .most = LIMIT_WORKFLOWS,
                                      .unique = true,
                                      .elements = &workflow,
                                      .item = "workflow",
                                      .item_id = "workflowId"};

/* ---- Components Object ---- */

static const struct form_choice parameter_only[] = {{NULL, &kind_parameter}};
static const struct form_choice success_only[] = {{NULL, &kind_success_action}};
static const struct form_choice failure_only[] = {{NULL, &kind_failure_action}};
static const struct form parameter = {.types = SHAPE_OBJECT, .choices = parameter_only};
static const struct form success_action = {.types = SHAPE_OBJECT, .choices = success_only};
static const struct form failure_action = {.types = SHAPE_OBJECT, .choices = failure_only};

#define MAP(what, value)                                                                                               \
  { .types = SHAPE_OBJECT, .entries = &(value), .names = &form_map_name, .item = (what) }
static const struct form input_map = MAP("input", input_schema);
static const struct form parameter_map = MAP("parameter", parameter);
static const struct form success_map = MAP("success action", success_action);
static const struct form failure_map = MAP("failure action", failure_action);

static const struct form_member components_members[] = {
    FORM_MEMBER("inputs", input_map),
    FORM_MEMBER("parameters", parameter_map),
    FORM_MEMBER("successActions", success_map),
    FORM_MEMBER("failureActions", failure_map),
    FORM_END,
};
static const struct form_kind kind_components = {.what = "Components Object", .members = components_members};
static const struct form_choice components_only[] = {{NULL, &kind_components}};
static const struct form components = {.types = SHAPE_OBJECT, .choices = components_only};

/* ---- Arazzo Specification Object ---- */

/* `prefix`, digits, and nothing or "-" and a line of text: ^1\.0\.\d+(-.+)?$ */
static bool is_version(sv text, sv prefix) {
  size_t at = prefix.len;
  while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9') {
    at++;
  }
  sv suffix = sv_slice(text, at, text.len);
  return sv_starts(text, prefix) && at > prefix.len &&
         (suffix.len == 0 || (suffix.len > 1 && suffix.ptr[0] == '-' && is_one_line(suffix)));
}

static bool is_version_1_0(sv text) {
  return is_version(text, SV("1.0."));
}

static bool is_version_1_1(sv text) {
  return is_version(text, SV("1.1."));
}

static bool is_without_fragment(sv text) {
  return sv_find(text, '#') == text.len;
}

static const struct form_pattern pattern_1_0 = {is_version_1_0, "must be a whole version, such as 1.0.1"};
static const struct form_pattern pattern_1_1 = {is_version_1_1, "must be a whole version, such as 1.1.0"};
static const struct form_pattern self_pattern = {is_without_fragment, "must not contain a '#'"};
static const struct form version_1_0 = {.types = SHAPE_STRING, .pattern = &pattern_1_0};
static const struct form version_1_1 = {.types = SHAPE_STRING, .pattern = &pattern_1_1};
static const struct form self = {.types = SHAPE_STRING, .pattern = &self_pattern};

static const struct form_member document_members[] = {
    FORM_REQUIRED_IN(FORM_ONLY_1_0, "arazzo", version_1_0),
    FORM_REQUIRED_IN(FORM_SINCE_1_1, "arazzo", version_1_1),
    FORM_MEMBER_IN(FORM_SINCE_1_1, "$self", self),
    FORM_REQUIRED("info", info),
    FORM_REQUIRED("sourceDescriptions", descriptions),
    FORM_REQUIRED("workflows", workflows),
    FORM_MEMBER("components", components),
    FORM_END,
};
static const struct form_kind kind_document = {.what = "Arazzo Specification Object", .members = document_members};

bool structure_check(const struct source *source, enum arazzo_version version, struct findings *findings,
                     struct err *e) {
  struct form_checking checking = {.source = source, .version = version, .findings = findings};
  return form_check(&checking, source->root, &kind_document, e) || err_unit(e, "structure");
}

bool structure_check_parameter(const struct source *source, enum arazzo_version version, const json *node,
                               struct err *e) {
  struct form_checking checking = {.source = source, .version = version};
  const struct form_kind *kind = json_get(node, SV("reference")) ? &kind_reusable : &kind_parameter;
  return form_check(&checking, node, kind, e) || err_unit(e, "structure");
}
