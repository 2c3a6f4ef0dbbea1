/* What XPath 2.0, 3.0 and 3.1 have and XPath 1.0 does not (XPath 2.0 I, XPath 3.1 A.1, Functions and Operators 3.1): each is
 * refused at load by its name, with the version it came with and, where there is one, the XPath 1.0 form to write
 * instead. Where the text could be either (a name `for` is a fine element), what follows decides, as in the later grammars. */
#include "xpath_parse.h"

#include <stdio.h>

#include "syntax_error.h"

bool xpath_later(struct xpath_parser *p, size_t at, const char *what, const char *version, const char *instead) {
  err_set(p->e, ERR_UNSUPPORTED, "%s needs XPath %s; XPath 1.0 is what is implemented%s%s", what, version,
          instead ? "; " : "", instead ? instead : "");
  if (p->e->code == ERR_UNSUPPORTED && p->e->column == 0) {
    p->e->column = 1;
    syntax_error_shift(p->e, p->text, at);
  }
  return false;
}

struct later {
  const char *name;
  const char *version;
  const char *instead;
};

/* Where an operator can stand. Marks before words; the longest first, where one begins with another. */
static const struct later operators[] = {
    {"||", "3.0", "write concat(a, b)"},
    {"=>", "3.1", "write the function around its argument: f(x) for x => f()"},
    {"<<", "2.0", "write boolean(b/preceding::a) or the like"},
    {">>", "2.0", "write boolean(b/following::a) or the like"},
    {"!", "3.0", "write a path: a/b for a!b"},
    {":=", "3.0", NULL},
    {"?", "3.1", NULL},
    {"#", "3.0", NULL},
    {"eq", "2.0", "write a = b"},
    {"ne", "2.0", "write a != b"},
    {"lt", "2.0", "write a < b"},
    {"le", "2.0", "write a <= b"},
    {"gt", "2.0", "write a > b"},
    {"ge", "2.0", "write a >= b"},
    {"is", "2.0", "write count(a | b) = 1"},
    {"to", "2.0", "write x >= 1 and x <= 5 for x = 1 to 5"},
    {"idiv", "2.0", "write floor(a div b)"},
    {"union", "2.0", "write a | b"},
    {"intersect", "2.0", "write a[count(. | b) = count(b)]"},
    {"except", "2.0", "write a[count(. | b) != count(b)]"},
    {"instance", "2.0", NULL},
    {"treat", "2.0", NULL},
    {"castable", "2.0", "write number(x) = number(x) to ask whether x is a number"},
    {"cast", "2.0", "write number(x), string(x) or boolean(x)"},
};

bool xpath_later_operator(struct xpath_parser *p) {
  sv rest = sv_slice(p->text, p->at, p->text.len);
  sv word = sv_slice(rest, 0, xpath_name_length(p, p->at));
  if (sv_starts(rest, SV("!="))) {
    return true;
  }
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
    sv name = sv_from(operators[i].name);
    if (word.len ? sv_eq(word, name) : sv_starts(rest, name)) {
      char what[32];
      snprintf(what, sizeof what, "the operator '%.*s'", SV_ARG(name));
      return xpath_later(p, p->at, what, operators[i].version, operators[i].instead);
    }
  }
  return true;
}

/* Words that begin an expression when a certain character follows. */
static const struct {
  const char *word;
  char next;
  const char *version;
  const char *instead;
} beginnings[] = {
    {"for", '$', "2.0", "write a path, which selects from all of its nodes"},
    {"some", '$', "2.0", "write a predicate: a[. = 1] for some $x in a satisfies $x = 1"},
    {"every", '$', "2.0", "write not(a[not(. = 1)]) for every $x in a satisfies $x = 1"},
    {"let", '$', "3.0", NULL},
    {"if", '(', "2.0", "in a condition write (c and a) or (not(c) and b) for if (c) then a else b"},
    {"function", '(', "3.0", NULL},
    {"map", '{', "3.1", NULL},
    {"array", '{', "3.1", NULL},
    {"map", '(', "3.1", NULL},
    {"array", '(', "3.1", NULL},
    {"element", '(', "2.0", "write '*', or the element's name"},
    {"attribute", '(', "2.0", "write '@*', or '@' and the attribute's name"},
    {"item", '(', "2.0", "write node()"},
    {"document-node", '(', "2.0", "write '/'"},
    {"schema-element", '(', "2.0", NULL},
    {"schema-attribute", '(', "2.0", NULL},
    {"namespace-node", '(', "3.0", "write namespace::*"},
};

