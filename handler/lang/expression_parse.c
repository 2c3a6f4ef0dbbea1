/* Reads runtime expressions: recursive descent without recursion, one function per rule of the ABNF (Arazzo 1.1.0,
 * "Runtime Expressions"), into a struct on the caller's stack.
 *
 * Two extents. A whole expression follows the ABNF to the letter, where names of queries and operations may hold nearly any
 * character. A leading one stands in text or in a condition, where that would swallow what follows; there names end at the
 * first character that is no letter, digit, '-', '_' or inner '.', and pointers at white space and punctuation.
 *
 * Beyond the ABNF, because published documents write it and it can mean one thing only:
 * - de-references and indexes behind inputs, outputs, bodies and payloads: $response.body.a[0].b, $inputs['two words'];
 * - $inputs, $outputs, $steps.s.outputs, $workflows.w.inputs as whole objects, also with a pointer: $inputs#/a;
 * - $workflows.w.steps.s (the text of Step Object's dependsOn, though the ABNF lacks it), also with .outputs;
 * - $sourceDescriptions.n#/paths/…, $components.inputs.i, and $message.header#/name for $message.header.name;
 * - letters beyond ASCII in names, and dots in the ids of steps and workflows, which 1.0.x allows (name = *CHAR).
 *
 * 1.0.x and 1.1.0 differ elsewhere, too: 1.0.x allows '{' and '}' in a pointer, 1.1.0 does not, so that an expression in
 * braces has one end. Both are read as 1.1.0 here: no published document has such a pointer.
 *
 * It does not check that the named step, input or operation exists: documents are checked against the result. */
#include "expression_parse.h"

#include <stddef.h>
#include <string.h>

#include "errinfo.h"
#include "nearest.h"
#include "pointer.h"
#include "syntax_error.h"

#define LARGEST_INDEX 9007199254740991ull /* RFC 9535 2.1: 2^53 - 1 */

const sv expression_words[EXPRESSION_SOURCE_COUNT] = {
    [EXPRESSION_URL] = {"url", 3},
    [EXPRESSION_METHOD] = {"method", 6},
    [EXPRESSION_STATUS_CODE] = {"statusCode", 10},
    [EXPRESSION_REQUEST] = {"request", 7},
    [EXPRESSION_RESPONSE] = {"response", 8},
    [EXPRESSION_MESSAGE] = {"message", 7},
    [EXPRESSION_INPUTS] = {"inputs", 6},
    [EXPRESSION_OUTPUTS] = {"outputs", 7},
    [EXPRESSION_STEPS] = {"steps", 5},
    [EXPRESSION_WORKFLOWS] = {"workflows", 9},
    [EXPRESSION_SOURCE_DESCRIPTIONS] = {"sourceDescriptions", 18},
    [EXPRESSION_COMPONENTS] = {"components", 10},
    [EXPRESSION_SELF] = {"self", 4},
};

static char peek(const struct expression_parse *p) {
  return p->at < p->text.len ? p->text.ptr[p->at] : '\0';
}

static sv rest(const struct expression_parse *p) {
  return sv_slice(p->text, p->at, p->text.len);
}

static bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* identifier-strict of the ABNF, and for a whole expression the letters beyond ASCII that 1.0.x allows. */
static bool is_name(const struct expression_parse *p, char c) {
  return is_letter_or_digit(c) || c == '-' || c == '_' || (p->extent == EXPRESSION_WHOLE && (unsigned char)c >= 0x80);
}

static bool name_at(const struct expression_parse *p, size_t offset) {
  return offset < p->text.len && is_name(p, p->text.ptr[offset]);
}

static bool expected(const struct expression_parse *p, struct err *e, size_t at, const char *what) {
  char found[SYNTAX_FOUND_BYTES];
  return syntax_error(e, p->text, at, "expected %s, found %s", what, syntax_found(found, p->text, at));
}

static bool push(struct expression_parse *p, struct expression_segment segment, struct err *e) {
  if (p->segment_count == LIMIT_EXPRESSION_SEGMENTS) {
    return err_set(e, ERR_LIMIT, "the expression has more than %d names and indexes", LIMIT_EXPRESSION_SEGMENTS);
  }
  p->segments[p->segment_count++] = segment;
  return true;
}

static bool push_name(struct expression_parse *p, sv name, struct err *e) {
  return push(p, (struct expression_segment){.name = name}, e);
}

/* A name that is taken as it stands, whatever follows. */
static bool push_exact(struct expression_parse *p, sv name, struct err *e) {
  bool pushed = push_name(p, name, e);
  p->exact_count = p->segment_count;
  return pushed;
}

