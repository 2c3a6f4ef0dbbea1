/* JSON Pointer, RFC 6901. */
#ifndef ARAZZO_POINTER_H
#define ARAZZO_POINTER_H

#include <stdbool.h>

#include "json.h"

/* Checks the syntax: empty, or '/' before each token, '~' only as ~0 and ~1. ERR_SYNTAX with the offset as column,
 * ERR_LIMIT. */
bool pointer_check(sv pointer, struct err *e);

/* The value that a (checked) pointer addresses below `root`, or NULL when there is none. `root` may be NULL. */
json *pointer_get(const json *root, sv pointer);

/* The same in the tree of an XML document (wire/xml_tree.h). Whether an element is one of a list can't be seen while it is the only
 * one, and some elements do nothing but wrap a list. So where a token finds nothing in the strict reading: an index in an
 * element that holds a list alone, or nothing but one "member", "item" or "entry", is that list's; 0 is otherwise the element itself;
 * a name in a list of one is that of its only element; and member, item and entry in any other list are that list. */
json *pointer_get_xml(const json *root, sv pointer);

/* Puts `value`, which is used up, to the place that a (checked) pointer addresses below `root`: in place of what is there, else as
 * a new member or a new last element (its index, or "-"). Parents that are missing are made: arrays where the next token is 0 or
 * -, else objects. ERR_INVALID when a parent is neither object nor array, or an array has no such place; ERR_MEMORY. After an
 * error the tree may hold new parents. */
bool pointer_set(struct arena *arena, json *root, sv pointer, const json *value, struct err *e);

/* The pointer in a URI fragment (RFC 6901 section 6), its percent-encoding decoded into the arena. ERR_SYNTAX for '%' without two
 * hexadecimal digits, ERR_MEMORY. */
bool pointer_from_fragment(struct arena *arena, sv fragment, sv *out, struct err *e);

/* Takes the first token off a (checked) pointer: true when there is one. The token is decoded into the arena. ERR_MEMORY. */
bool pointer_next_token(struct arena *arena, sv *pointer, sv *token, bool *found, struct err *e);

/* Appends one token, with ~ and / escaped. */
void pointer_put_token(struct sb *out, sv token);

#endif
