/* Runtime expressions (Arazzo 1.1.0, "Runtime Expressions"): compiled once at load, read many times.
 *
 * expression_parse.c holds the grammar and what is accepted beyond it. Evaluation walks one JSON object, the scope, whose
 * members have the expressions' own names, so that it is the same for every source: take the source's member, go down
 * the segments, then follow the JSON Pointer. Nothing is copied; the value found is a node of the scope.
 *
 * Names may hold dots (ABNF: identifier), and published documents use dots as de-references, too. "$inputs.a.b" is settled by
 * what exists: of the members whose names fit at this place the longest one wins, here "a.b" before "a". On an array a
 * name of digits is an index, since an array has no members.
 *
 * What stands behind a source description's name is one name to the ABNF, since an operationId may hold any character. The
 * member of that whole name wins; else it leads in at its dots, so that "$sourceDescriptions.other.flow.outputs.o" is the
 * output of a workflow of another Arazzo document.
 *
 * A JSON Pointer, a name or an index into text gives ABSENT: bodies that are JSON were parsed when they arrived, and text
 * that merely looks like JSON is text. A body that is XML has two values: its text as a whole, which XPath and patterns read,
 * and a tree, from which pointers, names and queries read its parts. "$response.body" is MALFORMED, not absent, when the body is not what its media type
 * says: then nothing can be said of it. */
#include "expression.h"

#include "arena.h"
#include "errinfo.h"
#include "expression_parse.h"
#include "pointer.h"
#include "sb.h"
#include "syntax_error.h"

/* Arazzo 1.1.0, ABNF: CHAR may be escaped as in a JSON string, so JSON decodes it. */
static bool decode_name(struct arena *arena, struct expression_parse *parse, struct err *e) {
  struct expression_segment *last = &parse->segments[parse->segment_count - 1];
  struct sb quoted = sb_new(arena, LIMIT_EXPRESSION_BYTES + 2);
  sb_char(&quoted, '"');
  sb_put(&quoted, last->name);
  sb_char(&quoted, '"');
  json *name = NULL;
  struct err wrong = {0};
  sv text = {"", 0};
  if (!sb_finish(&quoted, "the expression", &text, e)) {
    return false;
  }
  if (!json_parse(arena, text, &name, &wrong)) {
    return wrong.code == ERR_MEMORY ? err_memory(e)
                                    : syntax_error(e, parse->text, parse->text.len - last->name.len,
                                                   "the name's escapes are wrong: %s", wrong.text);
  }
  last->name = json_string(name);
  return true;
}

bool expression_compile(struct arena *arena, sv text, const struct expression **out, struct err *e) {
  struct expression_parse parse;
  if (!expression_parse(&parse, text, EXPRESSION_WHOLE, e)) {
    return false;
  }
  if (parse.escaped_name && !decode_name(arena, &parse, e)) {
    return false;
  }
  struct expression *made = arena_alloc(arena, sizeof *made);
  size_t count = parse.segment_count;
  struct expression_segment *segments = count ? arena_array(arena, count, sizeof *segments) : NULL;
  if (!made || (count && !segments)) {
    return err_memory(e);
  }
  for (size_t i = 0; i < count; i++) {
    segments[i] = parse.segments[i];
  }
  *made = (struct expression){.source = parse.source,
                              .part = parse.part,
                              .segments = segments,
                              .segment_count = count,
                              .exact_count = parse.exact_count,
                              .has_pointer = parse.has_pointer,
                              .pointer = parse.pointer,
                              .text = text};
  *out = made;
  return true;
}

size_t expression_length(sv text) {
  struct expression_parse parse;
  struct err ignored = {0};
  return expression_parse(&parse, text, EXPRESSION_LEADING, &ignored) ? parse.at : 0;
}

/* The dotted text that starts with segment `at`: the segments that are joined by single dots in the source text. */
static sv dotted_run(const struct expression *expression, size_t at) {
  sv run = expression->segments[at].name;
  for (size_t next = at + 1; next < expression->segment_count; next++) {
    const struct expression_segment *segment = &expression->segments[next];
    if (segment->is_index || segment->name.ptr != run.ptr + run.len + 1) {
      break;
    }
    run.len += 1 + segment->name.len;
  }
  return run;
}

static bool leads(sv name, sv run) {
  return sv_starts(run, name) && (run.len == name.len || run.ptr[name.len] == '.');
}

