/* Criterion Objects (Arazzo 1.1.0, Criterion Object and Expression Type Object; 1.0.1, Criterion Expression Type Object).
 *
 * The answer has three values. Arazzo 1.1.0 has a condition fail whose context is null or absent, or which can't be evaluated;
 * here all of these are VERDICT_UNKNOWN, as is what reads a body that is not what its media type says. "Fails" would let
 * control fall through to the next step of the list, which may delete what is still being made (docs/adr/0004). */
#include "criterion.h"

#include "arena.h"
#include "errinfo.h"
#include "locator.h"
#include "sb.h"
#include "shape.h"

#define REGEX_SUBJECT_BYTES ((size_t)8 * 1024 * 1024)

/* The schemas let unknown fields pass here. */
static const struct shape_field type_fields[] = {
    {"type", SHAPE_STRING, true},
    {"version", SHAPE_STRING, true},
    {NULL, 0, false},
};
static const struct shape type_shape = {"Expression Type Object", type_fields};

/* The place of an error inside the text: the node's place, with the offset in the text told in words, since quotes, folds
 * and escapes keep columns of the text and of the file apart. */
static bool text_error(const struct source *source, const json *node, struct err *e) {
  struct source_place place = source_place(source, node);
  unsigned offset = e->column;
  e->line = 0;
  e->column = 0;
  if (offset) {
    err_in(e, "character %u of '%.*s'", offset, SV_ARG(sv_slice(json_string(node), 0, 120)));
  }
  return err_at(e, source->name, place.line, place.column);
}

/* What `type` says: the language, and which version of it. */
struct language {
  enum criterion_type criterion;
  struct locator_type locator; /* of jsonpath and xpath criteria */
};

static bool unknown_language(const struct source *source, const json *name, const json *version, struct err *e) {
  sv type = json_string(name);
  bool is_jsonpath = sv_eq(type, SV("jsonpath"));
  if (!version) {
    return source_error(source, name, e, ERR_INVALID,
                        "'%.*s' is no type of a criterion; use simple, regex, jsonpath or xpath",
                        SV_ARG(sv_slice(type, 0, 80)));
  }
  if (is_jsonpath || sv_eq(type, SV("xpath"))) {
    return source_error(source, version, e, ERR_INVALID, "'%.*s' is no version of %.*s; use %s",
                        SV_ARG(sv_slice(json_string(version), 0, 80)), SV_ARG(type),
                        is_jsonpath ? "'rfc9535' or 'draft-goessner-dispatch-jsonpath-00'"
                                    : "'xpath-31', 'xpath-30', 'xpath-20' or 'xpath-10'");
  }
  return source_error(
      source, name, e, ERR_INVALID,
      "'%.*s' is no type of a criterion that has versions; jsonpath and xpath are; simple and regex are "
      "written without: type: regex",
      SV_ARG(sv_slice(type, 0, 80)));
}

/* Arazzo 1.1.0, Criterion Object: simple and regex have no versions; JSON Pointer is for selectors only. */
static bool find_language(sv name, const sv *version, struct language *out) {
  if (sv_eq(name, SV("simple")) || sv_eq(name, SV("regex"))) {
    out->criterion = sv_eq(name, SV("simple")) ? CRITERION_SIMPLE : CRITERION_REGEX;
    return !version;
  }
  bool is_found = locator_type_find(name, version, &out->locator);
  out->criterion = out->locator.kind == LOCATOR_XPATH ? CRITERION_XPATH : CRITERION_JSONPATH;
  return is_found && out->locator.kind != LOCATOR_POINTER;
}

/* Arazzo 1.1.0, Criterion Object: the type is a text or an Expression Type Object. The schema of 1.0 has the version beside the
 * type, in the criterion itself. */
static bool read_type(const struct source *source, const json *node, struct language *out, struct err *e) {
  const json *type = json_get(node, SV("type"));
  bool is_object = json_type(type) == JSON_OBJECT;
  const json *version = json_get(is_object ? type : node, SV("version"));
  const json *name = is_object ? json_get(type, SV("type")) : type;
  sv version_text = json_string(version);
  *out = (struct language){.criterion = CRITERION_SIMPLE};
  if (!type) {
    return true;
  }
  if (is_object && !shape_check(source, type, &type_shape, e)) {
    return false;
  }
  return find_language(json_string(name), version ? &version_text : NULL, out) ||
         unknown_language(source, name, version, e);
}

static bool compile_context(struct arena *arena, const struct source *source, const json *node, struct criterion *out,
                            struct err *e) {
  const json *context = json_get(node, SV("context"));
  if (!context) {
    /* Arazzo 1.1.0, Criterion Object: for regex, jsonpath and xpath the context MUST be provided. */
    return out->type == CRITERION_SIMPLE ||
           source_error(source, node, e, ERR_INVALID,
                        "a criterion of this 'type' needs a 'context', for example: context: $response.body");
  }
  return expression_compile(arena, json_string(context), &out->context, e) || text_error(source, context, e);
}

