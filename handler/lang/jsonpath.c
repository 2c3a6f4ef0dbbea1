/* JSONPath's front: compiles a text into a `struct jsonpath`, and tells what it is.
 *
 * All dialects share one parser. RFC 9535 (2.1.1) wants a query and nothing else. A condition of a 1.0.x document is read
 * as a logical expression (2.3.5.1) over `$`; when that turns out to be one query without runtime expressions it means
 * just what RFC 9535 says, so no text has two readings. When RFC 9535 refuses a text that would pass as a comparison form,
 * the message gives the query to write instead (jsonpath_rewrite.c).
 *
 * Parsing is in jsonpath_text.c, _parse.c, _logical.c, _operand.c, _embedded.c and _goessner.c, evaluation in _evaluate.c, _verdict.c, _functions.c,
 * _compare.c and _external.c; jsonpath_tree.h is what goes from one to the other. */
#include "jsonpath.h"

#include "arena.h"
#include "errinfo.h"
#include "jsonpath_evaluate.h"
#include "jsonpath_parse.h"
#include "limits.h"
#include "template.h"
#include "utf8.h"

static void finish(const struct parser *p, struct jsonpath *path) {
  path->externals = p->externals;
  path->external_count = p->external_count;
  path->is_comparison = !path->query || path->external_count > 0;
  path->absent_is_null = !path->query || parser_is_draft(p);
}

/* RFC 9535 2.1.1: jsonpath-query = root-identifier segments; no white space around it. */
static bool parse_whole_query(struct parser *p, struct jsonpath *path) {
  struct query *query = NULL;
  parser_skip_blanks(p);
  if (p->at > 0) {
    return parser_error(p, 0, "white space in front of the query is not part of JSONPath; remove it");
  }
  if (parser_peek(p, 0) != '$') {
    return parser_expected(p, "'$', the begin of a JSONPath query,");
  }
  if (!parse_query(p, &query)) {
    return false;
  }
  size_t end = p->at;
  parser_skip_blanks(p);
  if (!parser_at_end(p)) {
    return parser_expected(p, "'.', '[' or the end of the query");
  }
  path->query = query;
  finish(p, path);
  return end == p->at || parser_error(p, end, "white space behind the query is not part of JSONPath; remove it");
}

static bool parse_condition(struct parser *p, struct jsonpath *path) {
  struct logical *condition = NULL;
  parser_skip_blanks(p);
  if (!parse_logical(p, &condition)) {
    return false;
  }
  parser_skip_blanks(p);
  if (!parser_at_end(p)) {
    return parser_expected(p, "an operator (== != < <= > >= && ||) or the end");
  }
  path->condition = condition;
  path->query = condition->kind == LOGICAL_EXISTS ? condition->left->query : NULL;
  finish(p, path);
  return true;
}

static struct parser begin(struct arena *arena, sv text, enum jsonpath_dialect dialect, struct err *e) {
  return (struct parser){.arena = arena, .text = text, .dialect = dialect, .e = e};
}

/* Refused as a query: says so, and what to write instead when the text is a comparison form. */
static bool refuse_comparison(const struct parser *failed, struct err *refused, struct err *e) {
  struct err ignored = {0};
  struct jsonpath path = {0};
  bool is_draft = parser_is_draft(failed);
  enum jsonpath_dialect dialect = is_draft ? JSONPATH_GOESSNER_CONDITION : JSONPATH_CONDITION;
  struct parser p = begin(failed->arena, failed->text, dialect, &ignored);
  bool is_form = parse_condition(&p, &path);
  sv instead = is_form && !p.is_beyond_rfc ? rewrite_condition(&p, path.query != NULL) : (sv){"", 0};
  unsigned column = refused->column;
  if (ignored.code == ERR_MEMORY) {
    return err_memory(e);
  }
  if (instead.len && path.query && path.external_count) {
    err_set(e, ERR_SYNTAX, "in a JSONPath a runtime expression stands in braces; write %.*s", SV_ARG(instead));
  } else if (instead.len && path.is_comparison) {
    err_set(e, ERR_SYNTAX, "a comparison is not a JSONPath query (%s); write %.*s",
            is_draft ? "draft-goessner-dispatch-jsonpath-00" : "RFC 9535", SV_ARG(instead));
  } else if (is_form && path.is_comparison) {
    err_set(e, ERR_SYNTAX, "%s; this form of condition is known in Arazzo 1.0 documents only", refused->text);
  } else {
    *e = p.has_replacement ? ignored : *refused;
    return false;
  }
  e->column = column;
  return false;
}

static bool check_text(sv text, struct err *e) {
  if (text.len > LIMIT_EXPRESSION_BYTES) {
    return err_set(e, ERR_LIMIT, "the JSONPath has %zu bytes; at most %zu are allowed", text.len,
                   LIMIT_EXPRESSION_BYTES);
  }
  size_t valid = utf8_valid_prefix(text);
  if (valid < text.len) {
    err_set(e, ERR_SYNTAX, "the JSONPath is not valid UTF-8");
    e->column = 1 + (unsigned)utf8_count(sv_slice(text, 0, valid));
    return false;
  }
  return true;
}

