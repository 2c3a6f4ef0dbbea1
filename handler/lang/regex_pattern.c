/* Patterns of regex conditions. Without expressions a pattern is compiled once, at load. With some it is text: at run time the
 * values are put in as they are, since the specification's own example takes a pattern from an input, and the result is
 * compiled and matched under the limits of every regular expression.
 *
 * At load the rest is compiled with stand-ins for the values: a digit, a letter, and '~', the last of the printable characters,
 * one of which fits wherever a value can stand: as text, as a count in x{{$inputs.n}}, as a flag, as the end of a range. A
 * pattern that is none with any of them is refused. That takes in patterns whose brackets only a value would close; nobody
 * could read them.
 *
 * Arazzo 1.1.0, Evaluation Errors, has a condition that can't be evaluated fail. Here it is unknown, like all that can't be
 * evaluated (docs/adr/0004): false would let control fall through to the next step of the list, which may be a deletion. */
#include "regex_pattern.h"

#include "arena.h"
#include "errinfo.h"
#include "expression_slip.h"
#include "limits.h"
#include "regex_match.h"
#include "sb.h"
#include "syntax_error.h"
#include "utf8.h"

/* Text, or an expression, and what follows. */
struct part {
  sv text;
  size_t start; /* offset in the pattern's text */
  const struct expression *expression;
  struct part *next;
};

struct regex_pattern {
  const struct regex *regex; /* NULL when there are expressions */
  struct part *parts;
};

/* ---- compiling ---- */

struct splitter {
  struct arena *arena;
  sv text;
  struct part **end;
  struct err *e;
};

static bool add_part(struct splitter *s, size_t from, size_t to, const struct expression *expression) {
  struct part *part = arena_alloc(s->arena, sizeof *part);
  if (!part) {
    return err_memory(s->e);
  }
  *part = (struct part){.text = sv_slice(s->text, from, to), .start = from, .expression = expression};
  *s->end = part;
  s->end = &part->next;
  return true;
}

/* At "{$": `*out` stays NULL where that is a part of the pattern, such as the end of a line behind a brace. */
static bool read_expression(struct splitter *s, size_t at, size_t *length, const struct expression **out) {
  sv rest = sv_slice(s->text, at + 1, s->text.len);
  /* No expression holds '{', so that the search for '}' never goes over the same text twice. */
  sv inside = sv_slice(rest, 0, sv_find(rest, '{'));
  struct err wrong = {0};
  *length = sv_find(inside, '}');
  sv text = sv_slice(inside, 0, *length);
  if (*length < inside.len && expression_compile(s->arena, text, out, &wrong)) {
    return true;
  }
  *out = NULL;
  if (wrong.code == ERR_MEMORY) {
    return err_memory(s->e);
  }
  if (!expression_is_slip(inside, EXPRESSION_IN_BRACES)) {
    return true;
  }
  if (*length == inside.len) {
    return syntax_error(s->e, s->text, at, "the '}' that ends this expression is missing");
  }
  *s->e = wrong;
  return syntax_error_shift(s->e, s->text, at + 1);
}

/* Arazzo 1.1.0, ABNF: embedded-expression = "{" expression "}". */
static bool split(struct splitter *s) {
  size_t from = 0;
  for (size_t at = 0; at + 1 < s->text.len; at++) {
    const struct expression *expression = NULL;
    size_t length = 0;
    if (s->text.ptr[at] != '{' || s->text.ptr[at + 1] != '$') {
      continue;
    }
    if (!read_expression(s, at, &length, &expression)) {
      return false;
    }
    if (expression) {
      if (!add_part(s, from, at, NULL) || !add_part(s, at, at + length + 2, expression)) {
        return false;
      }
      from = at + length + 2;
      at = from - 1;
    }
  }
  return add_part(s, from, s->text.len, NULL);
}

/* The pattern with `value` for each expression. */
static bool with_stand_in(struct splitter *s, const struct part *parts, sv value, sv *out) {
  struct sb text = sb_new(s->arena, LIMIT_EXPRESSION_BYTES);
  for (const struct part *part = parts; part; part = part->next) {
    sb_put(&text, part->expression ? value : part->text);
  }
  return sb_finish(&text, "the pattern", out, s->e);
}

/* Moves an error in the pattern with stand-ins of one character to the pattern as it was written. */
static bool at_source(struct splitter *s, const struct part *parts, struct err *e) {
  size_t ahead = e->column ? e->column - 1 : 0; /* code points */
  size_t at = 0;
  for (const struct part *part = parts; part; part = part->next) {
    size_t count = part->expression ? 1 : utf8_count(part->text);
    at = part->start;
    if (ahead < count || !part->next) {
      break;
    }
    ahead -= count;
  }
  e->column = 1 + (unsigned)(utf8_count(sv_slice(s->text, 0, at)) + ahead);
  return false;
}