/* The run of name characters here. In text, '-' at its end is punctuation ("$inputs.a-$inputs.b"). */
static sv read_name(struct expression_parse *p) {
  size_t from = p->at;
  while (name_at(p, p->at)) {
    p->at++;
  }
  while (p->extent == EXPRESSION_LEADING && p->at > from && p->text.ptr[p->at - 1] == '-') {
    p->at--;
  }
  return (sv){p->text.ptr + from, p->at - from}; /* an empty name has its place, too: see dotted_run in expression.c */
}

/* The run of names and dots here, not taken apart; in text a '.' or '-' at its end is punctuation. */
static sv read_dotted(struct expression_parse *p) {
  size_t from = p->at;
  bool leading = p->extent == EXPRESSION_LEADING;
  while (name_at(p, p->at) || (peek(p) == '.' && (!leading || name_at(p, p->at + 1)))) {
    p->at++;
  }
  while (leading && p->at > from && (p->text.ptr[p->at - 1] == '-' || p->text.ptr[p->at - 1] == '.')) {
    p->at--;
  }
  return sv_slice(p->text, from, p->at);
}

/* Takes one of the words, which must end here. The number of the word, or `count`. */
static size_t read_word(struct expression_parse *p, const sv *words, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (sv_starts(rest(p), words[i]) && !name_at(p, p->at + words[i].len)) {
      p->at += words[i].len;
      return i;
    }
  }
  return count;
}

/* What is inside "[0]", "['name']" or "["name"]"; its length in bytes, or 0 when it is none of these. */
static size_t bracket_length(sv inside, struct expression_segment *segment) {
  unsigned long long index = 0;
  size_t length = sv_find(inside, ']');
  if (sv_to_uint(sv_slice(inside, 0, length), LARGEST_INDEX, &index)) {
    *segment = (struct expression_segment){.is_index = true, .index = (size_t)index};
  } else {
    sv behind = sv_slice(inside, 1, inside.len);
    sv name = inside.len ? sv_slice(behind, 0, sv_find(behind, inside.ptr[0])) : behind;
    bool quoted = inside.len && (inside.ptr[0] == '\'' || inside.ptr[0] == '"') && name.len < behind.len;
    *segment = (struct expression_segment){.name = name};
    length = quoted && sv_find(name, '{') == name.len && sv_find(name, '}') == name.len ? name.len + 2 : 0;
  }
  return length < inside.len && inside.ptr[length] == ']' ? length : 0;
}

static bool read_bracket(struct expression_parse *p, struct err *e) {
  struct expression_segment segment;
  size_t length = bracket_length(sv_slice(p->text, p->at + 1, p->text.len), &segment);
  if (length == 0) {
    return expected(p, e, p->at + 1, "an index such as [0], or a name in quotes such as ['name'] without braces");
  }
  p->at += length + 2;
  return push(p, segment, e);
}

/* ".name", where a whole expression may also have empty names: "a..b" is an identifier by the ABNF. */
static bool read_member(struct expression_parse *p, struct err *e) {
  size_t dot = p->at++;
  sv name = read_name(p);
  if (name.len == 0 && p->extent == EXPRESSION_LEADING) {
    p->at = dot;
    return false;
  }
  return push_name(p, name, e);
}

/* In text a bracket that is no index ends the expression in front of it. One segment too many is an error there, too: a part of
 * an expression would be another one. */
static bool read_leading_bracket(struct expression_parse *p, struct err *e) {
  struct err wrong = {0};
  return read_bracket(p, &wrong) || (wrong.code == ERR_LIMIT && err_set(e, ERR_LIMIT, "%s", wrong.text));
}

/* De-references and indexes: *( "." name / "[" index "]" ). False only with an error. */
static bool read_tail(struct expression_parse *p, struct err *e) {
  size_t from = p->at;
  bool more = true;
  while (more && e->code == ERR_NONE) {
    char c = peek(p);
    if (c == '.') {
      more = read_member(p, e);
    } else if (c == '[') {
      more = p->extent == EXPRESSION_WHOLE ? read_bracket(p, e) : read_leading_bracket(p, e);
    } else {
      more = false;
    }
  }
  /* Arazzo 1.1.0, ABNF: identifier = 1*( … ). */
  if (e->code == ERR_NONE && p->at == from + 1 && p->text.ptr[from] == '.') {
    return expected(p, e, p->at, "a name");
  }
  return e->code == ERR_NONE;
}

/* In text, what a pointer goes on with. */
static bool in_leading_pointer(sv text, size_t at) {
  char c = text.ptr[at];
  if (c == '~') {
    return at + 1 < text.len && (text.ptr[at + 1] == '0' || text.ptr[at + 1] == '1');
  }
  return is_letter_or_digit(c) || (unsigned char)c >= 0x80 || (c && sv_find(SV("/-_.:@+*%"), c) < 9);
}

