/* Compiled templates, and what their compilers share; for the files template*.c. */
#ifndef ARAZZO_TEMPLATE_TREE_H
#define ARAZZO_TEMPLATE_TREE_H

#include "selector.h"
#include "template.h"

enum template_kind {
  TEMPLATE_CONSTANT,   /* a value without expressions */
  TEMPLATE_EXPRESSION, /* one expression's value */
  TEMPLATE_QUOTED,     /* the same in quotes of JSON text: a scalar becomes text */
  TEMPLATE_SELECTOR,   /* a Selector Object */
  TEMPLATE_TEXT,       /* its parts, literals and expressions, joined */
  TEMPLATE_LITERAL,    /* plain text between expressions */
  TEMPLATE_ARRAY,
  TEMPLATE_OBJECT
};

struct template {
  enum template_kind kind;
  bool is_form_value;              /* a part of form data: its text is encoded */
  sv name;                         /* of a member */
  const struct template *own_name; /* of a member of JSON text whose name holds expressions; else NULL */
  const json *constant;
  const struct expression *expression;
  const struct selector_object *selector;
  sv literal;
  struct template *first; /* elements, members or parts */
  struct template *next;
};

/* An expression outside of the quotes of JSON text; the parsed text has a string in its place. */
struct template_hole {
  size_t offset; /* in the text */
  const struct expression *expression;
  const json *node; /* the string */
  struct template_hole *next;
};

struct template_compiler {
  struct arena *arena;
  struct template_rules rules;
  bool in_json_text;           /* strings are those of JSON text */
  struct template_hole *holes; /* those that were not met yet, in document order */
  const json *node;            /* where it is at */
  bool at_name;                /* of the node's name */
  struct err *e;
};

struct template *template_new(struct template_compiler *c, enum template_kind kind);
struct template *template_new_expression(struct template_compiler *c, const struct expression *expression);

/* The expression in the braces at `at` of `text` ("{$"): sets `*expression` and, behind it, `*end`; leaves them when the brace
 * is plain text. False when it was meant as an expression, but is none. */
bool template_read_braces(struct template_compiler *c, sv text, size_t at, const struct expression **expression,
                          size_t *end);

/* The same for an expression without braces, at a '$'. */
bool template_read_bare(struct template_compiler *c, sv text, size_t at, const struct expression **expression,
                        size_t *end);

/* Compiles text with expressions in it to a TEMPLATE_TEXT, whose first part is NULL when it holds none; NULL with the error
 * set. */
struct template *template_compile_text(struct template_compiler *c, sv text);

struct template *template_compile_value(struct template_compiler *c, const json *value, unsigned depth);

#endif
