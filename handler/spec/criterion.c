/* Criterion Objects (Arazzo 1.1.0, Criterion Object and Criterion Expression Type Object): simple, regex and jsonpath. XPath
 * is refused at load.
 *
 * The answer has three values. A criterion whose context is absent, or can't be known because the body is not what its
 * media type says, is VERDICT_UNKNOWN: design rule "it is not false". */
#include "criterion.h"

#include "arena.h"
#include "errinfo.h"
#include "sb.h"
#include "shape.h"

#define REGEX_SUBJECT_BYTES ((size_t)8 * 1024 * 1024)

static const struct shape_field criterion_fields[] = {
    {"context", SHAPE_STRING, false},
    {"condition", SHAPE_STRING, true},
    {"type", SHAPE_STRING | SHAPE_OBJECT, false},
    {NULL, 0, false},
};
static const struct shape criterion_shape = {"Criterion Object", criterion_fields};

static const struct shape_field type_fields[] = {
    {"type", SHAPE_STRING, true},
    {"version", SHAPE_STRING, true},
    {NULL, 0, false},
};
static const struct shape type_shape = {"Criterion Expression Type Object", type_fields};

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

static bool read_version(const struct source *source, const json *type, struct err *e) {
  sv version = json_string(json_get(type, SV("version")));
  if (sv_eq(version, SV("draft-goessner-dispatch-jsonpath-00")) || sv_eq(version, SV("rfc9535"))) {
    return true;
  }
  return source_error(source, json_get(type, SV("version")), e, ERR_INVALID,
                      "'%.*s' is no version of jsonpath; use 'rfc9535' or 'draft-goessner-dispatch-jsonpath-00'",
                      SV_ARG(version));
}

static bool read_type(const struct source *source, const json *node, enum criterion_type *out, struct err *e) {
  const json *type = json_get(node, SV("type"));
  *out = CRITERION_SIMPLE;
  if (!type) {
    return true;
  }
  if (json_type(type) == JSON_OBJECT && !shape_check(source, type, &type_shape, e)) {
    return false;
  }
  sv name = json_is_string(type) ? json_string(type) : json_string(json_get(type, SV("type")));
  if (sv_eq(name, SV("simple")) && json_is_string(type)) {
    return true;
  }
  if (sv_eq(name, SV("regex")) && json_is_string(type)) {
    *out = CRITERION_REGEX;
    return true;
  }
  if (sv_eq(name, SV("jsonpath"))) {
    *out = CRITERION_JSONPATH;
    return json_is_string(type) || read_version(source, type, e);
  }
  if (sv_eq(name, SV("xpath"))) {
    return source_error(source, type, e, ERR_UNSUPPORTED, "criteria of type 'xpath' are not supported");
  }
  return source_error(source, type, e, ERR_INVALID,
                      "'%.*s' is no type of a criterion; use simple, regex, jsonpath or xpath", SV_ARG(name));
}

static bool compile_context(struct arena *arena, const struct source *source, const json *node, struct criterion *out,
                            struct err *e) {
  const json *context = json_get(node, SV("context"));
  if (!context) {
    /* Arazzo 1.1.0, Criterion Object: if `type` is specified, then the context MUST be provided. */
    return out->type == CRITERION_SIMPLE ||
           source_error(source, node, e, ERR_INVALID,
                        "a criterion with a 'type' needs a 'context', for example: context: $response.body");
  }
  return expression_compile(arena, json_string(context), &out->context, e) || text_error(source, context, e);
}

static bool compile_condition(struct arena *arena, bool comparison_form, struct criterion *out, struct err *e) {
  switch (out->type) {
  case CRITERION_SIMPLE:
    return condition_compile(arena, out->text, &out->condition, e);
  case CRITERION_REGEX:
    return regex_compile(arena, out->text, REGEX_PCRE, &out->regex, e);
  case CRITERION_JSONPATH:
    return jsonpath_compile(arena, out->text, comparison_form ? JSONPATH_CONDITION : JSONPATH_RFC9535, &out->path, e);
  }
  return err_set(e, ERR_INTERNAL, "a criterion has no type");
}

bool criterion_compile(struct arena *arena, const struct source *source, const json *node, bool comparison_form,
                       struct criterion *out, struct err *e) {
  if (!shape_check(source, node, &criterion_shape, e) || !read_type(source, node, &out->type, e) ||
      !compile_context(arena, source, node, out, e)) {
    return false;
  }
  const json *condition = json_get(node, SV("condition"));
  out->text = json_string(condition);
  return compile_condition(arena, comparison_form, out, e) || text_error(source, condition, e);
}

/* A regex is matched against text; other values are matched as their compact JSON. */
static bool match_regex(const struct criterion *criterion, const json *subject, struct arena *arena, enum verdict *out,
                        struct err *e) {
  struct sb text = sb_new(arena, REGEX_SUBJECT_BYTES);
  if (json_is_string(subject)) {
    sb_put(&text, json_string(subject));
  } else {
    json_write(&text, subject);
  }
  sv view;
  bool matched = false;
  if (!sb_finish(&text, "the context of a regex criterion", &view, e) ||
      !regex_match(criterion->regex, view, arena, &matched, e)) {
    return false;
  }
  *out = matched ? VERDICT_HOLDS : VERDICT_FAILS;
  return true;
}

bool criterion_eval(const struct criterion *criterion, const struct scope *scope, struct arena *arena,
                    enum verdict *out, struct err *e) {
  if (criterion->type == CRITERION_SIMPLE) {
    *out = condition_eval(criterion->condition, scope);
    return true;
  }
  const json *subject = NULL;
  switch (expression_eval(criterion->context, scope, &subject)) {
  case EXPRESSION_FOUND:
    break;
  case EXPRESSION_ABSENT:
  case EXPRESSION_MALFORMED:
    /* Without its context a criterion says nothing at all; it must not count as "false", which would let control fall
     * through to the next step. */
    *out = VERDICT_UNKNOWN;
    return true;
  }
  bool is_body = criterion->context->source == EXPRESSION_RESPONSE && criterion->context->part == EXPRESSION_BODY;
  if (criterion->type == CRITERION_JSONPATH && is_body && scope->response_is_text) {
    /* A query over text that is not JSON selects nothing whatever it says: that is no answer either. */
    *out = VERDICT_UNKNOWN;
    return true;
  }
  return criterion->type == CRITERION_REGEX ? match_regex(criterion, subject, arena, out, e)
                                            : jsonpath_eval(criterion->path, subject, scope, arena, out, e);
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
    return true;
  case CRITERION_JSONPATH:
    return jsonpath_each(criterion->path, visit, context);
  }
  return true;
}
