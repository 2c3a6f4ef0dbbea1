/* The structure of Success Action, Failure Action and Criterion Objects, as the published JSON Schemas have them ($defs
 * success-action-object, failure-action-object, criterion-object).
 *
 * Three of the schemas' demands are not made, since the specification's prose, its examples and published documents have it
 * otherwise: each is told where it would be checked. */
#include "errinfo.h"
#include "limits.h"
#include "structure_tables.h"
#include "wording.h"

/* ---- Criterion Object ---- */

static const struct form_word criterion_types[] = {FORM_WORD("simple"), FORM_WORD("regex"), FORM_WORD("jsonpath"),
                                                   FORM_WORD("xpath"), FORM_END};
static const struct form_choice expression_type_only[] = {{NULL, &kind_expression_type}};
/* Arazzo 1.0.1, Criterion Object: `type` is a string or a Criterion Expression Type Object. The schema of 1.0 refuses the object,
 * and has its `version` beside `type` instead; both are taken. */
static const struct form criterion_type = {
    .types = SHAPE_STRING | SHAPE_OBJECT, .words = criterion_types, .choices = expression_type_only};

static const struct form_member criterion_members[] = {
    FORM_MEMBER("context", form_text),
    FORM_REQUIRED("condition", form_text),
    FORM_MEMBER("type", criterion_type),
    FORM_MEMBER_IN(FORM_ONLY_1_0, "version", form_text),
    FORM_REFUSED_IN(FORM_SINCE_1_1, "version",
                    "'version' is not a field of a Criterion Object since Arazzo 1.1; write it into the type, for "
                    "example: type: {type: jsonpath, version: rfc9535}"),
    FORM_END,
};

static const struct form_word jsonpath_versions_beside[] = {
    FORM_WORD("draft-goessner-dispatch-jsonpath-00"),
    FORM_WORD_REFUSED("rfc9535", "write the version rfc9535 into the type: type: {type: jsonpath, version: rfc9535}"),
    FORM_END,
};

static bool version_rule(const struct form_checking *c, const json *object, const json *version, struct err *e) {
  sv type = json_string(json_get(object, SV("type")));
  if (sv_eq(type, SV("jsonpath"))) {
    return form_check_word(c, version, jsonpath_versions_beside, "the version of jsonpath", e);
  }
  if (sv_eq(type, SV("xpath"))) {
    return expression_version_check(c, type, version, e);
  }
  return source_error(c->source, version, e, ERR_INVALID, "a 'version' goes with type: jsonpath or type: xpath only");
}

/* Arazzo 1.1.0, Criterion Object: if `type` is specified, then the context MUST be provided. But `simple` is also what a criterion
 * without type is, and it is regex, JSONPath and XPath conditions that are said to be applied to the context; so a simple one
 * is let through without it, where the schemas refuse it. */
static bool criterion_rule(const struct form_checking *c, const json *object, struct err *e) {
  const json *version = c->version == ARAZZO_1_0 ? json_get(object, SV("version")) : NULL;
  const json *type = json_get(object, SV("type"));
  if (type && !sv_eq(json_string(type), SV("simple")) && !json_get(object, SV("context"))) {
    return source_error(c->source, object, e, ERR_INVALID,
                        "a criterion of this 'type' needs a 'context', for example: context: $response.body");
  }
  return !version || version_rule(c, object, version, e);
}

static const struct form_kind kind_criterion = {
    .what = "Criterion Object", .members = criterion_members, .rule = criterion_rule};
static const struct form_choice criterion_only[] = {{NULL, &kind_criterion}};
static const struct form criterion = {.types = SHAPE_OBJECT, .choices = criterion_only};

const struct form form_success_criteria = {
    .types = SHAPE_ARRAY, .unique = true, .not_empty = true, .elements = &criterion};
static const struct form failure_criteria = {.types = SHAPE_ARRAY, .unique = true, .elements = &criterion};

/* ---- actions ---- */

static bool not_both(const struct form_checking *c, const json *object, const char *first, const char *second,
                     const char *what, struct err *e) {
  const json *other = json_get(object, sv_from(second));
  return !other || !json_get(object, sv_from(first)) ||
         source_error(c->source, other, e, ERR_INVALID, "%s has both %s '%s' and %s '%s'; give one", what,
                      article(first), first, article(second), second);
}

bool exactly_one_of(const struct form_checking *c, const json *object, const char *first, const char *second,
                    const char *what, const char *none, struct err *e) {
  return not_both(c, object, first, second, what, e) &&
         (json_get(object, sv_from(first)) || json_get(object, sv_from(second)) ||
          source_error(c->source, object, e, ERR_INVALID, "%s", none));
}