static bool check_rest(struct splitter *s, const struct part *parts) {
  static const sv stand_ins[] = {{"1", 1}, {"i", 1}, {"~", 1}};
  struct err first = {0};
  for (size_t i = 0; i < sizeof stand_ins / sizeof *stand_ins; i++) {
    const struct regex *ignored = NULL;
    struct err wrong = {0};
    sv text = {"", 0};
    if (!with_stand_in(s, parts, stand_ins[i], &text)) {
      return false;
    }
    if (regex_compile(s->arena, text, REGEX_PCRE, &ignored, &wrong)) {
      return true;
    }
    if (wrong.code == ERR_MEMORY) {
      return err_memory(s->e);
    }
    first = i == 0 ? wrong : first;
  }
  *s->e = first;
  return at_source(s, parts, s->e);
}

bool regex_pattern_compile(struct arena *arena, sv text, const struct regex_pattern **out, struct err *e) {
  struct regex_pattern *made = arena_alloc(arena, sizeof *made);
  if (!made) {
    return err_memory(e);
  }
  *out = made;
  struct splitter s = {.arena = arena, .text = text, .end = &made->parts, .e = e};
  if (text.len > LIMIT_EXPRESSION_BYTES) {
    return regex_compile(arena, text, REGEX_PCRE, &made->regex, e);
  }
  if (!split(&s)) {
    return false;
  }
  return made->parts->next ? check_rest(&s, made->parts) : regex_compile(arena, text, REGEX_PCRE, &made->regex, e);
}

/* ---- matching ---- */

static bool put_value(struct sb *text, const struct expression *expression, const struct scope *scope) {
  const json *value = NULL;
  if (expression_eval(expression, scope, &value) != EXPRESSION_FOUND) {
    return false;
  }
  json_put_text(text, value);
  return true;
}

static bool has_no_value(const struct expression *expression, struct err *why) {
  if (why) {
    err_set(why, ERR_UNRESOLVED, "'%.*s', which the pattern holds, has no value",
            SV_ARG(sv_slice(expression->text, 0, 80)));
  }
  return false;
}

/* Puts the values in. False when one has none. */
static bool put_values(struct sb *text, const struct regex_pattern *pattern, const struct scope *scope,
                       struct err *why) {
  for (const struct part *part = pattern->parts; part; part = part->next) {
    if (!part->expression) {
      sb_put(text, part->text);
    } else if (!put_value(text, part->expression, scope)) {
      return has_no_value(part->expression, why);
    }
  }
  return true;
}

/* The pattern of this moment: `*out` is NULL when there is none. */
static bool current_regex(const struct regex_pattern *pattern, const struct scope *scope, struct arena *arena,
                          const struct regex **out, struct err *why, struct err *e) {
  struct sb b = sb_new(arena, LIMIT_EXPRESSION_BYTES);
  struct err wrong = {0};
  sv text = {"", 0};
  *out = pattern->regex;
  if (pattern->regex || !put_values(&b, pattern, scope, why)) {
    return true;
  }
  if (!sb_finish(&b, "the pattern of a regex condition, with its values", &text, e)) {
    return false;
  }
  if (regex_compile(arena, text, REGEX_PCRE, out, &wrong)) {
    return true;
  }
  *out = NULL;
  if (wrong.code != ERR_SYNTAX) {
    *e = wrong;
    return false;
  }
  if (why) {
    *why = wrong;
    why->column = 0;
    err_in(why, "the pattern with its values put in");
  }
  return true;
}

bool regex_pattern_match(const struct regex_pattern *pattern, sv subject, const struct scope *scope,
                         struct arena *arena, enum verdict *out, struct err *why, struct err *e) {
  const struct regex *regex = NULL;
  bool matched = false;
  *out = VERDICT_UNKNOWN;
  if (!current_regex(pattern, scope, arena, &regex, why, e)) {
    return false;
  }
  if (!regex) {
    return true;
  }
  if (!regex_match(regex, subject, arena, &matched, e)) {
    return false;
  }
  *out = matched ? VERDICT_HOLDS : VERDICT_FAILS;
  return true;
}

bool regex_pattern_each(const struct regex_pattern *pattern,
                        bool (*visit)(void *context, const struct expression *expression), void *context) {
  for (const struct part *part = pattern->parts; part; part = part->next) {
    if (part->expression && !visit(context, part->expression)) {
      return false;
    }
  }
  return true;
}
