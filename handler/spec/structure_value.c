/* The structure of values: Parameter Objects, Reusable Objects, Selector Objects, Expression Type Objects and outputs, as the
 * published JSON Schemas have them ($defs parameter-object, reusable-object, selector-object, expression-type-object). */
#include "errinfo.h"
#include "limits.h"
#include "structure_tables.h"
#include "wording.h"

const struct form form_text = {.types = SHAPE_STRING};
const struct form form_any = {.types = SHAPE_ANY};
const struct form form_texts = {.types = SHAPE_ARRAY, .unique = true, .elements = &form_text};

bool is_name_with(sv text, const char *more) {
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && sv_find(sv_from(more), c) == sv_from(more).len) {
      return false;
    }
  }
  return text.len > 0;
}

/* A regular expression's dot matches no line terminator (ECMA-262: LF, CR, U+2028, U+2029). */
bool is_one_line(sv text) {
  return text.len > 0 && sv_find(text, '\n') == text.len && sv_find(text, '\r') == text.len &&
         !sv_contains(text, SV("\xE2\x80\xA8")) && !sv_contains(text, SV("\xE2\x80\xA9"));
}

/* ^[a-zA-Z0-9\.\-_]+$ */
static bool is_map_name(sv text) {
  return is_name_with(text, ".-_");
}

const struct form_pattern form_map_name = {is_map_name, "must consist of letters, digits, '.', '-' and '_'"};

/* ---- Expression Type Object ---- */

static const struct form_word jsonpath_versions[] = {
    FORM_WORD("rfc9535"), /* not of 1.0.1, but harmless: a type without version means it */
    FORM_WORD("draft-goessner-dispatch-jsonpath-00"),
    FORM_END,
};
static const struct form_word xpath_versions[] = {
    FORM_WORD("xpath-10"),
    FORM_WORD("xpath-20"),
    FORM_WORD("xpath-30"),
    FORM_WORD_IN(FORM_SINCE_1_1, "xpath-31"),
    FORM_END,
};
static const struct form_word jsonpointer_versions[] = {FORM_WORD("rfc6901"), FORM_END};

bool expression_version_check(const struct form_checking *c, sv type, const json *version, struct err *e) {
  if (sv_eq(type, SV("jsonpath"))) {
    return form_check_word(c, version, jsonpath_versions, "the version of jsonpath", e);
  }
  return sv_eq(type, SV("xpath")) ? form_check_word(c, version, xpath_versions, "the version of xpath", e)
                                  : form_check_word(c, version, jsonpointer_versions, "the version of jsonpointer", e);
}

static bool expression_type_rule(const struct form_checking *c, const json *object, struct err *e) {
  return expression_version_check(c, json_string(json_get(object, SV("type"))), json_get(object, SV("version")), e);
}

static const struct form_word expression_types[] = {FORM_WORD("jsonpath"), FORM_WORD("xpath"),
                                                    FORM_WORD_IN(FORM_SINCE_1_1, "jsonpointer"), FORM_END};
static const struct form expression_type = {.types = SHAPE_STRING, .words = expression_types};

static const struct form_member expression_type_members[] = {
    FORM_REQUIRED("type", expression_type),
    FORM_REQUIRED("version", form_text),
    FORM_END,
};
/* The schemas have no unevaluatedProperties here: unknown members pass. */
const struct form_kind kind_expression_type = {
    .what = "Expression Type Object", .members = expression_type_members, .open = true, .rule = expression_type_rule};

static const struct form_choice expression_type_only[] = {{NULL, &kind_expression_type}};

static const struct form_word selector_types[] = {FORM_WORD("jsonpointer"), FORM_WORD("jsonpath"), FORM_WORD("xpath"),
                                                  FORM_END};
const struct form form_selector_type = {
    .types = SHAPE_STRING | SHAPE_OBJECT, .words = selector_types, .choices = expression_type_only};

/* ---- Selector Object ---- */

static const struct form_member selector_members[] = {
    FORM_REQUIRED("context", form_text),
    FORM_REQUIRED("selector", form_text),
    FORM_REQUIRED("type", form_selector_type),
    FORM_END,
};
static const struct form_kind kind_selector = {.what = "Selector Object", .members = selector_members};
static const struct form_choice selector_only[] = {{NULL, &kind_selector}};

