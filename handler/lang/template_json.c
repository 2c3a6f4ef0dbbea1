/* JSON text with expressions in it, as payloads have it:
 *
 *   {"petId": "{$inputs.id}", "count": {$inputs.count}, "tags": "{$inputs.tags}"}
 *
 * Were the values put into the text, a quote in one of them would end its string, and the rest of it would be read as
 * structure. So the text is parsed here, at load, and becomes the same tree that an object in the document gives.
 *
 * 1. Expressions outside of quotes are no JSON: each is overwritten, in a copy, by a string of the same length, so that places
 *    in the text stay what they are. Its offset is kept: a "hole".
 * 2. The copy is parsed. The text is scanned again beside the tree, which says which string is a hole.
 * 3. The tree is compiled as any value. A hole is its expression's value. A string that is nothing but one expression is
 *    TEMPLATE_QUOTED: a scalar becomes text, as its quotes say, but an object or array stays what it is, since published
 *    documents quote these too, and their JSON between quotes would be no JSON. Names of members may hold expressions. */
#include <string.h>

#include "arena.h"
#include "errinfo.h"
#include "json_scan.h"
#include "json_walk.h"
#include "syntax_error.h"
#include "template_tree.h"

/* The text, while holes are cut. */
struct cutting {
  struct template_compiler *compiler;
  sv text;
  char *copy;
  struct template_hole **end;
};

static size_t skip_string(sv text, size_t at) {
  size_t i = at + 1;
  while (i < text.len && text.ptr[i] != '"') {
    i += text.ptr[i] == '\\' ? 2 : 1;
  }
  return i + 1;
}

/* Overwrites the expression with a string. Only what must not stand in a string changes, so that characters are counted as
 * before. */
static bool cut(struct cutting *s, const struct expression *expression, size_t from, size_t to) {
  struct template_hole *hole = arena_alloc(s->compiler->arena, sizeof *hole);
  if (!hole) {
    return err_memory(s->compiler->e);
  }
  for (size_t i = from; i < to; i++) {
    unsigned char c = (unsigned char)s->copy[i];
    bool is_edge = i == from || i + 1 == to;
    s->copy[i] = is_edge ? '"' : c < ' ' || c == '"' || c == '\\' ? 'x' : s->copy[i];
  }
  *hole = (struct template_hole){.offset = from, .expression = expression};
  *s->end = hole;
  s->end = &hole->next;
  return true;
}

static bool cut_holes(struct cutting *s) {
  for (size_t at = 0; at < s->text.len;) {
    const struct expression *expression = NULL;
    size_t end = at + 1;
    char c = s->text.ptr[at];
    bool braces = c == '{' && at + 1 < s->text.len && s->text.ptr[at + 1] == '$';
    if (braces && !template_read_braces(s->compiler, s->text, at, &expression, &end)) {
      return false;
    }
    if (c == '$' && !template_read_bare(s->compiler, s->text, at, &expression, &end)) {
      return false;
    }
    if (expression && !cut(s, expression, at, end)) {
      return false;
    }
    at = c == '"' ? skip_string(s->text, at) : end;
  }
  return true;
}

/* Tokens and nodes, side by side. */
struct value_walk {
  struct json_scan scan;
  struct json_walk nodes;
  struct json_token token; /* of the node */
  struct json_token name;  /* the last name in front of it */
};

/* The next value, or NULL at the end. */
static const json *next_value(struct value_walk *walk) {
  struct err ignored = {0};
  while (json_scan_next(&walk->scan, &walk->token, &ignored) && walk->token.kind != JSON_TOKEN_END) {
    if (json_token_is_value(&walk->token)) {
      return json_walk_next(&walk->nodes);
    }
    walk->name = walk->token.kind == JSON_TOKEN_NAME ? walk->token : walk->name;
  }
  return NULL;
}

static size_t offset_in(sv copy, const struct value_walk *walk) {
  return (size_t)(walk->token.text.ptr - copy.ptr);
}

/* Finds the strings that stand for holes. Both lists have the text's order; a hole that no value is at stands as a name. */
static const struct template_hole *match_holes(sv copy, json *root, struct template_hole *holes) {
  struct value_walk walk = {.scan = json_scan_begin(copy), .nodes = json_walk_begin(root)};
  const json *node = next_value(&walk);
  for (struct template_hole *hole = holes; hole; hole = hole->next) {
    while (node && offset_in(copy, &walk) < hole->offset) {
      node = next_value(&walk);
    }
    if (!node || offset_in(copy, &walk) != hole->offset) {
      return hole;
    }
    hole->node = node;
  }
  return NULL;
}

