/* arazzo eval: what a piece of a document evaluates to, by the code that runs documents. The context is a file of the test's or the
 * author's making, with the members that expressions read (struct scope); for queries it is the document that is queried.
 *
 * A command each for runtime expressions (and text with expressions in it), conditions, JSONPath queries and XPath expressions. The
 * result says whether a condition holds, by true, false, and null for what can't be said. */
#include "commands.h"

#include "arena.h"
#include "criterion.h"
#include "errinfo.h"
#include "given.h"
#include "limits.h"
#include "locator.h"
#include "screen.h"
#include "session.h"
#include "template.h"

#define CONTEXT_OPTION                                                                                                 \
  { "--context", OPTION_FILE, "FILE", "what it is evaluated on; - for standard input", 0, 0 }
#define VERSION_OPTION                                                                                                 \
  { "--arazzo", OPTION_CHOICE, "1.0|1.1", "the document's version; default 1.0", 0, 0 }
#define END_OF_OPTIONS                                                                                                 \
  { NULL, OPTION_FLAG, NULL, NULL, 0, 0 }

/* One evaluation. */
struct evaluation {
  const struct arguments *arguments;
  struct arena *arena;
  sv text;
  bool is_read;  /* the text was compiled: errors have no column in it any more */
  json *context; /* the file's content; an empty object without one */
  struct scope scope;
  struct err why; /* why it can't be said */
  json *result;   /* what is printed */
};

typedef bool evaluation_run(struct evaluation *v, struct err *e);

static bool is_1_0(const struct evaluation *v) {
  return sv_eq(arguments_text(v->arguments, "--arazzo", SV("1.0")), SV("1.0"));
}

static bool set_result(struct evaluation *v, const char *name, json *value, struct err *e) {
  return json_set(v->arena, v->result, sv_from(name), value) || err_memory(e);
}

static bool set_why(struct evaluation *v, const char *usual, struct err *e) {
  sv text = sv_from(v->why.code ? v->why.text : usual);
  return set_result(v, "why", json_new_string(v->arena, text), e);
}

/* ---- expressions ---- */

static bool evaluate_expression(struct evaluation *v, struct err *e) {
  const struct template_rules rules = {.bare_expressions = is_1_0(v)};
  const struct template *template = NULL;
  const struct expression *missing = NULL;
  const json *culprit = NULL;
  json *value = NULL;
  json *text = json_new_string(v->arena, v->text);
  if (!text) {
    return err_set(e, ERR_INVALID, "the text is not UTF-8, or holds U+0000");
  }
  if (!template_compile(v->arena, text, rules, &template, &culprit, e)) {
    return false;
  }
  v->is_read = true;
  if (!template_eval(template, &v->scope, v->arena, &value, &missing, e)) {
    return false;
  }
  if (value) {
    return set_result(v, "value", value, e);
  }
  err_set(&v->why, ERR_UNRESOLVED, "'%.*s' has no value in this context",
          SV_ARG(missing ? missing->text : sv_slice(v->text, 0, 200)));
  return set_result(v, "value", json_new_null(v->arena), e) && set_why(v, "", e);
}

/* ---- conditions ---- */

static bool compile_criterion(struct evaluation *v, struct criterion *out, struct err *e) {
  sv type = arguments_text(v->arguments, "--type", SV("simple"));
  struct locator_type xpath;
  if (sv_eq(type, SV("simple"))) {
    out->type = CRITERION_SIMPLE;
    return condition_compile(v->arena, v->text, &out->condition, e);
  }
  if (sv_eq(type, SV("regex"))) {
    out->type = CRITERION_REGEX;
    return regex_pattern_compile(v->arena, v->text, &out->pattern, e);
  }
  if (sv_eq(type, SV("jsonpath"))) {
    out->type = CRITERION_JSONPATH;
    return jsonpath_compile(v->arena, v->text, is_1_0(v) ? JSONPATH_CONDITION : JSONPATH_RFC9535, &out->path, e);
  }
  out->type = CRITERION_XPATH;
  return locator_type_find(SV("xpath"), NULL, &xpath) &&
         xpath_compile(v->arena, v->text, xpath.version, &out->xpath, e);
}

