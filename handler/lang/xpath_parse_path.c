/* Parser of location paths (XPath 1.0 2): steps, axes, node tests, predicates, and the abbreviations.
 *
 * "//" is /descendant-or-self::node()/. Where a child without predicates follows, the two steps select what one
 * descendant step selects, which is a tenth of the work; with predicates they do not: //a[1] is the first of each parent. */
#include "xpath_parse.h"

#include "limits.h"
#include "nearest.h"

static const sv axes[] = {
    [AXIS_ANCESTOR] = {"ancestor", 8},
    [AXIS_ANCESTOR_OR_SELF] = {"ancestor-or-self", 16},
    [AXIS_ATTRIBUTE] = {"attribute", 9},
    [AXIS_CHILD] = {"child", 5},
    [AXIS_DESCENDANT] = {"descendant", 10},
    [AXIS_DESCENDANT_OR_SELF] = {"descendant-or-self", 18},
    [AXIS_FOLLOWING] = {"following", 9},
    [AXIS_FOLLOWING_SIBLING] = {"following-sibling", 17},
    [AXIS_NAMESPACE] = {"namespace", 9},
    [AXIS_PARENT] = {"parent", 6},
    [AXIS_PRECEDING] = {"preceding", 9},
    [AXIS_PRECEDING_SIBLING] = {"preceding-sibling", 17},
    [AXIS_SELF] = {"self", 4},
};

#define AXES_COUNT (sizeof axes / sizeof *axes)

static bool parse_predicates(struct xpath_parser *p, struct expr **last) {
  while (xpath_blanks(p) && xpath_take(p, "[")) {
    if (!xpath_parse(p, last)) {
      return false;
    }
    if (!xpath_take(p, "]")) {
      return xpath_expected(p, "an operator, or ']' behind the predicate");
    }
    last = &(*last)->next;
  }
  return p->e->code == ERR_NONE;
}

/* The prefix of a name test, once for each name. */
static bool add_prefix(struct xpath_parser *p, sv name, struct step *step) {
  for (struct prefix *known = p->path->prefixes; known; known = known->next) {
    if (sv_eq(known->name, name)) {
      step->prefix = known;
      return true;
    }
  }
  struct prefix *prefix = xpath_new(p, sizeof *prefix);
  if (!prefix) {
    return false;
  }
  *prefix = (struct prefix){.name = name, .index = p->path->prefix_count++, .next = p->path->prefixes};
  p->path->prefixes = prefix;
  step->prefix = prefix;
  return true;
}

static const struct {
  sv name;
  enum node_test test;
} node_types[] = {
    {{"node", 4}, TEST_NODE},
    {{"text", 4}, TEST_TEXT},
    {{"comment", 7}, TEST_COMMENT},
    {{"processing-instruction", 22}, TEST_INSTRUCTION},
};

#define NODE_TYPES_COUNT (sizeof node_types / sizeof *node_types)

/* The index of a node type's name, or NODE_TYPES_COUNT. */
static size_t find_node_type(sv name) {
  size_t i = 0;
  while (i < NODE_TYPES_COUNT && !sv_eq(node_types[i].name, name)) {
    i++;
  }
  return i;
}

/* True when "name (" begins at the offset; the name is `*name`. */
static bool is_call(const struct xpath_parser *p, size_t at, sv *name) {
  size_t end = at + xpath_name_length(p, at);
  *name = sv_slice(p->text, at, end);
  bool is_prefixed = end > at && end + 1 < p->text.len && p->text.ptr[end] == ':' && p->text.ptr[end + 1] != ':';
  if (is_prefixed) {
    size_t local = xpath_name_length(p, end + 1);
    end = local ? end + 1 + local : end;
    *name = sv_slice(p->text, at, end);
  }
  sv rest = sv_trim(sv_slice(p->text, end, p->text.len));
  return name->len && rest.len && rest.ptr[0] == '(';
}

static bool at_primary(const struct xpath_parser *p) {
  sv name = {0};
  char c = xpath_peek(p, 0);
  char next = xpath_peek(p, 1);
  bool is_number = (c >= '0' && c <= '9') || (c == '.' && next >= '0' && next <= '9');
  return is_number || c == '(' || c == '\'' || c == '"' || c == '$' || c == '{' ||
         (is_call(p, p->at, &name) && find_node_type(name) == NODE_TYPES_COUNT);
}