static sv leading_pointer(struct expression_parse *p) {
  size_t from = p->at;
  while (p->at < p->text.len && in_leading_pointer(p->text, p->at)) {
    p->at++;
  }
  while (p->at > from && sv_find(SV(".:-"), p->text.ptr[p->at - 1]) < 3) {
    p->at--;
  }
  return sv_slice(p->text, from, p->at);
}

static bool check_pointer(struct expression_parse *p, sv pointer, size_t from, struct err *e) {
  /* Arazzo 1.1.0, ABNF: unescaped excludes '{' and '}'. */
  size_t brace = sv_find(pointer, '{') < sv_find(pointer, '}') ? sv_find(pointer, '{') : sv_find(pointer, '}');
  if (brace < pointer.len) {
    return syntax_error(e, p->text, from + brace, "a JSON Pointer in an expression cannot hold '%c'",
                        pointer.ptr[brace]);
  }
  struct err wrong = {0};
  if (!pointer_check(pointer, &wrong)) {
    if (wrong.code != ERR_SYNTAX) {
      return err_set(e, wrong.code, "%s", wrong.text);
    }
    syntax_error(e, p->text, from, "%s", wrong.text);
    e->column += wrong.column ? wrong.column - 1 : 0;
    return false;
  }
  return true;
}

/* [ "#" json-pointer ]; in text only where the pointer has a token. */
static bool read_pointer(struct expression_parse *p, struct err *e) {
  size_t from = p->at + 1;
  bool leading = p->extent == EXPRESSION_LEADING;
  if (peek(p) != '#' || (leading && !sv_starts(sv_slice(p->text, from, p->text.len), SV("/")))) {
    return true;
  }
  p->at = from;
  sv pointer = leading ? leading_pointer(p) : rest(p);
  p->at = from + pointer.len;
  p->has_pointer = true;
  p->pointer = pointer;
  return check_pointer(p, pointer, from, e);
}

/* Names with de-references and a pointer; `what` is missing when there is neither, except that a whole expression may be
 * the whole object. */
static bool read_value(struct expression_parse *p, const char *what, struct err *e) {
  size_t from = p->at;
  if (!read_tail(p, e) || !read_pointer(p, e)) {
    return false;
  }
  return p->at > from || p->extent == EXPRESSION_WHOLE || expected(p, e, p->at, what);
}

/* Arazzo 1.1.0, ABNF: CHAR, a JSON string's character without braces. */
static size_t char_length(sv text, bool *escaped) {
  unsigned char c = (unsigned char)text.ptr[0];
  if (c == '\\') {
    *escaped = true;
    bool is_unicode = text.len >= 6 && text.ptr[1] == 'u';
    return is_unicode ? 6 : text.len >= 2 && sv_find(SV("\"\\/bfnrt"), text.ptr[1]) < 8 ? 2 : 0;
  }
  return c >= 0x20 && c != '"' && c != '{' && c != '}' ? 1 : 0;
}

/* name = *( CHAR ), source-reference-id = 1*CHAR; in text a dotted name. */
static bool read_free_name(struct expression_parse *p, bool may_be_empty, struct err *e) {
  size_t from = p->at;
  if (p->extent == EXPRESSION_LEADING) {
    sv name = read_dotted(p);
    return name.len ? push_exact(p, name, e) : expected(p, e, p->at, "a name");
  }
  while (p->at < p->text.len) {
    size_t length = char_length(rest(p), &p->escaped_name);
    if (length == 0) {
      return expected(p, e, p->at, "a name without quotes, braces or control characters");
    }
    p->at += length;
  }
  if (p->at == from && !may_be_empty) {
    return expected(p, e, p->at, "a name");
  }
  return push_exact(p, sv_slice(p->text, from, p->at), e);
}

/* RFC 9110 5.6.2: token = 1*tchar. */
static bool is_tchar(char c) {
  return is_letter_or_digit(c) || (c && sv_find(SV("!#$%&'*+-.^_`|~"), c) < 15);
}

static bool read_header_name(struct expression_parse *p, struct err *e) {
  size_t from = p->at;
  if (p->extent == EXPRESSION_LEADING) {
    read_dotted(p);
  } else {
    while (p->at < p->text.len && is_tchar(p->text.ptr[p->at])) {
      p->at++;
    }
  }
  sv name = sv_slice(p->text, from, p->at);
  return name.len ? push_exact(p, name, e) : expected(p, e, p->at, "a header's name");
}

