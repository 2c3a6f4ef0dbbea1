/* What to write instead: the RFC 9535 query that says what a refused comparison form says.
 *
 * `$.a.b == "x"` becomes `$[?$.a.b == "x"]`. A filter's comparison may begin with `$`, so the text goes into a filter at
 * the root as it stands, with `.length` written as length(): the query selects the root's members when the comparison
 * holds, and nothing when it does not. This is right for every comparison and for any combination of them, where
 * `$.a[?@.b == "x"]` would also look at the siblings of b's object, and `$.a[?@ == "x"]` at those of b. (It needs a body
 * with at least one member; an empty one has nothing to select.) A comparison with null is written for what is absent, too, and
 * bare runtime expressions get their braces.
 *
 * A comparison of many nodes, `$.list[*].b == "x"`, becomes a filter in their place: `$.list[?@.b == "x"]`. */
#include "jsonpath_parse.h"
#include "limits.h"
#include "sb.h"

/* A suggestion that fills the message's buffer is none. */
#define REPLACEMENT_BYTES 512

/* Keeps the list in the order of the text, which is not that of parsing: a filter ends before the query around it. */
static bool note(struct parser *p, size_t start, size_t end, sv text) {
  struct rewrite *rewrite = parser_new(p, sizeof *rewrite);
  struct rewrite **link = &p->rewrites;
  if (!rewrite) {
    return false;
  }
  while (*link && (*link)->start < start) {
    link = &(*link)->next;
  }
  *rewrite = (struct rewrite){.start = start, .end = end, .text = text, .next = *link};
  *link = rewrite;
  return true;
}

bool rewrite_length(struct parser *p, const struct query *query, size_t end) {
  return note(p, query->start, query->start, query->is_singular ? SV("length(") : SV("count(")) &&
         note(p, query->end, end, SV(")"));
}

bool rewrite_braces(struct parser *p, size_t start, size_t end) {
  return note(p, start, start, SV("{")) && note(p, end, end, SV("}"));
}

bool rewrite_null(struct parser *p, const struct query *query, size_t start, size_t end, bool is_equal) {
  struct sb b = sb_new(p->arena, LIMIT_EXPRESSION_BYTES);
  sb_put(&b, is_equal ? SV("(!") : SV("("));
  sb_put(&b, sv_slice(p->text, query->start, query->end));
  sb_put(&b, is_equal ? SV(" || ") : SV(" && "));
  sv text = {"", 0};
  return sb_finish(&b, "the query to write instead", &text, p->e) && note(p, start, start, text) &&
         note(p, end, end, SV(")"));
}

sv rewrite_condition(const struct parser *p, bool is_query) {
  struct sb b = sb_new(p->arena, REPLACEMENT_BYTES);
  size_t at = 0;
  sb_put(&b, is_query ? SV("") : parser_is_draft(p) ? SV("$[?(") : SV("$[?"));
  for (const struct rewrite *r = p->rewrites; r; r = r->next) {
    sb_put(&b, sv_slice(p->text, at, r->start));
    sb_put(&b, r->text);
    at = r->end;
  }
  sb_put(&b, sv_slice(p->text, at, p->text.len));
  sb_put(&b, is_query ? SV("") : parser_is_draft(p) ? SV(")]") : SV("]"));
  return sb_view(&b);
}

/* The last segment that selects many nodes. */
static const struct segment *last_many(const struct query *query) {
  const struct segment *many = NULL;
  for (const struct segment *s = query->segments; s; s = s->next) {
    many = s->is_single ? many : s;
  }
  return many;
}

sv rewrite_many(const struct parser *p, const struct query *query, sv other) {
  const struct segment *many = last_many(query);
  const struct selector *selector = many ? many->selectors : NULL;
  bool is_filter = selector && selector->kind == SELECTOR_FILTER;
  bool is_plain = selector && !many->is_descendant && !selector->next;
  if (!is_plain || !other.len || !(is_filter || selector->kind == SELECTOR_WILDCARD)) {
    return (sv){"", 0};
  }
  struct sb b = sb_new(p->arena, REPLACEMENT_BYTES);
  sb_put(&b, sv_slice(p->text, query->start, many->start));
  sb_put(&b, SV("[?"));
  if (is_filter) {
    sb_char(&b, '(');
    sb_put(&b, selector->filter_text);
    sb_put(&b, SV(") && "));
  }
  sb_char(&b, '@');
  sb_put(&b, sv_slice(p->text, many->end, query->end));
  sb_char(&b, ' ');
  sb_put(&b, other);
  sb_char(&b, ']');
  return sb_view(&b);
}