/* The error's column counts characters of the whole text; makes it line and column. */
static bool place_in_lines(struct err *e, sv text) {
  unsigned left = e->column;
  if (left == 0) {
    return false;
  }
  e->line = 1;
  e->column = 1;
  for (size_t i = 0; i < text.len && left > 1; i++) {
    bool is_last_byte = i + 1 == text.len || ((unsigned char)text.ptr[i + 1] & 0xC0) != 0x80;
    bool is_break = text.ptr[i] == '\n';
    e->line += is_break ? 1 : 0;
    e->column = is_break ? 1 : e->column + (is_last_byte ? 1 : 0);
    left -= is_last_byte ? 1 : 0;
  }
  return false;
}

/* An error at a node of the tree, with a column in its string: both as a place of the text. */
static bool place_in_text(struct template_compiler *c, sv copy, json *root) {
  struct value_walk walk = {.scan = json_scan_begin(copy), .nodes = json_walk_begin(root)};
  const json *node = next_value(&walk);
  while (node && node != c->node) {
    node = next_value(&walk);
  }
  if (!node) {
    return false;
  }
  struct json_token token = c->at_name ? walk.name : walk.token;
  /* With escapes in front, characters of the string are not those of the text. */
  unsigned inside = sv_find(token.text, '\\') == token.text.len ? c->e->column : 0;
  c->e->line = token.line;
  c->e->column = token.column + inside;
  return false;
}

static bool refuse_json(struct template_compiler *c, const struct err *why) {
  if (why->code != ERR_SYNTAX) {
    *c->e = *why;
    return false;
  }
  err_set(c->e, ERR_SYNTAX,
          "the text is neither JSON nor one runtime expression: %s; give the payload as an object, or mend the JSON",
          why->text);
  c->e->line = why->line;
  c->e->column = why->column;
  return false;
}

static bool refuse_name(struct template_compiler *c, sv text, const struct template_hole *hole) {
  syntax_error(c->e, text, hole->offset,
               "an expression that is the name of a member stands in quotes: write \"{%.*s}\"",
               SV_ARG(sv_slice(hole->expression->text, 0, 80)));
  return place_in_lines(c->e, text);
}

/* The text without holes, parsed. */
static bool parse(struct template_compiler *c, sv text, sv *copy, json **root) {
  struct err why = {0};
  char *bytes = arena_alloc(c->arena, text.len + 1);
  if (!bytes) {
    return err_memory(c->e);
  }
  memcpy(bytes, text.len ? text.ptr : "", text.len);
  struct cutting s = {.compiler = c, .text = text, .copy = bytes, .end = &c->holes};
  *copy = (sv){bytes, text.len};
  if (!cut_holes(&s)) {
    return place_in_lines(c->e, text);
  }
  return json_parse(c->arena, *copy, root, &why) || refuse_json(c, &why);
}

static struct template *compile_tree(struct template_compiler *c, sv text) {
  sv copy;
  json *root = NULL;
  if (!parse(c, text, &copy, &root)) {
    return NULL;
  }
  const struct template_hole *stray = match_holes(copy, root, c->holes);
  if (stray) {
    refuse_name(c, text, stray);
    return NULL;
  }
  c->in_json_text = true;
  struct template *made = template_compile_value(c, root, 0);
  if (!made) {
    place_in_text(c, copy, root);
  }
  return made;
}

bool template_compile_json(struct arena *arena, const json *value, struct template_rules rules,
                           const struct template **out, struct err *e) {
  struct template_compiler c = {.arena = arena, .rules = rules, .node = value, .e = e};
  sv text = sv_trim(json_string(value));
  const struct expression *whole = NULL;
  struct err wrong = {0};
  bool is_whole = sv_starts(text, SV("$")) && expression_compile(arena, text, &whole, &wrong);
  if (wrong.code == ERR_MEMORY) {
    return err_memory(e);
  }
  *out = is_whole ? template_new_expression(&c, whole) : compile_tree(&c, json_string(value));
  return *out != NULL;
}