/* The name behind "header.", "query." or "path."; also behind "header#/", as OAI's own AsyncAPI example has it. */
static bool read_part_name(struct expression_parse *p, struct err *e) {
  if (sv_starts(rest(p), SV("#/"))) {
    p->at += 2;
  } else if (peek(p) == '.') {
    p->at++;
  } else {
    return expected(p, e, p->at, "'.' and a name");
  }
  return p->part == EXPRESSION_HEADER ? read_header_name(p, e) : read_free_name(p, true, e);
}

/* source = ( header-reference / query-reference / path-reference / body-reference / payload-reference ). */
static bool read_message(struct expression_parse *p, struct err *e) {
  static const sv words[] = {{"header", 6}, {"query", 5}, {"path", 4}, {"body", 4}, {"payload", 7}};
  static const enum expression_part parts[] = {EXPRESSION_HEADER, EXPRESSION_QUERY, EXPRESSION_PATH, EXPRESSION_BODY,
                                               EXPRESSION_BODY};
  size_t from = p->at + 1;
  if (peek(p) != '.') {
    return expected(p, e, p->at, "'.' and one of header, query, path, body, payload");
  }
  p->at = from;
  size_t word = read_word(p, words, 5);
  if (word == 5) {
    sv wrong = read_name(p);
    sv meant = nearest_word(wrong, words, 5);
    return syntax_error(e, p->text, from, "expected header, query, path, body or payload, found '%.*s'%s%.*s%s",
                        SV_ARG(sv_slice(wrong, 0, 40)), meant.len ? "; did you mean '" : "", SV_ARG(meant),
                        meant.len ? "'?" : "");
  }
  p->part = parts[word];
  sv canonical = p->part != EXPRESSION_BODY ? words[word] : p->source == EXPRESSION_MESSAGE ? words[4] : words[3];
  if (!push_exact(p, canonical, e)) {
    return false;
  }
  return p->part == EXPRESSION_BODY ? read_tail(p, e) && read_pointer(p, e) : read_part_name(p, e);
}

/* An id of a step or workflow, up to the word that must follow it: "." id "." word. The word's number is `*word`. */
static bool read_owner(struct expression_parse *p, const sv *words, size_t count, const char *what, size_t *word,
                       struct err *e) {
  size_t from = p->at + 1;
  size_t first_end = from;
  if (peek(p) != '.' || !name_at(p, from)) {
    return expected(p, e, p->at, "'.' and an id");
  }
  p->at = from;
  while (name_at(p, p->at)) {
    read_name(p);
    size_t end = p->at;
    first_end = first_end == from ? end : first_end;
    if (peek(p) != '.') {
      break;
    }
    p->at++;
    *word = read_word(p, words, count);
    if (*word < count) {
      return push_exact(p, sv_slice(p->text, from, end), e) && push_exact(p, words[*word], e);
    }
  }
  return expected(p, e, first_end, what);
}

/* steps-reference = step-id ".outputs." output-name [ "#" json-pointer ]. */
static bool read_step(struct expression_parse *p, struct err *e) {
  static const sv words[] = {{"outputs", 7}};
  size_t word = 0;
  return read_owner(p, words, 1, "'.outputs.' and an output's name behind the step's id", &word, e) &&
         read_value(p, "'.' and an output's name", e);
}

/* workflows-reference = workflow-id "." workflow-field "." workflow-field-name [ "#" json-pointer ], and
 * Arazzo 1.1.0, Step Object, dependsOn: "$workflows.<workflowId>.steps.<stepId>". */
static bool read_workflow(struct expression_parse *p, struct err *e) {
  static const sv words[] = {{"inputs", 6}, {"outputs", 7}, {"steps", 5}};
  size_t word = 0;
  if (!read_owner(p, words, 3, "'.inputs.', '.outputs.' or '.steps.' behind the workflow's id", &word, e)) {
    return false;
  }
  if (word < 2) {
    return read_value(p, "'.' and a name", e);
  }
  struct expression_parse before = *p;
  struct err without_outputs = {0};
  if (read_owner(p, &words[1], 1, "'.outputs.'", &word, &without_outputs)) {
    return read_value(p, "'.' and an output's name", e);
  }
  *p = before;
  p->at++;
  sv id = peek(&before) == '.' ? read_dotted(p) : (sv){"", 0};
  return id.len ? push_exact(p, id, e) : expected(p, e, before.at, "'.' and a step's id");
}