/* Characters that begin something where no operand of XPath 1.0 can begin so. */
static bool later_mark(struct xpath_parser *p) {
  char c = xpath_peek(p, 0);
  if (c == '[') {
    return xpath_later(p, p->at, "an array [ … ]", "3.1", NULL);
  }
  if (c == '?') {
    return xpath_later(p, p->at, "a lookup with '?'", "3.1", NULL);
  }
  if (c == '*' && xpath_peek(p, 1) == ':') {
    return xpath_later(p, p->at, "'*:name'", "2.0", "write *[local-name() = 'name']");
  }
  if (c == 'Q' && xpath_peek(p, 1) == '{') {
    return xpath_later(p, p->at, "'Q{uri}name'", "3.0", "write *[local-name() = 'name' and namespace-uri() = 'uri']");
  }
  return true;
}

bool xpath_later_operand(struct xpath_parser *p) {
  sv rest = sv_slice(p->text, p->at, p->text.len);
  sv word = sv_slice(rest, 0, xpath_name_length(p, p->at));
  sv behind = sv_trim(sv_slice(rest, word.len, rest.len));
  char next = behind.len ? behind.ptr[0] : '\0';
  for (size_t i = 0; word.len && i < sizeof beginnings / sizeof *beginnings; i++) {
    if (sv_eq(word, sv_from(beginnings[i].word)) && next == beginnings[i].next) {
      char what[64];
      snprintf(what, sizeof what, "'%.*s%s%c'", SV_ARG(word), next == '$' ? " " : "", next);
      return xpath_later(p, p->at, what, beginnings[i].version, beginnings[i].instead);
    }
  }
  if (word.len && next == '#') {
    return xpath_later(p, p->at, "a function's name with '#'", "3.0", NULL);
  }
  return later_mark(p);
}

#define LOWER "translate(x, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
#define UPPER "translate(x, 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ')"

