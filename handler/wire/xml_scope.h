/* Namespaces while an XML document is written: which prefixes are declared where. */
#ifndef ARAZZO_XML_SCOPE_H
#define ARAZZO_XML_SCOPE_H

#include <stdbool.h>

#include "sv.h"

struct arena;
struct err;
struct sb;

/* One declaration, and those before it. A scope is its innermost declaration; NULL is the scope without any. */
struct xml_scope {
  const struct xml_scope *outer;
  sv prefix; /* empty: the default namespace */
  sv uri;
};

/* What a prefix stands for; empty when nothing declares it. "xml" is always declared. */
sv xml_scope_find(const struct xml_scope *scope, sv prefix);

/* Makes sure that the prefix stands for the namespace in an element whose start tag is being written: appends a declaration to the
 * tag unless the scope has it. `outside` is the scope around the element: what the element declares itself can't change.
 * ERR_INVALID when it would, or when the prefix or the namespace is none; ERR_MEMORY. */
bool xml_scope_declare(struct sb *out, const struct xml_scope *outside, const struct xml_scope **scope, sv prefix,
                       sv uri, struct err *e);

/* Whether a name, which may have a prefix, can be written in this scope. ERR_INVALID when it is no name of XML, or nothing
 * declares its prefix. */
bool xml_scope_check(const struct xml_scope *scope, sv name, struct err *e);

#endif
