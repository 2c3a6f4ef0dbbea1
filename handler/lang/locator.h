/* Places in structured data, written as a JSON Pointer, a JSONPath or an XPath (Arazzo 1.1.0, Expression Type Object): what a
 * Selector Object selects with, and what a Payload Replacement Object targets. */
#ifndef ARAZZO_LOCATOR_H
#define ARAZZO_LOCATOR_H

#include <stdbool.h>

#include "jsonpath.h"
#include "xpath.h"

enum locator_kind { LOCATOR_POINTER, LOCATOR_JSONPATH, LOCATOR_XPATH };

/* The language that a place is written in, and its version. */
struct locator_type {
  enum locator_kind kind;
  enum jsonpath_dialect dialect; /* JSONPath only */
  enum xpath_version version;    /* XPath only */
};

/* A compiled place. */
struct locator {
  struct locator_type type;
  sv text;                     /* as it was written */
  const struct jsonpath *path; /* JSONPath only */
  const struct xpath *xpath;   /* XPath only */
};

/* "jsonpointer", "jsonpath" or "xpath", for messages. */
const char *locator_kind_name(enum locator_kind kind);

/* True when `type` names one of the languages, in whatever case: the text, or the `type` of an Expression Type Object. */
bool locator_type_is_named(const json *type);

/* The language of this name in this version (NULL: its default one); false when there is none. */
bool locator_type_find(sv name, const sv *version, struct locator_type *out);

/* Reads "jsonpointer", "jsonpath", "xpath", each in its default version, or an Expression Type Object. ERR_INVALID; then
 * `*culprit` is the node that is wrong. */
bool locator_type_read(const json *type, struct locator_type *out, const json **culprit, struct err *e);

/* Compiles a place. `text` must live as long as the arena. ERR_SYNTAX with the offset in the text as column (1-based),
 * ERR_UNSUPPORTED, ERR_LIMIT, ERR_MEMORY. */
bool locator_compile(struct arena *arena, sv text, struct locator_type type, struct locator *out, struct err *e);

/* The value at the place in `subject`, new in the arena: the only node's, an array when several are selected; NULL when there
 * is none. ERR_LIMIT, ERR_MEMORY. */
bool locator_select(const struct locator *locator, const json *subject, const struct scope *scope, struct arena *arena,
                    json **value, struct err *e);

/* The nodes that a JSONPath selects in `subject`, to change them. ERR_INTERNAL for other types; ERR_LIMIT, ERR_MEMORY. */
bool locator_nodes(const struct locator *locator, const json *subject, const struct scope *scope, struct arena *arena,
                   struct node_list *out, struct err *e);

/* Calls `visit` for each runtime expression in the place, until it returns false; returns what it returned. */
bool locator_each(const struct locator *locator, bool (*visit)(void *context, const struct expression *expression),
                  void *context);

#endif
