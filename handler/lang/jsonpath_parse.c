/* Parser of queries: segments and selectors (RFC 9535 2.1.1, 2.3, 2.5), by recursive descent.
 *
 * White space may stand between segments, but not after the last one, so it is given back when no segment follows. In
 * brackets it may stand everywhere; a singular query is taken with it, too, where the grammar of 2.3.5.1 is narrower. */
#include "jsonpath_parse.h"

#include "errinfo.h"

static bool refuse_hyphen(struct parser *p, size_t start) {
  size_t at = p->at;
  while (parser_take(p, SV("-")) || parser_take_name(p).len) {
  }
  return parser_error(p, at, "a name with '-' stands in brackets and quotes: ['%.*s']",
                      SV_ARG(sv_slice(p->text, start, p->at)));
}

/* The name behind '.' or '..', as the segment's only selector. */
static bool shorthand_name(struct parser *p, struct segment *segment) {
  struct selector *selector = parser_new(p, sizeof *selector);
  if (!selector) {
    return false;
  }
  segment->selectors = selector;
  if (parser_take(p, SV("*"))) {
    selector->kind = SELECTOR_WILDCARD;
    return true;
  }
  if (parser_peek(p, 0) == '{') {
    return parser_error(p, p->at,
                        "a name that a runtime expression gives stands in brackets and quotes: ['{$inputs.name}']");
  }
  size_t start = p->at;
  selector->kind = SELECTOR_NAME;
  /* In a script of the draft '-' would calculate. */
  if (parser_is_draft(p) && p->filters == 0) {
    if (!draft_name(p, &selector->name)) {
      return false;
    }
  } else {
    selector->name = parser_take_name(p);
  }
  if (selector->name.len == 0) {
    return parser_expected(p, segment->is_descendant ? "a name, '*' or '[' after '..'" : "a name or '*' after '.'");
  }
  if (parser_peek(p, 0) == '(') {
    return parser_error(p, start,
                        "JSONPath has no methods: write %.*s(…) around the query instead, as in length($.list)",
                        SV_ARG(selector->name));
  }
  return parser_peek(p, 0) != '-' || refuse_hyphen(p, start);
}

/* An index or a part of a slice: in the draft a script, too. */
static bool take_integer(struct parser *p, int64_t *out) {
  if (parser_peek(p, 0) == '{') {
    return parser_error(p, p->at,
                        "a slice is written in numbers; a runtime expression can be an index: [{$inputs.index}]");
  }
  return parser_is_draft(p) && parser_peek(p, 0) == '(' ? draft_script(p, out) : parser_integer(p, out);
}

/* [":" [step]] */
static bool slice_step(struct parser *p, struct slice *slice) {
  if (!parser_take(p, SV(":"))) {
    return true;
  }
  parser_skip_blanks(p);
  size_t start = p->at;
  if (parser_peek(p, 0) == ',' || parser_peek(p, 0) == ']') {
    return true;
  }
  return take_integer(p, &slice->step) && (!parser_is_draft(p) || draft_check_step(p, start, slice->step));
}

/* RFC 9535 2.3.3.1: the start was taken; takes ":" [end] [":" [step]]. */
static bool slice_rest(struct parser *p, struct slice *slice) {
  slice->step = 1;
  p->at++;
  parser_skip_blanks(p);
  if (parser_peek(p, 0) != ':' && parser_peek(p, 0) != ',' && parser_peek(p, 0) != ']') {
    slice->has_end = true;
    if (!take_integer(p, &slice->end)) {
      return false;
    }
    parser_skip_blanks(p);
  }
  return slice_step(p, slice);
}

static bool index_or_slice(struct parser *p, struct selector *selector) {
  bool has_start = parser_peek(p, 0) != ':';
  bool is_script = parser_peek(p, 0) == '(';
  size_t start = p->at;
  if (has_start && !take_integer(p, &selector->index)) {
    return false;
  }
  size_t end = p->at;
  parser_skip_blanks(p);
  if (parser_peek(p, 0) != ':') {
    p->at = end;
    selector->kind = SELECTOR_INDEX;
    return !parser_is_draft(p) || is_script || draft_check_index(p, start, selector->index);
  }
  selector->kind = SELECTOR_SLICE;
  selector->slice.has_start = has_start;
  selector->slice.start = selector->index;
  return slice_rest(p, &selector->slice);
}

