/* Criteria in few words.
 *
 * A picture has room for some forty characters, and conditions of published documents have a hundred, most of which say
 * nothing new: `$.image.state.status == "FAILED" || $.image.state.status == "CANCELLED"`. So runtime expressions lose what is the
 * same in all of them ("$response.body#/"), and a chain of comparisons of one operand is told as a list. Nothing is
 * evaluated or reordered here, and literals stay as they were written. What is no such chain is copied with its expressions shortened. */
#include "graph_words.h"

#include "expression.h"
#include "sb.h"
#include "utf8.h"

#define OPERANDS 32

/* ---- scanning ---- */

/* The length of what belongs together at the start of `text`: a string in quotes, something in brackets, or one byte. */
static size_t unit_length(sv text) {
  size_t depth = 0;
  char quote = '\0';
  for (size_t i = 0; i < text.len; i++) {
    char c = text.ptr[i];
    if (quote) {
      i += c == '\\' && i + 1 < text.len;
      quote = c == quote ? '\0' : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(' || c == '[') {
      depth++;
    } else if ((c == ')' || c == ']') && depth) {
      depth--;
    }
    if (!quote && !depth) {
      return i + 1;
    }
  }
  return text.len;
}

/* The offset of `part` outside of quotes and brackets; text.len when there is none. */
static size_t find_outside(sv text, sv part) {
  for (size_t at = 0; at < text.len; at += unit_length(sv_slice(text, at, text.len))) {
    if (sv_starts(sv_slice(text, at, text.len), part)) {
      return at;
    }
  }
  return text.len;
}

/* ---- text ---- */

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void put_space(struct sb *out) {
  if (out->len && out->data[out->len - 1] != ' ') {
    sb_char(out, ' ');
  }
}

void graph_put_text(struct sb *out, sv text) {
  uint32_t point = 0;
  for (size_t at = 0; at < text.len;) {
    size_t length = utf8_decode(sv_slice(text, at, text.len), &point);
    bool is_visible = length && utf8_may_show(point);
    if (is_space(text.ptr[at])) {
      put_space(out);
    } else if (is_visible) {
      sb_put(out, sv_slice(text, at, at + length));
    } else {
      utf8_put(out, 0xFFFD);
    }
    at += length ? length : 1;
  }
}

/* ---- expressions ---- */

/* "/image/state" as "image.state"; "~1" and "~0" are a slash and a tilde (RFC 6901, section 4). */
static void put_pointer(struct sb *out, sv pointer) {
  for (size_t i = 0; i < pointer.len; i++) {
    char c = pointer.ptr[i];
    bool is_escape = c == '~' && i + 1 < pointer.len;
    if (is_escape) {
      c = pointer.ptr[++i] == '1' ? '/' : '~';
    } else if (c == '/') {
      c = '.';
    }
    sb_char(out, c);
  }
}

/* "$steps.build.outputs.arn" as "build.arn". */
static void put_step_output(struct sb *out, sv rest) {
  sv name;
  sv part;
  if (sv_split(rest, '.', &name, &part) && sv_starts(part, SV("outputs."))) {
    sb_put(out, name);
    part = sv_slice(part, SV("outputs").len, part.len);
    sb_put(out, part);
  } else {
    sb_put(out, rest);
  }
}

static void put_expression(struct sb *out, sv text) {
  static const sv body = {"$response.body", 14};
  static const sv header = {"$response.header.", 17};
  static const sv steps = {"$steps.", 7};
  if (sv_starts(text, body) && text.len > body.len + 2 && text.ptr[body.len] == '#') {
    put_pointer(out, sv_slice(text, body.len + 2, text.len));
  } else if (sv_starts(text, SV("$response.")) && !sv_starts(text, header)) {
    sb_put(out, sv_slice(text, SV("$response.").len, text.len));
  } else if (sv_starts(text, header)) {
    sb_format(out, "header %.*s", SV_ARG(sv_slice(text, header.len, text.len)));
  } else if (sv_starts(text, steps)) {
    put_step_output(out, sv_slice(text, steps.len, text.len));
  } else {
    sb_put(out, sv_slice(text, 1, text.len));
  }
}

/* What `$` begins: a runtime expression, or a path of JSONPath from the root. Returns how much of the text was used. */
static size_t put_dollar(struct sb *out, sv text, bool is_path) {
  size_t length = expression_length(text);
  if (length > 1) {
    put_expression(out, sv_slice(text, 0, length));
    return length;
  }
  if (is_path && text.len > 2 && text.ptr[1] == '.' && text.ptr[2] != '.') {
    return 2;
  }
  sb_char(out, '$');
  return 1;
}

/* A part of a condition, outside of quotes shortened. */
static void put_short(struct sb *out, sv text, bool is_path) {
  for (size_t at = 0; at < text.len;) {
    sv rest = sv_slice(text, at, text.len);
    bool is_string = rest.ptr[0] == '"' || rest.ptr[0] == '\'';
    size_t length = is_string ? unit_length(rest) : 1;
    if (rest.ptr[0] == '$') {
      length = put_dollar(out, rest, is_path);
    } else {
      sb_put(out, sv_slice(rest, 0, length));
    }
    at += length;
  }
}

/* ---- chains of comparisons ---- */

/* `a == 'X' || a == 'Y'`, or `a != 'X' && a != 'Y'`. */
struct chain {
  sv operand;
  sv values[OPERANDS];
  size_t count;
};

static bool add_comparison(struct chain *chain, sv text, sv operator) {
  size_t at = find_outside(text, operator);
  sv operand = sv_trim(sv_slice(text, 0, at));
  sv value = sv_trim(sv_slice(text, at + operator.len, text.len));
  bool is_string = value.len && (value.ptr[0] == '"' || value.ptr[0] == '\'');
  bool is_one = is_string ? unit_length(value) == value.len : value.len && sv_find(value, ' ') == value.len;
  if (!is_one || chain->count == OPERANDS || (chain->count && !sv_eq(operand, chain->operand))) {
    return false;
  }
  chain->operand = operand;
  chain->values[chain->count++] = value;
  return true;
}

static bool read_chain(sv text, sv joint, sv operator, struct chain * out) {
  *out = (struct chain){.count = 0};
  for (;;) {
    size_t at = find_outside(text, joint);
    if (!add_comparison(out, sv_slice(text, 0, at), operator)) {
      return false;
    }
    if (at == text.len) {
      return out->count > 1;
    }
    text = sv_slice(text, at + joint.len, text.len);
  }
}

static void put_chain(struct sb *out, const struct chain *chain, const char *verb, bool is_path) {
  put_short(out, chain->operand, is_path);
  sb_format(out, " %s ", verb);
  for (size_t i = 0; i < chain->count; i++) {
    sb_put(out, i == 0 ? SV("") : i + 1 < chain->count ? SV(", ") : SV(" or "));
    put_short(out, chain->values[i], is_path);
  }
}

/* ---- criteria ---- */

static void put_condition(struct sb *out, enum criterion_type type, sv condition) {
  struct chain chain;
  sv text = sv_trim(condition);
  bool is_path = type == CRITERION_JSONPATH;
  if (type == CRITERION_REGEX || type == CRITERION_XPATH) {
    sb_put(out, text);
  } else if (read_chain(text, SV("||"), SV("=="), &chain)) {
    put_chain(out, &chain, "is", is_path);
  } else if (read_chain(text, SV("&&"), SV("!="), &chain)) {
    put_chain(out, &chain, "is not", is_path);
  } else {
    put_short(out, text, is_path);
  }
}

/* What was put together of a document's text becomes fit to be shown as a whole: names in it may hold anything. */
static void put_shown(struct sb *out, const struct sb *words) {
  if (words->state != SB_OK) {
    out->state = out->state == SB_OK ? words->state : out->state;
  }
  graph_put_text(out, sb_view(words));
}

void graph_put_condition(struct sb *out, enum criterion_type type, sv condition) {
  struct sb words = sb_new(out->arena, out->max_bytes);
  put_condition(&words, type, condition);
  put_shown(out, &words);
}

/* Where a criterion looks, unless that is the body, and how. */
static void put_context(struct sb *out, const struct criterion *criterion) {
  sv context = criterion->context ? criterion->context->text : SV("");
  bool is_body = sv_eq(context, SV("$response.body"));
  switch (criterion->type) {
  case CRITERION_SIMPLE:
    return;
  case CRITERION_REGEX:
    put_expression(out, context);
    sb_put(out, SV(" matches "));
    return;
  case CRITERION_JSONPATH:
    break;
  case CRITERION_XPATH:
    sb_put(out, SV("XPath "));
    break;
  }
  if (!is_body) {
    sb_put(out, SV("in "));
    put_expression(out, context);
    sb_put(out, SV(": "));
  }
}

void graph_put_criteria(struct sb *out, const struct criteria *criteria) {
  struct sb words = sb_new(out->arena, out->max_bytes);
  for (size_t i = 0; i < criteria->count; i++) {
    sb_put(&words, i ? SV(" and ") : SV(""));
    put_context(&words, &criteria->items[i]);
    put_condition(&words, criteria->items[i].type, criteria->items[i].text);
  }
  put_shown(out, &words);
}

/* ---- lines ---- */

/* The end of the line that begins the text: behind its last word that fits. */
static size_t line_end(sv text, size_t columns) {
  size_t space = 0;
  size_t count = 0;
  for (size_t at = 0; at < text.len; at++) {
    bool is_start = (text.ptr[at] & 0xC0) != 0x80;
    if (is_start && count++ == columns) {
      return text.ptr[at] == ' ' || !space ? at : space;
    }
    space = text.ptr[at] == ' ' ? at : space;
  }
  return text.len;
}

struct graph_lines graph_wrap(sv text, size_t columns) {
  struct graph_lines lines = {.count = 0};
  text = sv_trim(text);
  while (text.len && lines.count < GRAPH_LINES) {
    size_t end = line_end(text, columns);
    lines.items[lines.count++] = sv_trim(sv_slice(text, 0, end));
    text = sv_trim(sv_slice(text, end, text.len));
  }
  lines.is_cut = text.len > 0;
  return lines;
}
