/* XPath 1.0 over XML texts, which libxml2 parses (Arazzo 1.1.0, Criterion Object: XPath Conditions; Selector Object; Payload
 * Replacement Object).
 *
 * Documents may name XPath 1.0, 2.0, 3.0 or 3.1. An expression that is also XPath 1.0 is taken whatever the version; what only
 * a later version has, or what would give another result there (texts compared in order), is refused at load, named.
 *
 * Prefixes are those that the document's root element declares; a name with another prefix selects nothing. For 2.0 and
 * later an unprefixed name also selects elements in the root's default namespace. */
#ifndef ARAZZO_XPATH_H
#define ARAZZO_XPATH_H

#include <stdbool.h>

#include "condition.h"
#include "expression.h"

struct xpath;

enum xpath_version { XPATH_10, XPATH_20, XPATH_30, XPATH_31 };

/* Compiles an expression; "{$…}" in it is a runtime expression, in quotes (its text) or bare (a number stays one). `text` must
 * live as long as the arena. ERR_SYNTAX with the offset in the text as column (1-based); ERR_UNSUPPORTED, with
 * column, for what XPath 1.0 does not have, with what to write instead where there is such a form; ERR_LIMIT; ERR_MEMORY. */
bool xpath_compile(struct arena *arena, sv text, enum xpath_version version, const struct xpath **out, struct err *e);

/* True when it selects nodes, as a target to replace must; false when it gives a boolean, number or text. */
bool xpath_selects_nodes(const struct xpath *path);

/* Evaluates as a condition on `subject`, a string that holds an XML document: true, a non-zero number, a non-empty string and
 * a node-set with a node hold. VERDICT_UNKNOWN when the subject is no well-formed XML text, or a runtime expression has no
 * value. ERR_LIMIT, ERR_MEMORY. */
bool xpath_eval(const struct xpath *path, const json *subject, const struct scope *scope, struct arena *arena,
                enum verdict *out, struct err *e);

/* What the expression selects in `subject`: a boolean, a number, a text; of a node-set its only node's text, or an array of its
 * nodes' texts, in document order. `*value` is NULL when there is nothing: no node, no well-formed XML, a runtime expression
 * without a value. ERR_LIMIT, ERR_MEMORY. */
bool xpath_select(const struct xpath *path, const json *subject, const struct scope *scope, struct arena *arena,
                  json **value, struct err *e);

/* Sets the text of every element, attribute and text that the expression selects in the XML document `xml`, and writes the
 * document to `*out`; all else stays as it was written, byte for byte. `xml` is UTF-8, whatever it declares. ERR_UNRESOLVED when it selects nothing that can be set, or
 * a runtime expression has no value; ERR_INVALID when `xml` is not well-formed, or `value` holds what XML can't; ERR_LIMIT;
 * ERR_MEMORY. */
bool xpath_replace(const struct xpath *path, sv xml, const struct scope *scope, sv value, struct arena *arena, sv *out,
                   struct err *e);

/* Calls `visit` for each runtime expression in it, until it returns false; returns what it returned. */
bool xpath_each(const struct xpath *path, bool (*visit)(void *context, const struct expression *expression),
                void *context);

#endif