static bool compile_subject(struct evaluation *v, struct criterion *out, struct err *e) {
  sv subject = arguments_text(v->arguments, "--of", SV("$response.body"));
  if (expression_compile(v->arena, subject, &out->context, e)) {
    return true;
  }
  e->column = 0; /* it is one in another text */
  return err_in(e, "--of '%.*s'", SV_ARG(sv_slice(subject, 0, 120)));
}

static json *holds_value(struct arena *arena, enum verdict verdict) {
  switch (verdict) {
  case VERDICT_FAILS:
    return json_new_boolean(arena, false);
  case VERDICT_HOLDS:
    return json_new_boolean(arena, true);
  case VERDICT_UNKNOWN:
    break;
  }
  return json_new_null(arena);
}

static bool evaluate_condition(struct evaluation *v, struct err *e) {
  struct criterion criterion = {.text = v->text};
  enum verdict verdict = VERDICT_UNKNOWN;
  if (!compile_subject(v, &criterion, e) || !compile_criterion(v, &criterion, e)) {
    return false;
  }
  v->is_read = true;
  return criterion_eval(&criterion, &v->scope, v->arena, &verdict, e) &&
         set_result(v, "holds", holds_value(v->arena, verdict), e) &&
         (verdict != VERDICT_UNKNOWN || set_why(v, "what it reads is not in this context", e));
}

/* ---- queries ---- */

static bool evaluate_jsonpath(struct evaluation *v, struct err *e) {
  const struct jsonpath *path = NULL;
  struct node_list nodes;
  json *list = json_new_array(v->arena);
  if (!jsonpath_compile(v->arena, v->text, JSONPATH_RFC9535, &path, e)) {
    return false;
  }
  v->is_read = true;
  if (!jsonpath_select(path, v->context, NULL, v->arena, &nodes, e)) {
    return false;
  }
  for (size_t i = 0; i < nodes.count; i++) {
    if (!json_append(list, json_copy(v->arena, nodes.nodes[i]))) {
      return err_memory(e);
    }
  }
  return set_result(v, "nodes", list, e) &&
         (!nodes.is_unknown || set_why(v, "the query's runtime expressions have no value here", e));
}

static bool evaluate_xpath(struct evaluation *v, struct err *e) {
  struct locator_type type;
  const struct xpath *xpath = NULL;
  json *value = NULL;
  if (!locator_type_find(SV("xpath"), NULL, &type) || !xpath_compile(v->arena, v->text, type.version, &xpath, e)) {
    return false;
  }
  v->is_read = true;
  if (!xpath_select(xpath, v->context, NULL, v->arena, &value, e)) {
    return false;
  }
  if (value) {
    return set_result(v, "value", value, e);
  }
  return set_result(v, "value", json_new_null(v->arena), e) &&
         set_why(v, "it selects nothing, or the context is no well-formed XML", e);
}

/* ---- the command ---- */

static bool read_context(struct evaluation *v, bool is_text, struct err *e) {
  struct source *source = NULL;
  sv text;
  sv path = arguments_text(v->arguments, "--context", SV(""));
  v->context = json_new_object(v->arena);
  if (path.len == 0) {
    return v->context || err_memory(e);
  }
  sv name = sv_eq(path, SV("-")) ? SV("standard input") : path;
  if (!given_file(v->arena, path, LIMIT_DOCUMENT_BYTES, &text, e)) {
    return false;
  }
  if (is_text) {
    v->context = json_new_string(v->arena, text);
    return v->context || err_set(e, ERR_INVALID, "'%.*s' is not UTF-8, or holds U+0000", SV_ARG(name));
  }
  if (!yaml_parse(v->arena, name, text, &source, e)) {
    return false;
  }
  v->context = source->root;
  return true;
}

/* An error in the text itself is shown there. */
static void complain(const struct evaluation *v, struct err *e) {
  unsigned column = v->is_read || e->file[0] || e->line > 1 ? 0 : e->column;
  if (column) {
    e->line = 0;
    e->column = 0;
    err_in(e, "character %u", column);
  }
  session_complain(e);
  if (column) {
    screen_point_at(v->text, column);
  }
}

static enum exit_status run(const struct arguments *arguments, evaluation_run *evaluate, bool context_is_text) {
  struct err e;
  struct evaluation v = {.arguments = arguments, .text = arguments->operands[0]};
  err_clear(&e);
  err_clear(&v.why);
  v.arena = arena_new(LIMIT_DOCUMENT_ARENA_BYTES);
  v.result = v.arena ? json_new_object(v.arena) : NULL;
  bool good = v.result ? read_context(&v, context_is_text, &e) : err_memory(&e);
  v.scope = (struct scope){.root = v.context, .why_unknown = &v.why};
  good = good && evaluate(&v, &e);
  if (!good) {
    complain(&v, &e);
  }
  good = good && screen_print_json(v.arena, v.result);
  arena_drop(v.arena);
  return good ? EXIT_DONE : EXIT_FAILED;
}

