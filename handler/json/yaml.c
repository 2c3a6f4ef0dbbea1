/* YAML 1.2 documents as JSON values with places: libyaml turns the text into events, yaml_build.c makes the tree of them.
 *
 * libyaml implements YAML 1.1's syntax and leaves the meaning of scalars to us (yaml_scalar.c). %YAML 1.1 is accepted and
 * read by 1.2's rules, as YAML 1.2.2 6.8.1 asks. libyaml's complaints become errors with a place and, for the usual ones,
 * what to do. Text that starts like JSON and is strict JSON does not pass through libyaml: see json_source.c. */
#include "yaml_load.h"

#include <string.h>

#include <yaml.h>

#include "arena.h"
#include "json_source.h"
#include "source_map.h"
#include "yaml_build.h"
#include "yaml_text.h"

#define NODE_BYTES_GUESS ((size_t)24) /* text per node in OpenAPI descriptions, to size the map of places */

/* libyaml counts lines and columns (in characters) from 0. */
static struct source_place place_of(const yaml_mark_t *mark) {
  return (struct source_place){(unsigned)mark->line + 1, (unsigned)mark->column + 1};
}

static sv view(const yaml_char_t *text) {
  return sv_from((const char *)text);
}

static bool take_scalar(struct yaml_build *b, const yaml_event_t *event) {
  struct yaml_item item = {.text = {(const char *)event->data.scalar.value, event->data.scalar.length},
                           .tag = view(event->data.scalar.tag),
                           .anchor = view(event->data.scalar.anchor),
                           .plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
                           .place = place_of(&event->start_mark)};
  return yaml_build_scalar(b, &item);
}

static bool take_sequence(struct yaml_build *b, const yaml_event_t *event) {
  struct yaml_item item = {.tag = view(event->data.sequence_start.tag),
                           .anchor = view(event->data.sequence_start.anchor),
                           .place = place_of(&event->start_mark)};
  return yaml_build_array(b, &item);
}

static bool take_mapping(struct yaml_build *b, const yaml_event_t *event) {
  struct yaml_item item = {.tag = view(event->data.mapping_start.tag),
                           .anchor = view(event->data.mapping_start.anchor),
                           .place = place_of(&event->start_mark)};
  return yaml_build_object(b, &item);
}

static bool take_alias(struct yaml_build *b, const yaml_event_t *event) {
  struct yaml_item item = {.text = view(event->data.alias.anchor), .place = place_of(&event->start_mark)};
  return yaml_build_alias(b, &item);
}

static bool take_document_start(struct yaml_build *b, const yaml_event_t *event) {
  if (b->source->root) {
    return yaml_build_fail(b, place_of(&event->start_mark), ERR_INVALID,
                           "a second document starts here: put each document into a file of its own");
  }
  return true;
}

static bool take_event(struct yaml_build *b, const yaml_event_t *event) {
  switch (event->type) {
  case YAML_NO_EVENT:
  case YAML_STREAM_START_EVENT:
  case YAML_DOCUMENT_END_EVENT:
    return true;
  case YAML_DOCUMENT_START_EVENT:
    return take_document_start(b, event);
  case YAML_SCALAR_EVENT:
    return take_scalar(b, event);
  case YAML_SEQUENCE_START_EVENT:
    return take_sequence(b, event);
  case YAML_MAPPING_START_EVENT:
    return take_mapping(b, event);
  case YAML_ALIAS_EVENT:
    return take_alias(b, event);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT:
    return yaml_build_end(b);
  case YAML_STREAM_END_EVENT:
    return yaml_build_finish(b, place_of(&event->start_mark));
  }
  return err_set(b->e, ERR_INTERNAL, "libyaml gives an event of an unknown type");
}

/* What to do about libyaml's usual complaints; empty for others. */
static const char *hint_for(const char *problem) {
  static const char *const hints[][2] = {
      {"mapping values are not allowed in this context", "put text that holds ': ' in quotes, or mend the indentation"},
      {"did not find expected key", "mend the indentation of this line, or the quotes before it"},
      {"could not find expected ':'",
       "a name needs ':' behind it on its line; text over several lines needs | or quotes"},
      {"did not find expected alphabetic or numeric character", "put text that starts with * or & in quotes"},
      {"found invalid Unicode character escape code",
       "write the character itself, or \\U and eight hexadecimal digits"},
      {"did not find expected <document start>", "nothing may follow the document's value"},
      {"found unknown escape character", "put text with backslashes in single quotes"},
  };
  for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
    if (strcmp(problem, hints[i][0]) == 0) {
      return hints[i][1];
    }
  }
  return "";
}