static const struct later functions[] = {
    {"QName", "2.0", NULL},
    {"abs", "2.0", "write x * (1 - 2 * (x < 0))"},
    {"adjust-date-to-timezone", "2.0", NULL},
    {"adjust-dateTime-to-timezone", "2.0", NULL},
    {"adjust-time-to-timezone", "2.0", NULL},
    {"analyze-string", "3.0", NULL},
    {"apply", "3.1", NULL},
    {"available-environment-variables", "3.0", NULL},
    {"avg", "2.0", "write sum(x) div count(x)"},
    {"base-uri", "2.0", NULL},
    {"codepoint-equal", "2.0", "write a = b"},
    {"codepoints-to-string", "2.0", NULL},
    {"collation-key", "3.1", NULL},
    {"collection", "2.0", NULL},
    {"compare", "2.0", "write a = b"},
    {"contains-token", "3.1", "write contains(concat(' ', normalize-space(x), ' '), ' token ')"},
    {"current-date", "2.0", "pass the date as an input: {$inputs.date}"},
    {"current-dateTime", "2.0", "pass the time as an input: {$inputs.time}"},
    {"current-time", "2.0", "pass the time as an input: {$inputs.time}"},
    {"data", "2.0", "write x itself, or string(x)"},
    {"dateTime", "2.0", NULL},
    {"day-from-date", "2.0", "write substring(x, 9, 2)"},
    {"day-from-dateTime", "2.0", "write substring(x, 9, 2)"},
    {"days-from-duration", "2.0", NULL},
    {"deep-equal", "2.0", "write a = b for their texts"},
    {"default-collation", "2.0", NULL},
    {"default-language", "3.1", NULL},
    {"distinct-values", "2.0", "write x[not(. = preceding::x)]"},
    {"doc", "2.0", NULL},
    {"doc-available", "2.0", NULL},
    {"document-uri", "2.0", NULL},
    {"element-with-id", "3.0", "write //*[@id = 'x']"},
    {"empty", "2.0", "write not(x)"},
    {"encode-for-uri", "2.0", NULL},
    {"ends-with", "2.0", "write substring(x, string-length(x) - string-length(y) + 1) = y"},
    {"environment-variable", "3.0", NULL},
    {"error", "2.0", NULL},
    {"escape-html-uri", "2.0", NULL},
    {"exactly-one", "2.0", "write x"},
    {"exists", "2.0", "write boolean(x), or x alone where a condition is expected"},
    {"filter", "3.0", "write a predicate"},
    {"fold-left", "3.0", NULL},
    {"fold-right", "3.0", NULL},
    {"for-each", "3.0", "write a path"},
    {"for-each-pair", "3.0", NULL},
    {"format-date", "3.0", NULL},
    {"format-dateTime", "3.0", NULL},
    {"format-integer", "3.0", NULL},
    {"format-number", "3.0", NULL},
    {"format-time", "3.0", NULL},
    {"function-arity", "3.0", NULL},
    {"function-lookup", "3.0", NULL},
    {"function-name", "3.0", NULL},
    {"generate-id", "3.0", "write count(a | b) = 1 to ask whether a and b are the same node"},
    {"has-children", "3.0", "write boolean(x/node())"},
    {"head", "3.0", "write x[1]"},
    {"hours-from-dateTime", "2.0", "write substring(x, 12, 2)"},
    {"hours-from-duration", "2.0", NULL},
    {"hours-from-time", "2.0", "write substring(x, 1, 2)"},
    {"idref", "2.0", NULL},
    {"implicit-timezone", "2.0", NULL},
    {"in-scope-prefixes", "2.0", "write namespace::*"},
    {"index-of", "2.0", "write count(x[. = 'a'][1]/preceding-sibling::x) + 1"},
    {"innermost", "3.0", "write x[not(.//x)]"},
    {"insert-before", "2.0", NULL},
    {"iri-to-uri", "2.0", NULL},
    {"json-doc", "3.1", NULL},
    {"json-to-xml", "3.1", NULL},
    {"load-xquery-module", "3.1", NULL},
    {"local-name-from-QName", "2.0", "write local-name(x)"},
    {"lower-case", "2.0", "write " LOWER},
    {"matches", "2.0", "write contains() or starts-with(), or use a criterion of type regex"},
    {"max", "2.0", "write the node that no other exceeds: a/x[not(. < ../x)]"},
    {"min", "2.0", "write the node that exceeds no other: a/x[not(. > ../x)]"},
    {"minutes-from-dateTime", "2.0", "write substring(x, 15, 2)"},
    {"minutes-from-duration", "2.0", NULL},
    {"minutes-from-time", "2.0", "write substring(x, 4, 2)"},
    {"month-from-date", "2.0", "write substring(x, 6, 2)"},
    {"month-from-dateTime", "2.0", "write substring(x, 6, 2)"},
    {"months-from-duration", "2.0", NULL},
    {"namespace-uri-for-prefix", "2.0", NULL},
    {"namespace-uri-from-QName", "2.0", "write namespace-uri(x)"},
    {"nilled", "2.0", "write x/@xsi:nil = 'true'"},
    {"node-name", "2.0", "write name(x)"},
    {"normalize-unicode", "2.0", NULL},
    {"one-or-more", "2.0", "write x"},
    {"outermost", "3.0", "write x[not(ancestor::x)]"},
    {"parse-ietf-date", "3.1", NULL},
    {"parse-json", "3.1", NULL},
    {"parse-xml", "3.0", NULL},
    {"parse-xml-fragment", "3.0", NULL},
    {"path", "3.0", NULL},
    {"prefix-from-QName", "2.0", "write substring-before(name(x), ':')"},
    {"random-number-generator", "3.1", NULL},
    {"remove", "2.0", "write x[position() != 2]"},
    {"replace", "2.0", "write concat(substring-before(x, 'a'), 'b', substring-after(x, 'a')) for one replacement"},
    {"resolve-QName", "2.0", NULL},
    {"resolve-uri", "2.0", NULL},
    {"reverse", "2.0", NULL},
    {"root", "2.0", "write '/'"},
    {"round-half-to-even", "2.0", "write round(x)"},
    {"seconds-from-dateTime", "2.0", "write substring(x, 18, 2)"},
    {"seconds-from-duration", "2.0", NULL},
    {"seconds-from-time", "2.0", "write substring(x, 7, 2)"},
    {"serialize", "3.0", NULL},
    {"sort", "3.1", NULL},
    {"static-base-uri", "2.0", NULL},
    {"string-join", "2.0", "write concat(a, ',', b)"},
    {"string-to-codepoints", "2.0", NULL},
    {"subsequence", "2.0", "write x[position() >= 2 and position() < 5]"},
    {"tail", "3.0", "write x[position() > 1]"},
    {"timezone-from-date", "2.0", NULL},
    {"timezone-from-dateTime", "2.0", NULL},
    {"timezone-from-time", "2.0", NULL},
    {"tokenize", "2.0", "write substring-before(x, ',') and substring-after(x, ',')"},
    {"trace", "2.0", NULL},
    {"transform", "3.1", NULL},
    {"unordered", "2.0", "write x"},
    {"unparsed-text", "3.0", NULL},
    {"unparsed-text-available", "3.0", NULL},
    {"unparsed-text-lines", "3.0", NULL},
    {"upper-case", "2.0", "write " UPPER},
    {"uri-collection", "3.0", NULL},
    {"xml-to-json", "3.1", NULL},
    {"year-from-date", "2.0", "write substring(x, 1, 4)"},
    {"year-from-dateTime", "2.0", "write substring(x, 1, 4)"},
    {"years-from-duration", "2.0", NULL},
    {"zero-or-one", "2.0", "write x"},
};