/* source-reference = source-name "." source-reference-id. */
static bool read_source_description(struct expression_parse *p, struct err *e) {
  if (peek(p) != '.' || !name_at(p, p->at + 1)) {
    return expected(p, e, p->at, "'.' and a source description's name");
  }
  p->at++;
  if (!push_exact(p, read_name(p), e)) {
    return false;
  }
  if (peek(p) == '#') {
    return read_pointer(p, e) && (p->has_pointer || expected(p, e, p->at, "'.' and an operation, workflow or field"));
  }
  if (peek(p) != '.') {
    return expected(p, e, p->at, "'.' and an operation, workflow or field of the source description");
  }
  p->at++;
  return read_free_name(p, false, e);
}

/* components-reference = component-type "." component-name; component-name = identifier, dots included. */
static bool read_component(struct expression_parse *p, struct err *e) {
  static const sv words[] = {{"parameters", 10}, {"successActions", 14}, {"failureActions", 14}, {"inputs", 6}};
  size_t from = p->at + 1;
  p->at += peek(p) == '.' ? 1 : 0;
  size_t word = p->at == from ? read_word(p, words, 4) : 4;
  if (word == 4) {
    return expected(p, e, p->at, "one of .parameters, .successActions, .failureActions, .inputs");
  }
  if (!push_exact(p, words[word], e)) {
    return false;
  }
  size_t dot = p->at;
  p->at++;
  sv name = dot < p->text.len && p->text.ptr[dot] == '.' ? read_dotted(p) : (sv){"", 0};
  if (name.len == 0) {
    return expected(p, e, dot, "'.' and a component's name");
  }
  return push_exact(p, name, e) && read_pointer(p, e);
}

static bool unknown_source(const struct expression_parse *p, struct err *e) {
  if (p->extent == EXPRESSION_LEADING) {
    return err_set(e, ERR_SYNTAX, "no expression"); /* text is full of '$': no time for advice that nobody reads */
  }
  struct expression_parse word = *p;
  sv name = sv_slice(read_name(&word), 0, 40);
  sv meant = nearest_word(name, expression_words, EXPRESSION_SOURCE_COUNT);
  if (name.len == 0) {
    return expected(p, e, p->at, "a source such as inputs, steps or response behind '$'");
  }
  return syntax_error(
      e, p->text, p->at - 1,
      "there is no expression '$%.*s'%s%.*s%s; expressions begin with $inputs, $outputs, $steps, $url, $method, "
      "$statusCode, $request, $response, $message, $workflows, $sourceDescriptions, $components or $self",
      SV_ARG(name), meant.len ? "; did you mean '$" : "", SV_ARG(meant), meant.len ? "'?" : "");
}

static bool read_source(struct expression_parse *p, struct err *e) {
  switch (p->source) {
  case EXPRESSION_URL:
  case EXPRESSION_METHOD:
  case EXPRESSION_STATUS_CODE:
  case EXPRESSION_SELF:
    return true;
  case EXPRESSION_REQUEST:
  case EXPRESSION_RESPONSE:
  case EXPRESSION_MESSAGE:
    return read_message(p, e);
  case EXPRESSION_INPUTS:
  case EXPRESSION_OUTPUTS:
    return read_value(p, "'.' and a name", e);
  case EXPRESSION_STEPS:
    return read_step(p, e);
  case EXPRESSION_WORKFLOWS:
    return read_workflow(p, e);
  case EXPRESSION_SOURCE_DESCRIPTIONS:
    return read_source_description(p, e);
  case EXPRESSION_COMPONENTS:
    return read_component(p, e);
  }
  return err_set(e, ERR_INTERNAL, "a runtime expression has an unknown source");
}

bool expression_parse(struct expression_parse *parse, sv text, enum expression_extent extent, struct err *e) {
  memset(parse, 0, offsetof(struct expression_parse, segments));
  parse->text = sv_slice(text, 0, LIMIT_EXPRESSION_BYTES);
  parse->extent = extent;
  if (extent == EXPRESSION_WHOLE && text.len > LIMIT_EXPRESSION_BYTES) {
    return err_set(e, ERR_LIMIT, "the expression is longer than %zu bytes", LIMIT_EXPRESSION_BYTES);
  }
  if (peek(parse) != '$') {
    return expected(parse, e, 0, "'$': a runtime expression looks like $inputs.name");
  }
  parse->at = 1;
  size_t source = read_word(parse, expression_words, EXPRESSION_SOURCE_COUNT);
  if (source == EXPRESSION_SOURCE_COUNT) {
    return unknown_source(parse, e);
  }
  parse->source = (enum expression_source)source;
  if (!read_source(parse, e)) {
    return false;
  }
  return extent == EXPRESSION_LEADING || parse->at == parse->text.len ||
         expected(parse, e, parse->at, "the end of the expression");
}