static bool filter(struct parser *p, struct selector *selector) {
  struct logical *condition = NULL;
  selector->kind = SELECTOR_FILTER;
  p->at++;
  parser_skip_blanks(p);
  size_t start = p->at;
  if (!parser_enter(p)) {
    return false;
  }
  p->filters++;
  if (!parse_logical(p, &condition)) {
    return false;
  }
  p->filters--;
  parser_leave(p);
  selector->filter = condition;
  selector->filter_text = sv_trim(sv_slice(p->text, start, p->at));
  return true;
}

static bool unknown_selector(struct parser *p) {
  size_t start = p->at;
  if (parser_peek(p, 0) == '(') {
    return parser_error(p, start,
                        "scripts in brackets are not part of JSONPath; write [-1] for the last element, [?…] for a "
                        "filter");
  }
  sv name = parser_take_name(p);
  p->at = start;
  if (name.len) {
    return parser_error(p, start, "a name in brackets stands in quotes: ['%.*s']", SV_ARG(name));
  }
  return parser_expected(p, "a selector: a name in quotes, an index, a slice, '*' or '?'");
}

static bool quoted_name(struct parser *p, struct selector *selector) {
  bool found = false;
  size_t start = p->at;
  if (!parser_string(p, &selector->name) ||
      !embedded_text(p, start, selector->name, true, &found, &selector->external)) {
    return false;
  }
  selector->kind = found ? SELECTOR_EXTERNAL : SELECTOR_NAME;
  return true;
}

static bool parse_selector(struct parser *p, struct selector *selector) {
  char c = parser_peek(p, 0);
  if (c == '\'' || c == '"') {
    return quoted_name(p, selector);
  }
  if (c == '{') {
    selector->kind = SELECTOR_EXTERNAL;
    return embedded_expression(p, true, &selector->external);
  }
  if (c == '*') {
    selector->kind = SELECTOR_WILDCARD;
    p->at++;
    return true;
  }
  if (c == '?') {
    return filter(p, selector);
  }
  if (c == '-' || c == ':' || (c >= '0' && c <= '9') || (c == '(' && parser_is_draft(p))) {
    return index_or_slice(p, selector);
  }
  return unknown_selector(p);
}

/* RFC 9535 2.5.1.1: bracketed-selection = "[" S selector *(S "," S selector) S "]". */
static bool bracketed(struct parser *p, struct segment *segment) {
  struct selector **link = &segment->selectors;
  do {
    struct selector *selector = parser_new(p, sizeof *selector);
    p->at++;
    parser_skip_blanks(p);
    if (!selector || !parse_selector(p, selector)) {
      return false;
    }
    *link = selector;
    link = &selector->next;
    parser_skip_blanks(p);
  } while (parser_peek(p, 0) == ',');
  return parser_take(p, SV("]")) || parser_expected(p, "',' or ']'");
}

/* A child segment (RFC 9535 2.5.1) or descendant segment (2.5.2). */
static bool parse_segment(struct parser *p, struct segment *segment) {
  segment->start = p->at;
  segment->is_descendant = parser_take(p, SV(".."));
  bool in_brackets = parser_peek(p, 0) == '[';
  if (!in_brackets && !segment->is_descendant) {
    p->at++;
  }
  if (!(in_brackets ? bracketed(p, segment) : shorthand_name(p, segment))) {
    return false;
  }
  const struct selector *first = segment->selectors;
  bool names_one = first->kind == SELECTOR_NAME || first->kind == SELECTOR_INDEX || first->kind == SELECTOR_EXTERNAL;
  segment->is_single = !segment->is_descendant && !first->next && names_one;
  segment->end = p->at;
  return true;
}

static bool segment_follows(const struct parser *p) {
  return parser_peek(p, 0) == '.' || parser_peek(p, 0) == '[';
}

bool parse_query(struct parser *p, struct query **out) {
  struct query *query = parser_new(p, sizeof *query);
  if (!query) {
    return false;
  }
  *query = (struct query){.is_absolute = parser_peek(p, 0) == '$', .is_singular = true, .start = p->at};
  if (!query->is_absolute && p->filters == 0) {
    return parser_error(p, p->at, "'@' has a meaning only inside of a filter, [?…]; write '$' here");
  }
  p->at++;
  struct segment **link = &query->segments;
  for (;;) {
    query->end = p->at;
    parser_skip_blanks(p);
    if (!segment_follows(p)) {
      p->at = query->end;
      *out = query;
      return true;
    }
    struct segment *segment = parser_new(p, sizeof *segment);
    if (!segment || !parse_segment(p, segment)) {
      return false;
    }
    query->is_singular = query->is_singular && segment->is_single;
    *link = segment;
    link = &segment->next;
  }
}