/* Arazzo 1.0.1, Failure Action Object: stepId and workflowId are mutually exclusive; "if" one is specified, it runs first. The
 * schema of 1.0 demands one of them and retryAfter; the specification's own example has no target, and no field is said to be
 * required. The schema of 1.1 demands nothing. */
static bool retry_rule(const struct form_checking *c, const json *object, struct err *e) {
  return not_both(c, object, "stepId", "workflowId", "a 'retry'", e);
}

static bool action_rule(const struct form_checking *c, const json *object, struct err *e) {
  sv type = json_string(json_get(object, SV("type")));
  const json *parameters = json_get(object, SV("parameters"));
  if (sv_eq(type, SV("goto")) && !exactly_one_of(c, object, "stepId", "workflowId", "a 'goto'",
                                                 "a 'goto' needs the 'stepId' or the 'workflowId' to go to", e)) {
    return false;
  }
  if (sv_eq(type, SV("retry")) && c->version == ARAZZO_1_0 && !retry_rule(c, object, e)) {
    return false;
  }
  /* Arazzo 1.1.0, Success Action Object: parameters are passed to the workflow that workflowId names. */
  return !parameters || json_get(object, SV("workflowId")) ||
         source_error(c->source, parameters, e, ERR_INVALID,
                      "an action's 'parameters' are for the workflow that it goes to; give its 'workflowId', or remove "
                      "them");
}

/* Any value: the schema describes no elements here. */
static const struct form action_parameters = {.types = SHAPE_ARRAY, .most = LIMIT_PARAMETERS, .unique = true};

static const struct form_member action_members[] = {
    FORM_REQUIRED("name", form_text),
    FORM_MEMBER("workflowId", form_text),
    FORM_MEMBER("stepId", form_text),
    FORM_MEMBER_IN(FORM_SINCE_1_1, "parameters", action_parameters),
    FORM_END,
};
static const struct form_kind kind_action = {
    .what = "Success or Failure Action Object", .members = action_members, .rule = action_rule};

static const struct form_word success_words[] = {
    FORM_WORD("end"),
    FORM_WORD("goto"),
    FORM_WORD_REFUSED("retry",
                      "a success action can't be 'retry'; to poll, write type: goto with the step's own stepId"),
    FORM_END,
};
static const struct form success_type = {.types = SHAPE_STRING, .words = success_words};

static const struct form_member success_members[] = {
    FORM_REQUIRED("type", success_type),
    FORM_MEMBER("criteria", form_success_criteria),
    FORM_REFUSED("retryAfter", "a success action can't be repeated, so it has no 'retryAfter'; that is for onFailure"),
    FORM_REFUSED("retryLimit", "a success action can't be repeated, so it has no 'retryLimit'; that is for onFailure"),
    FORM_END,
};
const struct form_kind kind_success_action = {
    .what = "Success Action Object", .members = success_members, .base = &kind_action};

static const struct form_word failure_words[] = {FORM_WORD("end"), FORM_WORD("goto"), FORM_WORD("retry"), FORM_END};
static const struct form failure_type = {.types = SHAPE_STRING, .words = failure_words};
static const struct form seconds = {.types = SHAPE_NUMBER, .not_negative = true};
static const struct form attempts = {.types = SHAPE_NUMBER, .whole = true, .not_negative = true};

static const struct form_member failure_members[] = {
    FORM_REQUIRED("type", failure_type),
    FORM_MEMBER("criteria", failure_criteria),
    FORM_MEMBER("retryAfter", seconds),
    FORM_MEMBER("retryLimit", attempts),
    FORM_END,
};
const struct form_kind kind_failure_action = {
    .what = "Failure Action Object", .members = failure_members, .base = &kind_action};

/* ---- lists of actions ---- */

static const struct form_choice success_choices[] = {{"reference", &kind_reusable}, {NULL, &kind_success_action}};
static const struct form_choice failure_choices[] = {{"reference", &kind_reusable}, {NULL, &kind_failure_action}};
static const struct form success_action = {.types = SHAPE_OBJECT, .choices = success_choices};
static const struct form failure_action = {.types = SHAPE_OBJECT, .choices = failure_choices};

#define ACTIONS(list, action)                                                                                          \
  {                                                                                                                    \
    .types = SHAPE_ARRAY, .most = LIMIT_ACTIONS, .unique = true, .elements = &(action), .item = list " / action",      \
    .item_id = "name"                                                                                                  \
  }
const struct form form_on_success = ACTIONS("onSuccess", success_action);
const struct form form_on_failure = ACTIONS("onFailure", failure_action);
const struct form form_success_actions = ACTIONS("successActions", success_action);
const struct form form_failure_actions = ACTIONS("failureActions", failure_action);