static enum exit_status run_expression(const struct arguments *arguments) {
  return run(arguments, evaluate_expression, false);
}

static enum exit_status run_condition(const struct arguments *arguments) {
  return run(arguments, evaluate_condition, false);
}

static enum exit_status run_jsonpath(const struct arguments *arguments) {
  return run(arguments, evaluate_jsonpath, false);
}

static enum exit_status run_xpath(const struct arguments *arguments) {
  return run(arguments, evaluate_xpath, true);
}

static bool check_context(const struct arguments *arguments, struct err *e) {
  return arguments_has(arguments, "--context") ||
         err_set(e, ERR_INVALID, "a query needs what it is applied to: --context FILE, or - for standard input");
}

static const struct option expression_options[] = {CONTEXT_OPTION, VERSION_OPTION, END_OF_OPTIONS};
static const struct option query_options[] = {CONTEXT_OPTION, END_OF_OPTIONS};
static const struct option condition_options[] = {
    CONTEXT_OPTION,
    {"--type", OPTION_CHOICE, "simple|regex|jsonpath|xpath", "the criterion's type; default simple", 0, 0},
    {"--of", OPTION_TEXT, "EXPRESSION", "the criterion's context; default $response.body", 0, 0},
    VERSION_OPTION,
    END_OF_OPTIONS};

#define SCOPE_DETAILS                                                                                                  \
  "FILE holds, as JSON or YAML, what expressions read, by their own names:\n"                                          \
  "{\"inputs\": {}, \"steps\": {\"ID\": {\"outputs\": {}}}, \"statusCode\": 200,\n"                                    \
  " \"response\": {\"header\": {}, \"body\": …}, \"request\": {…}, \"outputs\": {}, …}\n"

const struct command command_eval_expression = {
    .name = "eval expression",
    .operands = "TEXT",
    .least = 1,
    .most = 1,
    .options = expression_options,
    .summary = "the value of a runtime expression, or of text with expressions in it",
    .details = SCOPE_DETAILS "Prints {\"value\": …}; null, with \"why\", for what has no value.\n",
    .examples = "  arazzo eval expression '$response.body#/image/state' --context answer.json\n"
                "  arazzo eval expression 'Bearer {$inputs.token}' --context - < answer.json\n",
    .run = run_expression,
};

const struct command command_eval_condition = {
    .name = "eval condition",
    .operands = "TEXT",
    .least = 1,
    .most = 1,
    .options = condition_options,
    .summary = "whether a criterion's condition holds",
    .details = SCOPE_DETAILS "Prints {\"holds\": true|false}; null, with \"why\", for what can't be said.\n",
    .examples = "  arazzo eval condition '$statusCode == 200' --context answer.json\n"
                "  arazzo eval condition '$[?@.state == \"FAILED\"]' --type jsonpath --context answer.json\n"
                "  arazzo eval condition '//state = \"FAILED\"' --type xpath --context answer.json\n",
    .run = run_condition,
};

const struct command command_eval_jsonpath = {
    .name = "eval jsonpath",
    .operands = "TEXT",
    .least = 1,
    .most = 1,
    .options = query_options,
    .summary = "the nodes that a JSONPath query (RFC 9535) selects",
    .details = "FILE is the document that is queried, JSON or YAML. Prints {\"nodes\": […]}.\n",
    .examples = "  arazzo eval jsonpath '$.items[?@.size > 3]' --context body.json\n",
    .check = check_context,
    .run = run_jsonpath,
};

const struct command command_eval_xpath = {
    .name = "eval xpath",
    .operands = "TEXT",
    .least = 1,
    .most = 1,
    .options = query_options,
    .summary = "the value that an XPath expression selects",
    .details = "FILE is the XML document. Prints {\"value\": …}: a boolean, number or text; an array of the texts of "
               "several nodes.\n",
    .examples = "  arazzo eval xpath '//Name' --context body.xml\n",
    .check = check_context,
    .run = run_xpath,
};