static const json *longest_member(const struct expression *expression, const json *object, size_t *at) {
  sv run = dotted_run(expression, *at);
  const json *best = NULL;
  for (const json *member = json_first(object); member; member = member->next) {
    if (leads(json_name(member), run) && (!best || json_name(member).len > json_name(best).len)) {
      best = member;
    }
  }
  size_t end = best ? json_name(best).len : 0;
  for (size_t used = 0; best && used <= end; (*at)++) {
    used += expression->segments[*at].name.len + 1;
  }
  return best;
}

/* Arazzo 1.1.0, Source Description Expression Resolution: first a workflow (or operation), then a field. In the scope both are
 * members, workflows in front. */
static const json *reference(const json *description, sv path) {
  const json *found = json_get(description, path);
  const json *value = description;
  while (!found && value) {
    const json *best = NULL;
    for (const json *member = json_type(value) == JSON_OBJECT ? json_first(value) : NULL; member;
         member = member->next) {
      if (leads(json_name(member), path) && (!best || json_name(member).len > json_name(best).len)) {
        best = member;
      }
    }
    size_t used = best ? json_name(best).len : 0;
    found = best && used == path.len ? best : NULL;
    value = best;
    path = sv_slice(path, used + 1, path.len);
  }
  return found;
}

static const json *header_field(const json *headers, sv name) {
  /* RFC 9110 5.1: field names are case-insensitive. */
  for (const json *field = json_first(headers); field; field = field->next) {
    if (sv_eq_nocase(json_name(field), name)) {
      return field;
    }
  }
  return NULL;
}

const json *expression_member(const struct expression *expression, const json *value, size_t *at) {
  const struct expression_segment *segment = &expression->segments[*at];
  unsigned long long index = segment->index;
  if (!value) {
    return NULL;
  }
  if (json_type(value) == JSON_OBJECT && !segment->is_index) {
    if (*at >= expression->exact_count) {
      return longest_member(expression, value, at);
    }
    bool is_header = expression->part == EXPRESSION_HEADER && *at == 1;
    bool is_reference = expression->source == EXPRESSION_SOURCE_DESCRIPTIONS && *at == 1;
    (*at)++;
    if (is_reference) {
      return reference(value, segment->name);
    }
    return is_header ? header_field(value, segment->name) : json_get(value, segment->name);
  }
  if (json_type(value) == JSON_ARRAY && (segment->is_index || sv_to_uint(segment->name, SIZE_MAX, &index))) {
    (*at)++;
    return json_at(value, (size_t)index);
  }
  return NULL;
}

static bool is_unknown(const struct expression *expression, const struct scope *scope) {
  if (expression->source == EXPRESSION_RESPONSE) {
    bool is_part = expression->has_pointer || expression->segment_count > 1;
    bool no_body = scope->response_malformed || (scope->response_is_text && is_part);
    return scope->response_missing || (expression->part == EXPRESSION_BODY && no_body);
  }
  return expression->source == EXPRESSION_STATUS_CODE && scope->response_missing;
}

/* XML's tree, where the expression reads it: its parts always, the whole only as data. */
static const json *tree_of(const struct expression *expression, const struct scope *scope, bool as_data) {
  bool is_body = expression->source == EXPRESSION_RESPONSE && expression->part == EXPRESSION_BODY;
  bool is_part = expression->has_pointer || expression->segment_count > 1;
  return is_body && (is_part || as_data) ? scope->response_tree : NULL;
}

static enum expression_result evaluate(const struct expression *expression, const struct scope *scope, bool as_data,
                                       const json **value) {
  if (is_unknown(expression, scope)) {
    return EXPRESSION_MALFORMED;
  }
  const json *tree = tree_of(expression, scope, as_data);
  const json *found = tree ? tree : json_get(scope->root, expression_words[expression->source]);
  for (size_t at = tree ? 1 : 0; found && at < expression->segment_count;) {
    found = expression_member(expression, found, &at);
  }
  if (found && expression->has_pointer) {
    found = tree ? pointer_get_xml(found, expression->pointer) : pointer_get(found, expression->pointer);
  }
  if (!found && scope->stand_in) {
    found = scope->stand_in->get(scope->stand_in->context, expression);
  }
  *value = found;
  return found ? EXPRESSION_FOUND : scope->absent_is_unknown ? EXPRESSION_MALFORMED : EXPRESSION_ABSENT;
}

enum expression_result expression_eval(const struct expression *expression, const struct scope *scope,
                                       const json **value) {
  return evaluate(expression, scope, false, value);
}

enum expression_result expression_eval_data(const struct expression *expression, const struct scope *scope,
                                            const json **value) {
  return evaluate(expression, scope, true, value);
}