/* fn:name(), xs:type(), map:get(). */
static bool later_prefix(struct xpath_parser *p, size_t at, sv name) {
  sv prefix = {0}, local = {0};
  if (!sv_split(name, ':', &prefix, &local)) {
    return true;
  }
  char what[96];
  char instead[96];
  snprintf(what, sizeof what, "the function %.*s()", SV_ARG(sv_slice(name, 0, 64)));
  snprintf(instead, sizeof instead, "leave the prefix out: %.*s()", SV_ARG(sv_slice(local, 0, 64)));
  if (sv_eq(prefix, SV("map")) || sv_eq(prefix, SV("array"))) {
    return xpath_later(p, at, what, "3.1", NULL);
  }
  if (sv_eq(prefix, SV("math"))) {
    return xpath_later(p, at, what, "3.0", NULL);
  }
  if (sv_eq(prefix, SV("xs"))) {
    return xpath_later(p, at, what, "2.0", "write number(x), string(x) or boolean(x)");
  }
  return xpath_later(p, at, what, "2.0", sv_eq(prefix, SV("fn")) ? instead : NULL);
}

bool xpath_later_call(struct xpath_parser *p, size_t at, sv name) {
  if (!xpath_later_operand(p) || !later_prefix(p, at, name)) {
    return false;
  }
  if (sv_eq(name, SV("id"))) {
    err_set(p->e, ERR_UNSUPPORTED, "id() needs a DTD, and DTDs are never read; write //*[@id = 'x']");
    p->e->column = 1;
    return syntax_error_shift(p->e, p->text, at);
  }
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    if (sv_eq(name, sv_from(functions[i].name))) {
      char what[96];
      snprintf(what, sizeof what, "%s()", functions[i].name);
      return xpath_later(p, at, what, functions[i].version, functions[i].instead);
    }
  }
  return true;
}