/* Arazzo 1.1.0, Parameter Object and Payload Replacement Object: the value is "Any | {expression} | Selector Object". The schemas
 * refuse objects that are no Selector Objects, and replacements by anything but text, such as the specification's own 10. Here
 * an object with exactly the members of a Selector Object is one, and any other is a constant. */
bool any_value_rule(const struct form_checking *c, const json *object, struct err *e) {
  const json *value = json_get(object, SV("value"));
  bool is_selector = c->version == ARAZZO_1_1 && json_type(value) == JSON_OBJECT && json_count(value) == 3;
  for (const struct form_member *member = selector_members; is_selector && member->name; member++) {
    is_selector = json_get(value, sv_from(member->name)) != NULL;
  }
  return !is_selector || form_check(c, value, &kind_selector, e) || err_in(e, "value");
}

static const struct form form_value_or_selector = {
    .types = SHAPE_STRING,
    .types_since_1_1 = SHAPE_OBJECT,
    .advice = "write a runtime expression, for example $response.body#/id",
    .choices = selector_only,
};

const struct form form_outputs = {
    .types = SHAPE_OBJECT,
    .most = LIMIT_OUTPUTS,
    .entries = &form_value_or_selector,
    .names = &form_map_name,
    .other_names_are_free = true, /* the schemas have patternProperties only */
    .item = "outputs / output",
};

/* ---- Reusable Object ---- */

static const struct form_member reusable_members[] = {
    FORM_REQUIRED("reference", form_text),
    FORM_MEMBER("value", form_any),
    FORM_END,
};
const struct form_kind kind_reusable = {
    .what = "Reusable Object", .members = reusable_members, .without_extensions = true};

/* ---- Parameter Object ---- */

static const struct form_word places[] = {
    FORM_WORD("path"),
    FORM_WORD("query"),
    FORM_WORD_IN(FORM_SINCE_1_1, "querystring"),
    FORM_WORD("header"),
    FORM_WORD("cookie"),
    FORM_WORD_IN(FORM_SINCE_1_1, "channel"),
    FORM_WORD_REFUSED("body", "a parameter can't be in 'body'; write the body as the step's 'requestBody'"),
    FORM_END,
};
static const struct form place = {.types = SHAPE_STRING, .words = places};

static const struct form_member parameter_members[] = {
    FORM_REQUIRED("name", form_text),
    FORM_MEMBER("in", place),
    FORM_REQUIRED("value", form_any),
    FORM_END,
};
const struct form_kind kind_parameter = {
    .what = "Parameter Object", .members = parameter_members, .rule = any_value_rule};

/* Arazzo 1.1.0, Parameter Object: `in` MUST be given unless the step runs a workflow. */
static bool located_rule(const struct form_checking *c, const json *object, struct err *e) {
  return json_get(object, SV("in")) ||
         source_error(c->source, object, e, ERR_INVALID,
                      "the parameter '%.*s' has no 'in'; write in: path, query, header or cookie",
                      SV_ARG(shown_text(json_string(json_get(object, SV("name"))))));
}

static const struct form_member no_members[] = {FORM_END};
static const struct form_kind kind_located_parameter = {
    .what = "Parameter Object", .members = no_members, .base = &kind_parameter, .rule = located_rule};

static const struct form_choice parameter_choices[] = {{"reference", &kind_reusable}, {NULL, &kind_parameter}};
static const struct form_choice located_choices[] = {{"reference", &kind_reusable}, {NULL, &kind_located_parameter}};
static const struct form parameter = {.types = SHAPE_OBJECT, .choices = parameter_choices};
static const struct form located_parameter = {.types = SHAPE_OBJECT, .choices = located_choices};

const struct form form_parameters = {.types = SHAPE_ARRAY,
                                     .most = LIMIT_PARAMETERS,
                                     .unique = true,
                                     .elements = &parameter,
                                     .item = "parameter",
                                     .item_id = "name"};
const struct form form_located_parameters = {.types = SHAPE_ARRAY,
                                             .most = LIMIT_PARAMETERS,
                                             .unique = true,
                                             .elements = &located_parameter,
                                             .item = "parameter",
                                             .item_id = "name"};
