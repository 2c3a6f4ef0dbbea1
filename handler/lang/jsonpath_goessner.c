/* What draft-goessner-dispatch-jsonpath-00 (2020) has besides RFC 9535, which grew out of it. The draft calls itself a
 * strawman: it gives a grammar for paths, and leaves what stands in parentheses to an "underlying scripting language" which is
 * "to be defined". Of that language it says that it can tell the number of items of an array, the presence of a member,
 * and compare numbers with a constant; that is what is here, without running any code:
 * - filters, ?(…), hold RFC 9535's logical expressions, with @.length for the number of items. A filter ?(@.isbn) tests the
 *   presence, as the draft's words have it. What is absent equals null, as in the languages that the draft's examples run in;
 * - scripts, (…), are (@.length-1) and its like, which count from the end, and plain indexes. They may be parts of slices;
 * - names behind a dot may stand in single quotes, as its grammar has them, and hold '-' and digits, as its text does.
 *
 * Refused where the two would silently select different nodes: [-1], which is nothing in the draft's languages and the last
 * element in RFC 9535, and slices that go backwards. The functions of RFC 9535 are taken here, too; =~ is in neither. */
#include "errinfo.h"
#include "jsonpath_parse.h"

#define INSTEAD "of scripts only those that count from the end are known: write (@.length-1) for the last element"

static bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         (unsigned char)c >= 0x80;
}

static bool is_digits(sv text) {
  size_t at = 0;
  while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9') {
    at++;
  }
  return text.len && at == text.len;
}

/* Its grammar: step = ".." name / "." name; name = "'" text "'" / "*". Its examples: $.store.book */
bool draft_name(struct parser *p, sv *out) {
  size_t start = p->at;
  *out = (sv){"", 0};
  if (parser_peek(p, 0) == '\'' || parser_peek(p, 0) == '"') {
    return parser_string(p, out);
  }
  while (is_name(parser_peek(p, 0))) {
    p->at++;
  }
  *out = sv_slice(p->text, start, p->at);
  return !is_digits(*out) ||
         parser_error(p, start, "write [%.*s] for an element, ['%.*s'] for a member", SV_ARG(*out), SV_ARG(*out));
}

static bool take_length(struct parser *p) {
  return parser_take(p, SV("@.length")) || parser_take(p, SV("@['length']")) || parser_take(p, SV("@[\"length\"]"));
}

/* Its grammar: script-expression = "(" script ")". Its example: (@.length-1) */
bool draft_script(struct parser *p, int64_t *out) {
  size_t start = p->at++;
  parser_skip_blanks(p);
  bool from_end = take_length(p);
  parser_skip_blanks(p);
  if (from_end && !parser_take(p, SV("-"))) {
    return parser_error(p, start, "this script selects nothing that exists, or is not known; " INSTEAD);
  }
  parser_skip_blanks(p);
  if (parser_peek(p, 0) < '0' || parser_peek(p, 0) > '9') {
    return parser_error(p, start, "scripts are not run; " INSTEAD);
  }
  if (!parser_integer(p, out)) {
    return false;
  }
  parser_skip_blanks(p);
  if (!parser_take(p, SV(")")) || (from_end && *out == 0)) {
    return parser_error(p, start, "this script selects nothing that exists, or is not known; " INSTEAD);
  }
  /* RFC 9535 2.3.3.2 counts from the end by negative indexes. */
  *out = from_end ? -*out : *out;
  return true;
}

bool draft_check_index(struct parser *p, size_t at, int64_t index) {
  return index >= 0 || parser_error(p, at,
                                    "the draft has no negative index; write [%lld:] or [(@.length%lld)], or use "
                                    "version rfc9535",
                                    (long long)index, (long long)index);
}

bool draft_check_step(struct parser *p, size_t at, int64_t step) {
  return step > 0 ||
         parser_error(p, at, "the draft has no slices that go backwards or stand still; write a step above 0");
}