/* The dialect in documents that may hold comparison forms. */
static enum jsonpath_dialect with_comparisons(enum jsonpath_dialect dialect) {
  return dialect == JSONPATH_GOESSNER ? JSONPATH_GOESSNER_CONDITION : JSONPATH_CONDITION;
}

static bool compile_condition(struct arena *arena, const struct language *language, bool comparison_form,
                              struct criterion *out, struct err *e) {
  enum jsonpath_dialect dialect = language->locator.dialect;
  switch (out->type) {
  case CRITERION_SIMPLE:
    return condition_compile(arena, out->text, &out->condition, e);
  case CRITERION_REGEX:
    return regex_pattern_compile(arena, out->text, &out->pattern, e);
  case CRITERION_JSONPATH:
    return jsonpath_compile(arena, out->text, comparison_form ? with_comparisons(dialect) : dialect, &out->path, e);
  case CRITERION_XPATH:
    return xpath_compile(arena, out->text, language->locator.version, &out->xpath, e);
  }
  return err_set(e, ERR_INTERNAL, "a criterion has no type");
}

bool criterion_compile(struct arena *arena, const struct source *source, const json *node, bool comparison_form,
                       struct criterion *out, struct err *e) {
  struct language language;
  if (!read_type(source, node, &language, e)) {
    return false;
  }
  out->type = language.criterion;
  const json *condition = json_get(node, SV("condition"));
  out->text = json_string(condition);
  if (!compile_context(arena, source, node, out, e)) {
    return false;
  }
  return compile_condition(arena, &language, comparison_form, out, e) || text_error(source, condition, e);
}

/* A regex is matched against text; other values are matched as their compact JSON. */
static bool match_regex(const struct criterion *criterion, const json *subject, const struct scope *scope,
                        struct arena *arena, enum verdict *out, struct err *e) {
  struct sb text = sb_new(arena, REGEX_SUBJECT_BYTES);
  sv view = json_string(subject);
  if (!json_is_string(subject)) {
    json_write(&text, subject);
    if (!sb_finish(&text, "the context of a regex criterion", &view, e)) {
      return false;
    }
  }
  return regex_pattern_match(criterion->pattern, view, scope, arena, out, scope->why_unknown, e);
}

/* The value that the condition is applied to; NULL when it says nothing at all. */
static const json *read_subject(const struct criterion *criterion, const struct scope *scope) {
  const json *subject = NULL;
  enum expression_result result = criterion->type == CRITERION_JSONPATH
                                      ? expression_eval_data(criterion->context, scope, &subject)
                                      : expression_eval(criterion->context, scope, &subject);
  /* Arazzo 1.1.0 names null and undefined together: a body of null is no more of an answer than none. */
  bool is_there = result == EXPRESSION_FOUND && json_type(subject) != JSON_NULL;
  bool is_body = criterion->context->source == EXPRESSION_RESPONSE && criterion->context->part == EXPRESSION_BODY;
  /* A query over text that has no parts selects nothing whatever it says: that is no answer either. */
  bool is_readable = criterion->type != CRITERION_JSONPATH || !is_body || !scope->response_is_text;
  if (is_there && is_readable) {
    return subject;
  }
  if (scope->why_unknown) {
    err_set(scope->why_unknown, ERR_UNRESOLVED, "the context '%.*s' %s", SV_ARG(criterion->context->text),
            is_there ? "is text, not structured data" : "has no value");
  }
  return NULL;
}

bool criterion_eval(const struct criterion *criterion, const struct scope *scope, struct arena *arena,
                    enum verdict *out, struct err *e) {
  const json *subject = criterion->type == CRITERION_SIMPLE ? NULL : read_subject(criterion, scope);
  *out = VERDICT_UNKNOWN;
  if (criterion->type != CRITERION_SIMPLE && !subject) {
    return true;
  }
  switch (criterion->type) {
  case CRITERION_SIMPLE:
    *out = condition_eval(criterion->condition, scope);
    return true;
  case CRITERION_REGEX:
    return match_regex(criterion, subject, scope, arena, out, e);
  case CRITERION_JSONPATH:
    return jsonpath_eval(criterion->path, subject, scope, arena, out, e);
  case CRITERION_XPATH:
    return xpath_eval(criterion->xpath, subject, scope, arena, out, e);
  }
  return err_set(e, ERR_INTERNAL, "a criterion has no type");
}

bool criterion_each(const struct criterion *criterion,
                    bool (*visit)(void *context, const struct expression *expression), void *context) {
  if (criterion->context && !visit(context, criterion->context)) {
    return false;
  }
  switch (criterion->type) {
  case CRITERION_SIMPLE:
    return condition_each(criterion->condition, visit, context);
  case CRITERION_REGEX:
    return regex_pattern_each(criterion->pattern, visit, context);
  case CRITERION_JSONPATH:
    return jsonpath_each(criterion->path, visit, context);
  case CRITERION_XPATH:
    return xpath_each(criterion->xpath, visit, context);
  }
  return true;
}
