/* An XML document as XPath's data model (XPath 1.0 5). XPath and the reading of
 * XML bodies work on it.
 *
 * The nodes are one array in document order: a node, its namespaces, its attributes, its children. So a node's place in the
 * array is its place in the document, and what is below it is a range. The text of all text nodes is one buffer in
 * document order, so that every string-value is a view of it. */
#ifndef ARAZZO_XML_H
#define ARAZZO_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "sv.h"

struct arena;
struct err;

enum xml_kind { XML_ROOT, XML_ELEMENT, XML_NAMESPACE, XML_ATTRIBUTE, XML_TEXT, XML_COMMENT, XML_INSTRUCTION };

struct xml_node {
  enum xml_kind kind;
  uint32_t parent;   /* of the root: 0 */
  uint32_t children; /* the first child, when it is before `end` */
  uint32_t end;      /* behind the last node below this one */
  uint32_t source;   /* of an element: its place in `sources` */
  uint32_t from, to; /* of a text: its bytes in the document */
  sv prefix;
  sv name; /* local name, target, or a namespace's prefix */
  sv uri;
  sv value; /* the string-value */
};

/* Where an element stands in the document, in bytes: <start … open> … <close … end. Of <a/> close is open. */
struct xml_source {
  uint32_t start, open, close, end;
};

struct xml_namespace {
  sv prefix; /* empty: the default namespace */
  sv uri;
};

struct xml_document {
  sv text;
  struct xml_node *nodes;
  uint32_t count;
  uint32_t capacity;
  struct xml_namespace *namespaces; /* that the root element declares */
  uint32_t namespace_count;
  struct xml_source *sources; /* of elements, comments and processing instructions, in document order */
  uint32_t source_count;
  uint32_t node_count; /* that were counted in the text */
  sv encoding;         /* that the XML declaration names, or empty */
  size_t fault;        /* XML_MALFORMED: the byte of the text where that was noticed */
};

enum xml_result { XML_READ, XML_MALFORMED, XML_FAILED };

/* xml_scan.c: finds the markup, and counts it before libxml2 sees it. XML_FAILED with ERR_LIMIT or ERR_MEMORY. */
enum xml_result xml_scan(struct arena *arena, struct xml_document *document, struct err *e);

/* xml.c: reads a document; `text` is UTF-8, whatever encoding it declares. Namespace nodes are made when they are
 * asked for. XML_FAILED with ERR_LIMIT or ERR_MEMORY. */
enum xml_result xml_read(struct arena *arena, sv text, bool with_namespaces, struct xml_document *out, struct err *e);

/* True for what AWS's services call the elements of their lists and maps: "member", "item", "entry". */
bool xml_is_list_name(sv name);

#endif