bool jsonpath_compile(struct arena *arena, sv text, enum jsonpath_dialect dialect, const struct jsonpath **out,
                      struct err *e) {
  struct jsonpath *path = arena_alloc(arena, sizeof *path);
  if (!path) {
    return err_memory(e);
  }
  if (!check_text(text, e)) {
    return false;
  }
  *out = path;
  struct err refused = {0};
  struct parser p = begin(arena, text, dialect, e);
  if (parser_takes_comparisons(&p)) {
    return parse_condition(&p, path);
  }
  p.e = &refused;
  if (parse_whole_query(&p, path)) {
    return true;
  }
  if (refused.code == ERR_SYNTAX) {
    return refuse_comparison(&p, &refused, e);
  }
  *e = refused;
  return false;
}

bool jsonpath_is_comparison(const struct jsonpath *path) {
  return path->is_comparison;
}

bool jsonpath_each(const struct jsonpath *path, bool (*visit)(void *context, const struct expression *expression),
                   void *context) {
  for (const struct external *external = path->externals; external; external = external->next) {
    bool go_on =
        external->expression ? visit(context, external->expression) : template_each(external->template, visit, context);
    if (!go_on) {
      return false;
    }
  }
  return true;
}

/* Design, section 6: a filter at the root of an object that selects nothing is also tried with the object itself. */
static bool try_object_itself(struct evaluation *ev, const struct query *query, enum verdict *out) {
  const struct segment *first = query->segments;
  bool is_root_filter = first && !first->is_descendant && !first->selectors->next &&
                        first->selectors->kind == SELECTOR_FILTER && json_type(ev->root) == JSON_OBJECT;
  if (*out != VERDICT_FAILS || !is_root_filter) {
    return true;
  }
  struct selection rest = {0};
  if (!evaluate_logical(ev, first->selectors->filter, ev->root, out)) {
    return false;
  }
  if (*out != VERDICT_HOLDS || !first->next) {
    return true;
  }
  if (!evaluate_segments(ev, first->next, ev->root, &rest)) {
    return false;
  }
  *out = rest.count ? VERDICT_HOLDS : rest.is_uncertain ? VERDICT_UNKNOWN : VERDICT_FAILS;
  return true;
}

static struct evaluation evaluation_of(const json *root, struct arena *arena, struct err *e) {
  return (struct evaluation){.root = root, .arena = arena, .steps = LIMIT_JSONPATH_STEPS, .e = e};
}

static bool evaluate_whole(struct evaluation *ev, const struct jsonpath *path, enum verdict *out) {
  ev->absent_is_null = path->absent_is_null;
  if (!path->query) {
    return evaluate_logical(ev, path->condition, ev->root, out);
  }
  return evaluate_existence(ev, path->query, ev->root, out) && try_object_itself(ev, path->query, out);
}

bool jsonpath_eval(const struct jsonpath *path, const json *subject, const struct scope *scope, struct arena *arena,
                   enum verdict *out, struct err *e) {
  *out = VERDICT_UNKNOWN;
  if (!subject) {
    return true;
  }
  struct evaluation ev = evaluation_of(subject, arena, e);
  ev.absent_is_unknown = scope && scope->absent_is_unknown;
  enum verdict verdict = VERDICT_UNKNOWN;
  bool usable = true;
  bool ok = evaluation_read_externals(&ev, path, scope, &usable) && (!usable || evaluate_whole(&ev, path, &verdict));
  *out = ok ? verdict : VERDICT_UNKNOWN;
  return ok;
}

bool jsonpath_select(const struct jsonpath *path, const json *argument, const struct scope *scope, struct arena *arena,
                     struct node_list *out, struct err *e) {
  struct evaluation ev = evaluation_of(argument, arena, e);
  struct selection selection = {0};
  bool usable = true;
  *out = (struct node_list){0};
  if (!path->query) {
    return err_set(e, ERR_INVALID, "this JSONPath is a comparison, which holds or not; it selects no nodes");
  }
  if (!evaluation_read_externals(&ev, path, scope, &usable)) {
    return false;
  }
  ev.absent_is_null = path->absent_is_null;
  ev.absent_is_unknown = scope && scope->absent_is_unknown;
  if (usable && !evaluate_query(&ev, path->query, argument, &selection)) {
    return false;
  }
  *out =
      (struct node_list){.nodes = ev.nodes, .count = selection.count, .is_unknown = !usable || selection.is_uncertain};
  return true;
}

bool jsonpath_query(const struct jsonpath *path, const json *argument, struct arena *arena, struct node_list *out,
                    struct err *e) {
  if (path->query && path->external_count) {
    *out = (struct node_list){0};
    return err_set(e, ERR_INVALID, "this JSONPath holds runtime expressions, which have no values here");
  }
  return jsonpath_select(path, argument, NULL, arena, out, e);
}