/* libyaml's "found character that cannot start any token", with the character. */
static bool fail_token(struct yaml_build *b, sv text, struct source_place place) {
  char found = yaml_text_at(text, place);
  if (found == '\t') {
    return yaml_build_fail(b, place, ERR_SYNTAX, "a tab can't be used as indentation: use spaces");
  }
  return yaml_build_fail(b, place, ERR_SYNTAX, "text can't start with '%c': put it in quotes",
                         found > ' ' ? found : '?');
}

static bool fail_syntax(struct yaml_build *b, sv text, const yaml_parser_t *parser) {
  struct source_place place = place_of(&parser->problem_mark);
  const char *problem = parser->problem ? parser->problem : "not valid YAML";
  const char *hint = hint_for(problem);
  const char *colon = hint[0] ? ": " : "";
  if (strcmp(problem, "found character that cannot start any token") == 0) {
    return fail_token(b, text, place);
  }
  if (!parser->context) {
    return yaml_build_fail(b, place, ERR_SYNTAX, "%s%s%s", problem, colon, hint);
  }
  return yaml_build_fail(b, place, ERR_SYNTAX, "%s from line %u on: %s%s%s", parser->context,
                         place_of(&parser->context_mark).line, problem, colon, hint);
}

static bool fail_parser(struct yaml_build *b, sv text, const yaml_parser_t *parser) {
  switch (parser->error) {
  case YAML_MEMORY_ERROR:
    return err_memory(b->e);
  case YAML_READER_ERROR:
    return yaml_build_fail(b, yaml_text_place(text, parser->problem_offset), ERR_SYNTAX, "%s", parser->problem);
  case YAML_SCANNER_ERROR:
  case YAML_PARSER_ERROR:
    return fail_syntax(b, text, parser);
  case YAML_NO_ERROR:
  case YAML_COMPOSER_ERROR:
  case YAML_WRITER_ERROR:
  case YAML_EMITTER_ERROR:
    break;
  }
  return err_set(b->e, ERR_INTERNAL, "libyaml stops without a reason");
}

/* Takes one event; `*more` says whether others follow. */
static bool parse_event(struct yaml_build *b, sv text, yaml_parser_t *parser, bool *more) {
  yaml_event_t event;
  if (!yaml_parser_parse(parser, &event)) {
    return fail_parser(b, text, parser);
  }
  bool ok = take_event(b, &event);
  *more = event.type != YAML_STREAM_END_EVENT;
  yaml_event_delete(&event);
  return ok;
}

static bool parse_events(struct yaml_build *b, sv text) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser)) {
    return err_memory(b->e);
  }
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const unsigned char *)(text.len ? text.ptr : ""), text.len);
  bool more = true;
  bool ok = true;
  while (ok && more) {
    ok = parse_event(b, text, &parser, &more);
  }
  yaml_parser_delete(&parser);
  return ok;
}

static bool load_yaml(struct arena *arena, sv text, struct source *source, struct err *e) {
  if (!yaml_text_characters(source->name, text, e)) {
    return false;
  }
  struct yaml_build *build = yaml_build_new(arena, source, e);
  source->root = NULL;
  source->map = source_map_new(arena, text.len / NODE_BYTES_GUESS);
  return build && source->map ? parse_events(build, text) : err_memory(e);
}

static bool starts_like_json(sv text) {
  sv trimmed = sv_trim(text);
  return trimmed.len && (trimmed.ptr[0] == '{' || trimmed.ptr[0] == '[');
}

/* Tries JSON, then YAML. Text that is neither gets JSON's error when the file is called .json, else YAML's. */
static bool load(struct arena *arena, sv text, struct source *source, struct err *e) {
  struct err no_json = {0};
  if (!starts_like_json(text)) {
    return load_yaml(arena, text, source, e);
  }
  if (json_source_load(arena, text, source, &no_json)) {
    return true;
  }
  bool may_be_yaml = no_json.code == ERR_SYNTAX || no_json.code == ERR_UNSUPPORTED;
  if (may_be_yaml && load_yaml(arena, text, source, e)) {
    return true;
  }
  bool meant_as_json = e->code == ERR_SYNTAX && sv_ends(source->name, SV(".json"));
  if (!may_be_yaml || meant_as_json) {
    *e = no_json;
  }
  return false;
}

bool yaml_parse(struct arena *arena, sv name, sv text, struct source **out, struct err *e) {
  struct source *source = arena_alloc(arena, sizeof *source);
  sv copy = sv_copy(arena, name);
  if (!source || copy.len != name.len) {
    return err_memory(e);
  }
  source->name = copy;
  if (!yaml_text_encoding(copy, &text, e) || !load(arena, text, source, e)) {
    return false;
  }
  *out = source;
  return true;
}