/* XPath 1.0 2.3: NodeType '(' ')', behind the name. */
static bool parse_node_type(struct xpath_parser *p, struct step *step, size_t type) {
  step->test = node_types[type].test;
  if (!xpath_blanks(p) || !xpath_take(p, "(") || !xpath_blanks(p)) {
    return p->e->code == ERR_NONE && xpath_expected(p, "'('");
  }
  char c = xpath_peek(p, 0);
  if (step->test == TEST_INSTRUCTION && (c == '\'' || c == '"')) {
    step->has_target = true;
    if (!xpath_quoted(p, &step->name) || !xpath_blanks(p)) {
      return false;
    }
  }
  return xpath_take(p, ")") || xpath_expected(p, "')'");
}

/* XPath 1.0 2.3: NameTest. */
static bool parse_name_test(struct xpath_parser *p, struct step *step, sv name) {
  step->test = TEST_NAME;
  step->name = name;
  if (xpath_peek(p, 0) != ':' || xpath_peek(p, 1) == ':') {
    return true;
  }
  p->at++;
  if (!add_prefix(p, name, step)) {
    return false;
  }
  if (xpath_take(p, "*")) {
    step->test = TEST_ANY_IN;
    return true;
  }
  size_t length = xpath_name_length(p, p->at);
  step->name = sv_slice(p->text, p->at, p->at + length);
  p->at += length;
  return length || xpath_expected(p, "a name behind the prefix");
}

static bool no_step(struct xpath_parser *p) {
  char c = xpath_peek(p, 0);
  if (c == '(') {
    return xpath_later(p, p->at, "a parenthesis as a step", "2.0", "write the whole paths: a/b | a/c for a/(b | c)");
  }
  if (c == '{' || c == '$') {
    return xpath_wrong(p, p->at,
                       "a runtime expression stands for a value, not for a name; write *[local-name() = '{$…}']");
  }
  return xpath_expected(p, "a name, '*', '@', '.', '..', a function, a literal or a parenthesis");
}

static bool parse_node_test(struct xpath_parser *p, struct step *step) {
  sv call = {0};
  size_t start = p->at;
  if (!xpath_later_operand(p)) {
    return false;
  }
  if (xpath_take(p, "*")) {
    step->test = TEST_ANY_NAME;
    return true;
  }
  sv name = sv_slice(p->text, p->at, p->at + xpath_name_length(p, p->at));
  if (name.len == 0) {
    return no_step(p);
  }
  if (!is_call(p, start, &call)) {
    p->at += name.len;
    return parse_name_test(p, step, name);
  }
  if (find_node_type(call) == NODE_TYPES_COUNT) {
    return xpath_later_call(p, start, call) && xpath_later(p, start, "a function as a step", "2.0",
                                                           "put the path into the function: name(a/b) for a/b/name()");
  }
  p->at += name.len;
  return parse_node_type(p, step, find_node_type(name));
}

/* XPath 1.0 2.2: AxisName '::', or '@'. */
static bool parse_axis(struct xpath_parser *p, struct step *step) {
  step->axis = AXIS_CHILD;
  if (xpath_take(p, "@")) {
    step->axis = AXIS_ATTRIBUTE;
    return xpath_blanks(p);
  }
  size_t start = p->at;
  sv name = sv_slice(p->text, start, start + xpath_name_length(p, start));
  p->at += name.len;
  if (name.len == 0 || !xpath_blanks(p) || !xpath_take(p, "::")) {
    p->at = start;
    return p->e->code == ERR_NONE;
  }
  for (size_t i = 0; i < AXES_COUNT; i++) {
    if (sv_eq(axes[i], name)) {
      step->axis = (enum axis)i;
      p->path->uses_namespace_axis = p->path->uses_namespace_axis || step->axis == AXIS_NAMESPACE;
      return xpath_blanks(p);
    }
  }
  sv meant = nearest_word(name, axes, AXES_COUNT);
  return xpath_wrong(p, start, "there is no axis %.*s::%s%.*s%s", SV_ARG(name), meant.len ? "; did you mean " : "",
                     SV_ARG(meant), meant.len ? "::?" : "");
}

/* XPath 1.0 2.5: "." and "..", which take no predicates. */
static bool take_dots(struct xpath_parser *p, struct step *step) {
  step->test = TEST_NODE;
  if (xpath_take(p, "..")) {
    step->axis = AXIS_PARENT;
    return true;
  }
  step->axis = AXIS_SELF;
  return xpath_take(p, ".");
}

static bool parse_step(struct xpath_parser *p, struct step *step) {
  if (at_primary(p) && xpath_peek(p, 0) != '(' && xpath_name_length(p, p->at) == 0) {
    return no_step(p);
  }
  if (!take_dots(p, step)) {
    return parse_axis(p, step) && parse_node_test(p, step) && parse_predicates(p, &step->predicates);
  }
  if (!xpath_blanks(p)) {
    return false;
  }
  return xpath_peek(p, 0) != '[' ||
         xpath_later(p, p->at, "a predicate behind '.' or '..'", "2.0", "write self::node()[…] or parent::node()[…]");
}

static struct step *add_step(struct xpath_parser *p, struct step ***end) {
  struct step *step = xpath_new(p, sizeof *step);
  if (step) {
    **end = step;
    *end = &step->next;
  }
  return step;
}

/* XPath 1.0 2.5: "//". */
static bool add_descendants(struct xpath_parser *p, struct step ***end) {
  struct step *step = add_step(p, end);
  if (!step) {
    return false;
  }
  step->axis = AXIS_DESCENDANT_OR_SELF;
  step->test = TEST_NODE;
  step->is_double_slash = true;
  return true;
}

/* Makes one step of descendant-or-self::node()/child::x. */
static void join_descendants(struct step *steps) {
  for (struct step *step = steps; step; step = step->next) {
    struct step *next = step->next;
    if (step->is_double_slash && next && next->axis == AXIS_CHILD && !next->predicates) {
      *step = *next;
      step->axis = AXIS_DESCENDANT;
    }
  }
}

/* Steps, each but the first behind its slash. */
static bool parse_steps(struct xpath_parser *p, struct expr *path, struct step **end) {
  for (;;) {
    struct step *step = add_step(p, &end);
    if (!step || !parse_step(p, step) || !xpath_blanks(p)) {
      return false;
    }
    if (!xpath_take(p, "/")) {
      join_descendants(path->steps);
      return true;
    }
    if ((xpath_take(p, "/") && !add_descendants(p, &end)) || !xpath_blanks(p)) {
      return false;
    }
  }
}

static bool begins_step(const struct xpath_parser *p) {
  char c = xpath_peek(p, 0);
  return c == '@' || c == '.' || c == '*' || xpath_name_length(p, p->at) > 0;
}

static bool parse_absolute(struct xpath_parser *p, struct expr *path) {
  struct step **end = &path->steps;
  path->is_absolute = true;
  p->at++;
  bool is_double = xpath_take(p, "/");
  if ((is_double && !add_descendants(p, &end)) || !xpath_blanks(p)) {
    return false;
  }
  /* XPath 1.0 2: "/" alone is the document. */
  return (!is_double && !begins_step(p)) ? xpath_peek(p, 0) != '(' || no_step(p) : parse_steps(p, path, end);
}

/* XPath 1.0 3.3: FilterExpr, and the steps behind it. */
static bool parse_filter(struct xpath_parser *p, struct expr *path) {
  struct step **end = &path->steps;
  size_t start = p->at;
  if (!xpath_primary(p, &path->first) || !parse_predicates(p, &path->predicates)) {
    return false;
  }
  bool has_steps = xpath_take(p, "/");
  if ((has_steps || path->predicates) && path->first->type != XPATH_NODES) {
    return xpath_wrong(p, start, "only what selects nodes can have %s behind it", has_steps ? "steps" : "predicates");
  }
  if (!has_steps) {
    path->type = path->first->type;
    return true;
  }
  return (!xpath_take(p, "/") || add_descendants(p, &end)) && xpath_blanks(p) && parse_steps(p, path, end);
}

bool xpath_path(struct xpath_parser *p, struct expr **out) {
  struct expr *path = xpath_new(p, sizeof *path);
  if (!path) {
    return false;
  }
  *path = (struct expr){.kind = EXPR_PATH, .type = XPATH_NODES, .start = p->at};
  *out = path;
  if (xpath_peek(p, 0) == '/') {
    return parse_absolute(p, path);
  }
  if (!at_primary(p)) {
    return parse_steps(p, path, &path->steps);
  }
  if (!parse_filter(p, path)) {
    return false;
  }
  if (!path->predicates && !path->steps) {
    *out = path->first;
  }
  return true;
}
